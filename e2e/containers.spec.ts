// Containers by keyboard: found in their list, a shell in one of them, and an ephemeral session like its service until `exit`.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, test } from './app'
import { violations } from './kit/window/axe'

test('a shell in a container of a service, and an ephemeral session like it that ends with its shell', async ({
  start,
}) => {
  const delays = { provisioningMs: 20, pullMs: 20, agentMs: 20 }
  await using simulator = await startSimulator({ shellDelayMs: 0, containers: { delays } })
  const { endpointUrl, region, credentials } = simulator
  const { page } = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  const containers = page.getByRole('radio', { name: /^Containers/ })
  await containers.press('Enter')
  await expect(containers).toBeFocused()
  const grid = page.getByRole('grid', { name: 'Containers' })
  const service = grid.getByRole('row').filter({ hasText: 'storefront-web' }).first()
  await expect(service).toContainText('running')
  expect(await violations(page)).toEqual([])

  await service.press('Enter')
  const screen = page.locator('.xterm-rows:visible')
  await expect(screen).toContainText(/[$#]/)
  await page.keyboard.type('echo in:$((40+2))')
  await page.keyboard.press('Enter')
  await expect(screen).toContainText('in:42')

  await service.press('e')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('0 of 5')
  expect(await violations(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Start session' }).click()
  await expect(page.getByText('This is not one of the running containers.')).toBeVisible({ timeout: 20_000 })
  await expect(screen).toContainText(/[$#]/)
  expect(await violations(page)).toEqual([])
  await page.keyboard.type('exit')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: 'Start another task' })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(dialog).toContainText('Start another task like storefront-web?')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})
