// Every view in both themes, read by axe as a screen reader would.

import { expect, rowOf, test } from './app'
import { violations } from './kit/axe'

for (const scheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any view, ${scheme}`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const check = async (view: string): Promise<void> => expect(await violations(page), view).toEqual([])
    const go = async (view: string): Promise<void> => {
      await page
        .getByRole('navigation')
        .getByRole('button', { name: new RegExp(view) })
        .click()
      // A view's code may have to be fetched first.
      await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
    }

    await check('instances')
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Env' }).click()
    await expect(page.getByRole('button', { name: /^production/ })).toBeVisible()
    await check('instances in groups')
    await rowOf(page, 'search-indexer').click()
    await check('an instance that is offline')
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Instances' }).getByRole('textbox').first().fill('nothing like this')
    await check('a filter that finds nothing')
    await page.getByRole('region', { name: 'Instances' }).getByRole('textbox').first().fill('')
    await go('Forwards')
    await check('no forwards')
    await go('Instances')
    await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click()
    const form = page.getByRole('dialog')
    await form.getByRole('textbox', { name: 'Name' }).fill('closed')
    await form.getByRole('textbox', { name: 'Port', exact: true }).fill('8081')
    await form.getByLabel('Local port').fill('')
    await form.getByRole('button', { name: 'Limits' }).click()
    await check('the form')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await check('the question before a form is discarded')
    await page.keyboard.press('Escape')
    await form.getByRole('button', { name: 'Create and start' }).click()
    await go('Forwards')
    await expect(page.getByRole('row', { name: /^closed, Up/ })).toBeVisible()
    await expect(page.locator('.pages-note')).toBeVisible()
    await check('forwards')
    await page.getByRole('row', { name: /^closed, Up/ }).press('Enter')
    const detail = page.getByRole('region', { name: 'Details of closed' })
    await detail.getByRole('button', { name: 'Check now' }).click()
    await expect(detail.getByRole('list', { name: 'Path' })).toContainText('could not connect')
    await check('a forward in full')
    await page.keyboard.press('Escape')
    await go('Activity')
    await check('activity')
    await go('Settings')
    await check('settings')
    await go('Instances')
    await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
    await check('a terminal')
    await page.keyboard.press('Control+Shift+P')
    await expect(page.getByRole('dialog')).toBeVisible()
    await check('the palette')
  })
}
