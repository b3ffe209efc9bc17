// Pictures of the sessions in every state: open, selected, filtered, in full, the question before they are ended, a refusal, ended.

import type { Page } from '@playwright/test'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'

async function go(page: Page): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Sessions/ })
    .click()
  await expect(page.getByRole('region', { name: 'Sessions', exact: true }).getByRole('rowheader').first()).toBeVisible({
    timeout: 60_000,
  })
}

for (const scheme of ['light', 'dark'] as const) {
  test(`sessions of the Demo, ${scheme}`, async ({ start }) => {
    const { page } = await start()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `sessions-${name}-${scheme}`)
    await rowOf(page, 'web-2').getByRole('button', { name: 'Connect' }).click({ timeout: 60_000 })
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/, { timeout: 60_000 })
    await page.keyboard.press('Control+Backquote')
    await go(page)
    const view = page.getByRole('region', { name: 'Sessions', exact: true })
    await expect(view.getByRole('row', { name: /web-2 shell Open mine/ })).toBeVisible({ timeout: 60_000 })
    await take('open')
    await view.getByRole('row', { name: /web-2/ }).click()
    await expect(page.locator('.states li').first()).toBeVisible()
    await take('detail')
    await page.locator('.inspector').getByRole('button', { name: 'End session' }).click()
    await take('question-one')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await take('completions')
    await page.keyboard.type('nothing like this')
    await take('no-match')
    await view.getByRole('button', { name: 'Clear filter' }).last().click()
    await view.getByRole('checkbox', { name: /^Select all/ }).check()
    await take('selection')
    await view.getByRole('button', { name: 'End sessions', exact: true }).click()
    await take('question')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^End \d+ sessions$/ })
      .click()
    await expect(page.getByRole('dialog')).toContainText('ssm:TerminateSession', { timeout: 60_000 })
    await take('refused')
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()
    await view.getByRole('radio', { name: /^Ended/ }).click()
    await take('ended')
    await view.getByRole('button', { name: 'Export and end sessions' }).click()
    await take('menu')
  })
}

for (const scheme of ['light', 'dark'] as const) {
  test(`the session of a forward, ${scheme}`, async ({ start }) => {
    const { page } = await start()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click({ timeout: 60_000 })
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Name' }).fill('warehouse')
    await form.getByRole('textbox', { name: 'Port', exact: true }).fill('8080')
    await form.getByLabel('Local port').fill('')
    await form.getByRole('button', { name: 'Create and start' }).click()
    await expect(form).toBeHidden()
    await go(page)
    const row = page.getByRole('row', { name: /warehouse/ })
    await row.click({ timeout: 60_000 })
    await expect(page.locator('.states li').first()).toBeVisible()
    await takeAll(page, `sessions-forward-${scheme}`)
    await page.locator('.inspector').getByRole('button', { name: 'End session' }).click()
    await takeAll(page, `sessions-question-forward-${scheme}`)
  })
}
