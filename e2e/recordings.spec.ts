// Recording and draining in the window: a person makes a drain and records a terminal; then finds, plays, exports and deletes the
// recording.

import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { show } from './kit/window/window'

test('a terminal is recorded and drained; its recording is found by its text, played, exported and deleted', async ({
  app,
}) => {
  const { page, home } = app
  const file = path.join(home, 'output.jsonl')
  await show(page, 'Settings')
  await page.getByRole('button', { name: 'New drain' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name' }).fill('local')
  await form.getByRole('radio', { name: 'File' }).click()
  await form.getByRole('textbox', { name: 'Path' }).fill('output.jsonl')
  await expect(form).toContainText('Enter an absolute path.')
  await form.getByRole('textbox', { name: 'Path' }).fill(file)
  await form.getByRole('button', { name: 'Save drain' }).click()
  await expect(form).toBeHidden()
  await page.getByRole('button', { name: 'Send a test record to local' }).click()
  await expect(page.getByText('The test record was delivered.')).toBeVisible()

  await show(page, 'Instances')
  await rowOf(page, 'web-2').getByRole('button', { name: 'Connect' }).click()
  const screen = page.locator('.xterm-rows:visible')
  await expect(screen).toContainText(/[$#]/)
  const status = page.locator('.statusline:visible')
  await expect(status).toContainText('Output goes to local')
  await page.keyboard.press('Control+Shift+E')
  await expect(page.getByRole('tab', { name: /^web-2, .*recorded/ })).toBeVisible()
  await expect(status).toContainText('Recorded')
  await page.keyboard.type('echo "<b>needle</b> $((40+2))"\n')
  await expect(screen).toContainText('<b>needle</b> 42')
  await page.keyboard.press('Control+Shift+E')
  await expect(status).not.toContainText('Recorded')
  const records = async (): Promise<string> => readFile(file, 'utf8').catch(() => '')
  await expect.poll(records).toContain('<b>needle</b> 42')
  expect(await records()).toMatch(/"operation_id":"[^"]+"/)

  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Sessions/ })
    .click()
  await page.getByRole('button', { name: 'Recordings', exact: true }).click()
  const view = page.getByRole('region', { name: 'Recordings' })
  await expect(view.getByRole('row', { name: /web-2 shell/ })).toBeVisible()
  await view.getByRole('searchbox').fill('needle</b> 42')
  await view.getByRole('row', { name: /<b>needle<\/b> 42/ }).click()
  const played = page.locator('.playing pre')
  await expect(played).toContainText('<b>needle</b> 42')
  expect(await played.locator('b, a').count()).toBe(0)
  expect(await violations(page)).toEqual([])
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  const saved = await download
  expect(saved.suggestedFilename()).toMatch(/^\d{4}-\d\d-\d\d \d\d\.\d\d web-2\.cast$/)
  expect(await readFile(await saved.path(), 'utf8')).toMatch(/^\{"version":2,[^\n]+\n\[[\d.]+,"o",/)

  await page.getByRole('button', { name: 'Delete this recording' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
  await expect(view.getByRole('heading', { name: 'Nothing found' })).toBeVisible()
  await view.getByRole('button', { name: 'Clear search' }).click()
  await expect(view.getByRole('heading', { name: 'No recordings yet' })).toBeVisible()
})
