// An app that is killed leaves sessions running at AWS. The next start ends and reports them, and restores forwards and
// terminals.

import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { makeForward, show } from './kit/window/window'

test('sessions of a killed app are ended by the next start, its forwards are on again and its terminals there', async ({
  start,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  const active = (): string[] =>
    simulator
      .sessions()
      .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
      .map(({ id }) => id)
  const app = await start({
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  })
  const { page } = app
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await expect.poll(() => active().length).toBe(2)
  const left = active()

  const again = await app.restart('kill')
  const statuses = (): string[] =>
    simulator
      .sessions()
      .filter(({ id }) => left.includes(id))
      .map(({ status }) => status)
  await expect.poll(statuses).toEqual(['Terminated', 'Terminated'])
  const pane = again.getByRole('tabpanel')
  await expect(pane.getByRole('status').first()).toContainText('Culvert was restarted.')
  await expect(pane.locator('.xterm-rows')).not.toContainText(/[$#]/)
  await pane.locator('.xterm-helper-textarea').focus()
  await again.keyboard.press('Enter')
  await expect(pane.locator('.xterm-rows')).toContainText(/[$#]/)
  await show(again, 'Forwards')
  await expect(again.getByRole('row', { name: /^echo, Up/ })).toBeVisible()
  await expect.poll(() => active().filter((id) => !left.includes(id)).length).toBe(2)
  await show(again, 'Activity')
  await expect(again.getByRole('region', { name: 'Activity' })).toContainText(
    'Ended 2 sessions left open by an earlier run.',
  )
})
