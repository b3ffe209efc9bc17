// What only the web host can do: its page may be opened in several windows at once.

import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'

async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line)
  await page.keyboard.press('Enter')
}

test('two windows watch one terminal', async ({ app: { page, host }, context }) => {
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await type(page, 'echo shared-$((40+2))')
  await expect(page.locator('.xterm-rows')).toContainText('shared-42')
  const other = await host.show(await context.newPage())
  await expect(other.locator('.xterm-rows')).toContainText('shared-42')
  await other.locator('.xterm-screen').click()
  await type(other, 'echo back-$((40+3))')
  await expect(page.locator('.xterm-rows')).toContainText('back-43')
})
