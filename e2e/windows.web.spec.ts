// The web host's page can be opened in several windows at once; the Electron window cannot.

import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { launchWeb } from './kit/window/host'
import { makeForward, show } from './kit/window/window'

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

test('a page whose host is killed is grey and off, says how to go on, and its texts can still be taken', async ({
  home,
  context,
}) => {
  const host = await launchWeb({ home, args: ['--demo'], env: {} })
  const page = await host.show(await context.newPage())
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, Up/ })
  const toggle = row.getByRole('switch')
  await expect(toggle).toBeEnabled()
  await host.kill()
  const notices = page.getByRole('region', { name: 'Notices' })
  await expect(notices).toContainText('Culvert is not running.')
  await expect(notices).toContainText('Start Culvert again')
  await expect(page).toHaveTitle('Not running – Culvert')
  await expect(toggle).toBeDisabled()
  await expect(page.getByRole('button', { name: 'New forward' })).toBeDisabled()
  await expect(page.locator('.xterm-helper-textarea')).toBeDisabled()
  await expect(page.locator('.rail')).toHaveCSS('filter', 'grayscale(1)')
  // Keys that would send requests do nothing: neither the row's nor the page's own.
  await row.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Control+K')
  await page.keyboard.press('e')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.locator('.toast')).toHaveCount(0)
  await page.keyboard.press('Control+A')
  expect(await page.evaluate(() => getSelection()?.toString())).toMatch(/localhost\s*:\d+/)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
})
