// Notes the address that a page opens in a new window, in place of opening it: in Electron it would be the system's browser.

import type { Page } from '@playwright/test'

/** Notes from now on. Returns a function that answers the newest address, or "". */
export async function noteOpened(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    window.open = (url) => {
      document.documentElement.dataset['opened'] = String(url)
      return null
    }
  })
  return () => page.evaluate(() => document.documentElement.dataset['opened'] ?? '')
}
