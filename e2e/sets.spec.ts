// A set of hosts by keyboard: a forward on it moves to another host when its own is replaced, and a shell takes any of them.

import type { Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, test } from './app'
import { violations } from './kit/window/axe'

async function go(page: Page, view: string): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(view) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

test('a forward on a saved set moves when its host is replaced, and a shell on the set takes any host', async ({
  start,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  const { page } = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  await expect(page.getByRole('rowheader').first()).toBeVisible()

  // The set is typed, and saved from the editor.
  await page.keyboard.press('Control+N')
  const editor = page.getByRole('dialog', { name: 'New forward' })
  await expect(editor.getByRole('combobox', { name: 'Through instance' })).toBeFocused()
  await page.keyboard.type('asg:checkout-work')
  await expect(editor.getByRole('option')).toHaveText(['asg:checkout-workno host'])
  await page.keyboard.type('ers')
  await expect(editor.getByRole('option').first()).toContainText('3 hosts, 3 good')
  await page.keyboard.press('Enter')
  await expect(editor.getByText('3 hosts, 3 good: checkout-worker')).toBeVisible()
  await editor.getByRole('textbox', { name: 'Port', exact: true }).fill('8080')
  await editor.getByRole('button', { name: 'Save as target' }).press('Enter')
  const form = page.getByRole('dialog', { name: 'New target' })
  await expect(form.getByLabel('Name', { exact: true })).toBeFocused()
  await page.keyboard.type('workers')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await expect(form).toBeHidden()
  await expect(editor.getByRole('combobox', { name: 'Through instance' })).toHaveValue('workers')
  expect(await violations(page)).toEqual([])
  await editor.getByLabel('Local port').fill('')
  await editor.getByRole('button', { name: 'Create and start' }).press('Enter')

  // Its host is replaced: the row tells the other one, and the timeline both.
  await go(page, 'Forwards')
  const row = page.getByRole('row', { name: /^workers-8080, Up/ })
  await expect(row).toContainText('3 of 3 good')
  const [first] = simulator.sessions()
  simulator.faults.apply({ kind: 'replace', instance: first?.target ?? '' })
  await row.press('Enter')
  const detail = page.getByRole('region', { name: 'Details of workers-8080' })
  await expect(detail).toContainText(`Moved from checkout-worker (${first?.target}) to checkout-worker (`)
  await expect(row).toContainText(/via checkout-worker …\w{4}, 2 of \d good/)
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')

  // One Esc closes one dialog, also while the tooltip of the button that has the focus is shown.
  await go(page, 'Instances')
  await page.getByRole('button', { name: 'Saved targets' }).press('Enter')
  await page.getByRole('button', { name: 'Edit workers' }).press('Enter')
  await expect(page.getByRole('dialog', { name: 'Edit workers' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Edit workers' })).toBeHidden()
  await expect(page.getByRole('button', { name: 'Edit workers' })).toBeFocused()
  await expect(page.locator('.tooltip')).toHaveText(/^Edit workers/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()

  // The set is a group of the instances, which says what uses it; a shell takes any of its hosts.
  await page.getByRole('button', { name: 'Group', exact: true }).click()
  await page.getByRole('menuitemcheckbox', { name: /^Sets/ }).click()
  const group = page.getByRole('row', { name: /workers.*uses checkout-worker/ })
  await expect(group).toBeVisible()
  expect(await violations(page)).toEqual([])
  await group.getByRole('button', { name: 'More about workers' }).click()
  await expect(page.getByRole('menuitem', { name: /^Delete target/ })).toContainText('used by workers-8080')
  await page.keyboard.press('Escape')
  await group.getByRole('button', { name: 'Connect to any host of workers' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect(page.getByRole('tab', { name: /^checkout-worker/ })).toBeVisible()
})
