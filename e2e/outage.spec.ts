// An outage as a person sees it: the countdown, Retry now, waiting for a login, and a shell that survives it.

import { mkdir, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { expect, rowOf, test, type App, type StartOptions } from './app'
import { login } from './kit/aws/profile'
import { exported, roleKeys, TWO_ROLES, TWO_ROLES_CONFIG } from './kit/aws/rolekeys'
import { violations } from './kit/window/axe'
import { makeForward, show } from './kit/window/window'

/** Starts the app with the profile "work", a forward to the echo port and a shell, both up. */
async function open(
  start: (options?: StartOptions) => Promise<App>,
  simulator: Simulator,
): Promise<{ app: App; socket: Socket }> {
  const app = await start({ args: ['--profile', 'work', '--endpoint-url', simulator.endpointUrl] })
  const { page } = app
  await makeForward(page, rowOf(page, 'web-2'), { name: 'echo', remotePort: 7 })
  await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  await show(page, 'Forwards')
  const row = page.getByRole('row', { name: /^echo, Up/ })
  await expect(row).toContainText(/localhost:\d+/)
  const port = Number(/localhost:(\d+)/.exec((await row.textContent()) ?? '')?.[1])
  const socket = connect({ host: '127.0.0.1', port })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { app, socket }
}

// Both are started at nearly the same time, so their order is undefined.
function isForward({ documentName }: { readonly documentName: string }): boolean {
  return documentName.includes('PortForwarding')
}

function echoed(socket: Socket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes: Buffer) => resolve(bytes.toString()))
    socket.once('error', reject)
  })
  socket.write(text)
  return answer
}

test('a cut is counted down, Retry now ends it, and neither the connection nor the shell is lost', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  await login(home, simulator)
  const { app, socket } = await open(start, simulator)
  const { page } = app
  expect(await echoed(socket, 'before')).toBe('before')
  const forward = simulator.sessions().find(isForward)
  const shell = simulator.sessions().find((session) => !isForward(session))
  simulator.faults.apply({ kind: 'api-error', operation: 'ResumeSession', code: 'Unforeseen', status: 400 })
  simulator.cut(forward!.id, 'rst')
  const row = page.getByRole('row', { name: /^echo, / })
  await expect(row).toContainText(/Reconnecting in \d+ s/)
  // The wait starts at 0.2 s and doubles; after several attempts it is long enough to be cut short by hand.
  await expect(row).toContainText(/Reconnecting in (1[0-9]|[6-9]) s/)
  const during = echoed(socket, 'written during the outage')
  simulator.faults.clear()
  await row.getByRole('button', { name: 'Retry now' }).click()
  await expect(row).toContainText('Up')
  expect(await during).toBe('written during the outage')

  simulator.failNext('ResumeSession', { code: 'Unforeseen' })
  simulator.cut(shell!.id, 'close-1000')
  await expect(page.locator('.statusline:visible')).toContainText('Connected')
  await page.locator('.xterm-screen:visible').click()
  await page.keyboard.type('echo still-$((40+2))')
  await page.keyboard.press('Enter')
  await expect(page.locator('.xterm-rows:visible')).toContainText('still-42')
  expect(simulator.sessions()).toHaveLength(2)
  socket.destroy()
})

test('an expired login is waited for, and a new one on disk brings everything back on the same connection', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  await login(home, simulator)
  const { app, socket } = await open(start, simulator)
  const { page } = app
  const forward = simulator.sessions().find(isForward)
  const shell = simulator.sessions().find((session) => !isForward(session))
  simulator.rotateCredentials()
  simulator.cut(forward!.id, 'close-1000')
  const row = page.getByRole('row', { name: /^echo, / })
  await expect(row).toContainText('Waiting for login')
  // All places show the same cause, sentence and command.
  const cause = 'profile "work" (account 1111 2222 3333)'
  const command = 'aws configure --profile work'
  const places = [row, page.locator('.notices'), page.getByRole('tabpanel')]
  await expect(page.getByRole('button', { name: /^Environment/ })).toContainText('Sign-in ended')
  // A shell whose connection still works does not wait.
  await expect(page.locator('.statusline:visible')).toContainText('Connected')
  simulator.cut(shell!.id, 'close-1000')
  await expect(page.locator('.statusline:visible')).toContainText('Waiting for login')
  for (const place of places) {
    await expect(place).toContainText(cause)
    await expect(place.locator('code')).toHaveText(command)
  }
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.locator('.notices').getByRole('button', { name: 'Copy command' }).click()
  await expect(page.locator('.notices').getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(command)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  const during = echoed(socket, 'written while nobody was logged in')
  await login(home, simulator)
  await expect(row).toContainText('Up')
  expect(await during).toBe('written while nobody was logged in')
  expect(simulator.sessions().filter(isForward)).toHaveLength(1)
  await expect(page.locator('.statusline:visible')).toContainText('Connected')
  await expect(page.locator('.notices')).toBeEmpty()
  await expect(page.getByRole('button', { name: /^Environment/ })).not.toContainText('Sign-in ended')
  socket.destroy()
})

test('keys of the environment that have ended: the profile that is offered is taken by a click', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0, ...TWO_ROLES })
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, '.aws', 'config'), TWO_ROLES_CONFIG)
  const keys = exported(await roleKeys(simulator, 'ops', 'ann'))
  const { page } = await start({
    args: ['--region', simulator.region],
    env: { ...keys, AWS_ENDPOINT_URL: simulator.endpointUrl, AWS_PROFILE: 'same' },
  })
  await expect(rowOf(page, 'web-2')).toBeVisible()
  simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
  await page.getByRole('button', { name: 'Refresh' }).click()
  const notices = page.locator('.notices')
  await expect(notices.locator('code')).toHaveText('culvert credentials')
  expect(await violations(page)).toEqual([])
  await notices.getByRole('button', { name: 'Use the profile same' }).click()
  await expect(notices).toBeEmpty()
  await expect(page.getByRole('button', { name: /^Environment/ })).not.toContainText('Sign-in ended')
})
