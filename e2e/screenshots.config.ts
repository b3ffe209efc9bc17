import { defineConfig } from '@playwright/test'
import type { AppOptions } from './app'
import { findChromium } from './chromium'

/** `npm run screenshots`: every view and state, light and dark, into `screenshots/`. Pictures for people, no tests. */
export default defineConfig<AppOptions>({
  testDir: '.',
  testMatch: '*.shots.ts',
  outputDir: '../node_modules/.cache/culvert-screenshots',
  workers: 2,
  fullyParallel: true,
  reporter: 'list',
  timeout: 120_000,
  use: { viewport: { width: 1280, height: 800 }, launchOptions: await findChromium() },
})
