import path from 'node:path'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { show } from './kit/window/window'

test('a number of the settings is kept over a restart, and one that makes no sense stays with its reason', async ({
  app,
}) => {
  const { page } = app
  await show(page, 'Settings')
  const about = page.getByRole('region', { name: 'About' })
  await expect(about).toContainText(/Culvert \d+\.\d+\.\d+/)
  await expect(about).toContainText(path.join(app.home, 'data'))
  const hold = page.getByLabel('Hold new connections for')
  await expect(hold).toHaveValue('30')
  await hold.fill('90')
  await hold.press('Enter')
  const ping = page.getByLabel('Ping Session Manager every')
  await ping.fill('44')
  await ping.blur()
  await expect(page.getByRole('alert').filter({ hasText: 'enter 40 or less' })).toBeVisible()
  await expect(ping).toHaveValue('44')
  await ping.fill('15')
  await ping.blur()
  await expect(page.getByRole('alert').filter({ hasText: 'enter' })).toBeHidden()

  const again = await app.restart()
  await show(again, 'Settings')
  await expect(again.getByLabel('Hold new connections for')).toHaveValue('90')
  await expect(again.getByLabel('Ping Session Manager every')).toHaveValue('15')
  await expect(again.getByLabel('Count a connection as dead after')).toHaveValue('45')
})

test('the settings of an environment and the document of a forward are those of its session', async ({ start }) => {
  await using simulator = await startSimulator({
    shellDelayMs: 0,
    documents: {
      'Acme-Page': {
        sessionType: 'Port',
        parameters: { remotePort: { type: 'String' }, zone: { type: 'String', allowedValues: ['eu', 'us'] } },
        properties: { portNumber: '{{ remotePort }}', type: 'LocalPortForwarding' },
      },
    },
  })
  const { endpointUrl, region, credentials } = simulator
  const { page } = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  await show(page, 'Settings')
  const ssh = page.getByLabel('Document for ssh')
  await ssh.fill('a b')
  await ssh.blur()
  await expect(page.getByRole('alert').filter({ hasText: '3 to 128' })).toBeVisible()
  await ssh.fill('Acme-Page')
  await ssh.press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: '3 to 128' })).toBeHidden()
  await page.getByRole('switch', { name: 'Require a reason' }).click()

  await show(page, 'Instances')
  await rowOf(page, 'web-2').getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Port', exact: true }).fill('8080')
  await form.getByRole('button', { name: 'Advanced' }).click()
  await form.getByLabel('Session document').fill('Acme-Page')
  await expect(form).toContainText('The destination fills remotePort.')
  await form.getByRole('combobox', { name: 'zone' }).fill('us')
  await form.getByRole('button', { name: 'Create and start' }).click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('ticket 7')
  await page.keyboard.press('Enter')
  await show(page, 'Forwards')
  await expect(page.getByRole('row', { name: /^web-2-8080, Up/ })).toBeVisible()
  expect(simulator.sessions()).toMatchObject([
    { documentName: 'Acme-Page', reason: expect.stringMatching(/^ticket 7 \[Culvert /) },
  ])
})
