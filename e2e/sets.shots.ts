// Pictures of sets of hosts and saved targets in every state: see screenshots.config.ts.

import type { Locator, Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'

async function go(page: Page, view: string): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(view) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

function dialog(page: Page, name: string | RegExp): Locator {
  return page.getByRole('dialog', { name })
}

/** Fills the open editor with a target and a remote port, and creates the forward; `isOn`: starts it. */
async function forwardOn(page: Page, target: string, port: string, isOn: boolean): Promise<void> {
  await page.keyboard.press('Control+N')
  const editor = dialog(page, 'New forward')
  await editor.getByRole('combobox', { name: 'Through instance' }).fill(target)
  await editor.getByRole('option').first().click()
  await editor.getByRole('textbox', { name: 'Port', exact: true }).fill(port)
  await editor.getByLabel('Local port').fill('')
  await editor.getByRole('button', { name: isOn ? 'Create and start' : 'Create', exact: true }).click()
  await expect(editor).toBeHidden()
}

for (const scheme of ['light', 'dark'] as const) {
  test(`forwards on sets, ${scheme}`, async ({ start }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0 })
    const { endpointUrl, region, credentials, world } = simulator
    const { page } = await start({
      args: ['--endpoint-url', endpointUrl, '--region', region],
      env: {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
    })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `sets-${name}-${scheme}`)
    await expect(page.getByRole('rowheader').first()).toBeVisible()
    await forwardOn(page, 'asg:checkout-workers', '8080', true)
    await forwardOn(page, 'Name=search-indexer', '9200', true)
    await page.keyboard.press('Control+N')
    const editor = dialog(page, 'New forward')
    await editor.getByRole('combobox', { name: 'Through instance' }).fill('Name=nothing-*')
    await page.keyboard.press('Enter')
    await editor.getByRole('textbox', { name: 'Port', exact: true }).fill('80')
    await take('editor-empty')
    await editor.getByLabel('Local port').fill('')
    await editor.getByRole('button', { name: 'Create and start' }).click()
    await expect(editor).toBeHidden()
    await page.keyboard.press('Control+N')
    await editor.getByRole('combobox', { name: 'Through instance' }).fill('legacy-billing')
    await editor.getByRole('option').first().click()
    await editor.getByRole('radio', { name: 'The instance named legacy-billing' }).click()
    await editor.getByRole('textbox', { name: 'Port', exact: true }).fill('5432')
    await editor.getByLabel('Local port').fill('')
    const named = world.instances.find(({ tags }) => tags['Name'] === 'legacy-billing')
    if (named !== undefined) world.put({ ...named, id: 'i-0ffffffffffffffff' })
    await editor.getByRole('button', { name: 'Create and start' }).click()
    await go(page, 'Forwards')
    const row = page.getByRole('row', { name: /^checkout-workers-8080, Up/ })
    await expect(row).toContainText('of 3 good')
    await expect(page.getByRole('row', { name: /^legacy-billing.*, Ambiguous/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /^search-indexer.*, Waiting for a host/ })).toBeVisible()
    await take('rows')
    await page.getByRole('row', { name: /^search-indexer/ }).press('Enter')
    await take('detail-waiting')
    await page.keyboard.press('Escape')
    await page.getByRole('row', { name: /^legacy-billing/ }).press('Enter')
    await take('detail-ambiguous')
    await page.keyboard.press('Escape')
    const [first] = simulator.sessions()
    simulator.faults.apply({ kind: 'replace', instance: first?.target ?? '' })
    await row.press('Enter')
    await expect(page.getByRole('region', { name: /^Details of/ })).toContainText('Moved from checkout-worker')
    await take('detail-moved')
    await page.keyboard.press('Escape')
    await take('rows-moved')
  })

  test(`sets of hosts, ${scheme}`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `sets-${name}-${scheme}`)
    await page.getByRole('button', { name: 'Saved targets' }).click()
    await expect(dialog(page, 'Saved targets')).toContainText('No saved targets yet')
    await take('targets-empty')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()

    await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click()
    const editor = dialog(page, 'New forward')
    const field = editor.getByRole('combobox', { name: 'Through instance' })
    await field.click()
    await take('editor-open')
    await field.fill('tag:Role')
    await take('editor-wrong')
    await field.fill('Name=*e*')
    await take('editor-typed')
    await page.keyboard.press('Enter')
    await editor.getByRole('textbox', { name: 'Port', exact: true }).fill('8080')
    await take('editor-set')
    await editor.getByRole('radio', { name: 'Always the same one' }).click()
    await take('editor-named')
    await editor.getByRole('radio', { name: /^The last one used/ }).click()
    await editor.getByRole('button', { name: 'Save as target' }).click()
    const form = dialog(page, 'New target')
    await form.getByRole('button', { name: 'Save target' }).click()
    await form.getByLabel('Set of hosts').fill('tag:Role')
    await take('target-wrong')
    await form.getByLabel('Set of hosts').fill('Name=web-*')
    await form.getByLabel('Name', { exact: true }).fill('web servers')
    await form.getByLabel('Port (optional)').fill('8080')
    await form.getByLabel('End sessions after').fill('8 h')
    await take('target-new')
    await form.getByRole('button', { name: 'Save target' }).click()
    await expect(editor).toContainText('Edit target')
    await take('editor-saved')
    // Both colours are taken at the same time.
    await editor.getByLabel('Local port').fill(scheme === 'light' ? '18081' : '18082')
    await editor.getByRole('button', { name: 'Create', exact: true }).click()
    await expect(editor).toBeHidden()
    await go(page, 'Instances')
    await page.getByRole('button', { name: 'Saved targets' }).click()
    await take('targets')
    await page.getByRole('button', { name: 'Edit web servers' }).press('Tab')
    await expect(page.locator('.tooltip')).toBeVisible()
    await take('target-used')
    await page.getByRole('button', { name: 'New target' }).click()
    await dialog(page, 'New target').getByLabel('Name', { exact: true }).fill('nothing yet')
    await dialog(page, 'New target').getByLabel('Set of hosts').fill('tag:Team=none')
    await dialog(page, 'New target').getByRole('button', { name: 'Save target' }).click()
    await page.getByRole('button', { name: 'Delete nothing yet' }).click()
    await take('target-delete')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await take('group-menu')
    await page.getByRole('menuitemcheckbox', { name: /^Sets/ }).click()
    await expect(page.getByRole('row', { name: /web servers/ })).toBeVisible()
    await take('groups')
    await page.getByRole('button', { name: 'More about web servers' }).click()
    await take('group-actions')
    await page.keyboard.press('Escape')
    await page
      .getByRole('rowheader', { name: /^web-1/ })
      .first()
      .click()
    await take('shared-name')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+K')
    await page.getByRole('combobox').fill('web')
    await take('palette')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Connect to any host of web servers' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
    await take('terminal')
    await go(page, 'Settings')
    await page.getByLabel('Move to another host after').scrollIntoViewIfNeeded()
    await take('settings')

    await go(page, 'Forwards')
    await page.getByRole('switch', { name: 'Turn web servers-8080 on' }).click()
    await expect(page.getByRole('row', { name: /^web servers-8080, Up/ })).toContainText(/of \d good/)
    await take('forwards')
    await page.getByRole('row', { name: /^web servers-8080/ }).press('Enter')
    await take('detail')
    await page.keyboard.press('Escape')
    await go(page, 'Instances')
    await take('groups-used')
  })
}
