// Pictures of menus, questions and arrangements that a person opens on top of the views: see screenshots.config.ts.

import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'

async function connect(page: Page, instance: string): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Instances/ })
    .click()
  await rowOf(page, instance).getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.pane.front:visible .xterm-rows')).toContainText(/[$#]/)
}

const question = (page: Page): Locator => page.getByRole('alertdialog')

for (const scheme of ['light', 'dark'] as const) {
  test(`menus and questions, ${scheme}`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `${name}-${scheme}`)
    await page.getByRole('button', { name: /^Environment/ }).click()
    await take('menu-environment')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Group', exact: true }).click()
    await take('menu-group')
    await page.getByRole('menuitemcheckbox', { name: 'Env' }).click()
    await take('instances-grouped')

    await connect(page, 'checkout-api-1')
    await connect(page, 'web-2')
    await page.keyboard.type('ls -la --color=always / | head -12')
    await page.keyboard.press('Enter')
    await expect(page.locator('.pane.front:visible .xterm-rows')).toContainText('drwx')
    await page.keyboard.press('Control+Shift+D')
    await expect(page.locator('.pane:visible')).toHaveCount(2)
    await page.keyboard.press('Control+Shift+S')
    await expect(page.locator('.pane:visible')).toHaveCount(3)
    await expect(page.locator('.pane.front:visible .xterm-rows')).toContainText(/[$#]/)
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('dr')
    await take('terminal-split-find')
    await page.keyboard.press('Escape')
    await page.locator('.pane.front:visible .xterm-screen').click({ button: 'right' })
    await take('menu-terminal')
    await page.keyboard.press('Escape')
    await page.getByRole('tab').first().click({ button: 'right' })
    await take('menu-tab')
    await page.keyboard.press('Escape')
    await page.getByRole('tab').nth(1).click()
    await page.keyboard.press('Control+Shift+W')
    await expect(question(page)).toBeVisible()
    await take('question-close')
    await page.keyboard.press('Escape')
    await page.locator('.pane.front:visible .xterm-helper-textarea').focus()
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', 'cd /srv\nrm -rf build\nmake\n')
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
      document.activeElement?.dispatchEvent(event)
    })
    await page
      .getByRole('dialog', { name: /^Paste/ })
      .waitFor({ timeout: 2_000 })
      .catch(() => undefined)
    await take('question-paste')
    await page.keyboard.press('Escape')

    await page.getByRole('button', { name: /Try an outage/ }).click()
    await take('menu-outage')
    await page.getByRole('menuitem', { name: /keys expire|Expire/i }).click()
    await take('demo-keys-expired')
  })

  test(`the beginning, ${scheme}`, async ({ start, home }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0 })
    await mkdir(path.join(home, '.aws'))
    await writeFile(
      path.join(home, '.aws', 'config'),
      '[profile empty]\nregion = us-east-1\n[profile work]\nregion = eu-west-1\n',
    )
    const { page } = await start({
      args: ['--profile', 'empty', '--endpoint-url', simulator.endpointUrl],
      env: { AWS_EC2_METADATA_DISABLED: 'true' },
    })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await expect(page.getByRole('region', { name: 'Instances' })).toContainText('No AWS credentials')
    await takeAll(page, `first-run-${scheme}`)
  })
}
