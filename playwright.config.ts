import { defineConfig } from '@playwright/test'
import { electronBinary } from './build/electron-bin.mjs'
import type { AppOptions } from './e2e/app'
import { findChromium } from './e2e/chromium'

const electron = electronBinary()

/**
 * Journeys: `e2e/*.spec.ts` in a real browser through the web host, and the same in Electron where its binary exists. What
 * concerns the web host alone is named `*.web.spec.ts`. A missing browser is a failure, never a skip.
 */
export default defineConfig<AppOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  // One more than a small machine has processors: a journey waits for a third of its time.
  workers: 3,
  fullyParallel: true,
  reporter: 'list',
  // Bounds for what hangs, not for what is slow: a busy machine makes a journey of five seconds take a minute.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  use: {
    viewport: { width: 1280, height: 800 },
    // A trace takes a third of the time of a journey.
    trace: process.env['CULVERT_TRACE'] === '1' ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: await findChromium(),
  },
  projects: [
    { name: 'web' },
    ...(electron === undefined
      ? []
      : [{ name: 'electron', testIgnore: '**/*.web.spec.ts', use: { electron }, workers: 1 }]),
  ],
})
