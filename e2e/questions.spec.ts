// The code of a second factor in the window: requested at the start, refused once, dismissed, and given during an outage.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { violations } from './kit/window/axe'
import { CODE, OPS_ACCOUNT, OPS_CONFIG, SERIAL } from './kit/aws/sts'
import { makeForward, show } from './kit/window/window'

test('the window asks for a code, says when AWS refuses it, and a later one brings a forward back on its session', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0, ...OPS_ACCOUNT })
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(join(home, '.aws', 'config'), OPS_CONFIG)
  const { page } = await start({
    args: ['--profile', 'ops', '--region', simulator.region],
    env: { AWS_ENDPOINT_URL: simulator.endpointUrl },
  })
  const dialog = page.getByRole('dialog', { name: 'Code for the profile ops' })
  const field = dialog.getByRole('textbox', { name: 'Code of the second factor' })
  await expect(field).toBeFocused()
  await expect(dialog).toContainText(SERIAL)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }

  await page.keyboard.type('12 34 5')
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('six digits')
  await expect(field).toHaveValue('12345')
  await field.fill('000000')
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('did not accept that code')
  await expect(field).toHaveValue('')
  await expect(field).toBeFocused()
  await page.keyboard.type(CODE)
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()

  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, / })
  await expect(row).toContainText('Up')
  const [session] = simulator.sessions()
  simulator.faults.apply({ kind: 'expire-credentials' })
  simulator.cut(session!.id, 'close-1000')
  await expect(field).toBeFocused()
  await dialog.getByRole('button', { name: 'Not now' }).click()
  await expect(dialog).toBeHidden()
  await expect(row).toContainText('Waiting for login')
  await row.getByRole('button', { name: 'Retry now' }).click()
  await expect(field).toBeFocused()
  await page.keyboard.type(CODE)
  await page.keyboard.press('Enter')
  await expect(row).toContainText('Up')
  await expect(dialog).toBeHidden()
  expect(simulator.sessions()).toHaveLength(1)
  expect(simulator.assumed.map(({ code }) => code)).toEqual(['000000', CODE, CODE])
})
