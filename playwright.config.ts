import { defineConfig } from '@playwright/test'
import { findChromium } from './e2e/chromium'

/** Journeys in a real browser: `e2e/*.spec.ts`. A missing browser is a failure, never a skip. */
export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  workers: 2,
  fullyParallel: true,
  reporter: 'list',
  timeout: 60_000,
  use: { viewport: { width: 1280, height: 800 }, trace: 'retain-on-failure', launchOptions: await findChromium() },
})
