// Pictures of every view and state, taken from the app itself: see screenshots.config.ts.

import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test } from './app'
import { takeAll } from './kit/window/pictures'
import { exported, roleKeys, TWO_ROLES, TWO_ROLES_CONFIG } from './kit/aws/rolekeys'
import { OPS_ACCOUNT, OPS_CONFIG } from './kit/aws/sts'

async function go(page: Page, view: string): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('button', { name: new RegExp(view) })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: view })).toBeVisible()
}

interface Wanted {
  readonly instance: string
  readonly name: string
  readonly port: number
  readonly host?: string
  readonly localPort?: number
}

async function fill(page: Page, { instance, name, port, host, localPort }: Wanted): Promise<void> {
  await rowOf(page, instance).getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name' }).fill(name)
  await form.getByRole('textbox', { name: 'Port', exact: true }).fill(String(port))
  if (host !== undefined) await form.getByRole('textbox', { name: 'Host' }).fill(host)
  await form.getByLabel('Local port').fill(localPort === undefined ? '' : String(localPort))
}

async function make(page: Page, wanted: Wanted): Promise<void> {
  await fill(page, wanted)
  await page.getByRole('dialog').getByRole('button', { name: 'Create and start' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
}

/** Resolves when a connection that sends a byte has ended. */
function touch(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write('x'))
    socket.once('close', () => resolve())
    socket.once('error', () => undefined)
  })
}

for (const scheme of ['light', 'dark'] as const) {
  test(`the Demo, ${scheme}`, async ({ app: { page } }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `${name}-${scheme}`)
    await take('instances')
    await rowOf(page, 'search-indexer').click()
    await take('instance-offline')
    await page.keyboard.press('Escape')
    const filter = page.getByRole('region', { name: 'Instances' }).getByRole('textbox').first()
    await filter.fill('nothing like this')
    await take('instances-no-match')
    await filter.fill('')
    await go(page, 'Forwards')
    await take('forwards-empty')
    await go(page, 'Instances')
    await fill(page, { instance: 'web-2', name: 'intranet', port: 80, host: 'intranet.internal' })
    await take('forward-editor')
    await page.getByRole('dialog').getByRole('button', { name: 'Limits' }).click()
    await page.getByLabel('Turn off after').fill('8 h')
    await page.getByLabel('Connections at a time').fill('0')
    await take('forward-editor-limits')
    await page.getByRole('dialog').getByRole('button', { name: 'Limits' }).click()
    await page.getByLabel('Connections at a time').fill('')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Limits/ })
      .click()
    await page.getByRole('dialog').getByRole('button', { name: 'Advanced' }).click()
    await page.getByLabel('Session document').fill('Culvert-SeparateOutputCommand')
    await expect(page.getByRole('dialog')).toContainText('forwards no port')
    await take('forward-editor-advanced')
    await page.getByLabel('Session document').fill('Acme-Orders')
    await expect(page.getByRole('dialog')).toContainText('does not exist')
    await take('forward-editor-unread')
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()

    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port: taken } = other.address() as AddressInfo
    await make(page, { instance: 'web-2', name: 'intranet', port: 80, host: 'intranet.internal' })
    await make(page, { instance: 'web-2', name: 'payments', port: 81 })
    await make(page, { instance: 'checkout-api-1', name: 'status page', port: 8080, localPort: taken })
    await go(page, 'Forwards')
    const payments = page.getByRole('row', { name: /^payments, Up/ })
    await expect(payments).toContainText(/localhost:\d+/)
    await touch(Number(/localhost:(\d+)/.exec((await payments.textContent()) ?? '')?.[1]))
    await expect(payments).toContainText('could not connect')
    await take('forwards')
    for (const name of ['intranet', 'payments']) {
      await page.getByRole('row', { name: new RegExp(`^${name}, Up`) }).press('Enter')
      const detail = page.getByRole('region', { name: `Details of ${name}` })
      await detail.getByRole('button', { name: 'Check now' }).click()
      await expect(detail.getByRole('list', { name: 'Path' })).toContainText(name === 'intranet' ? 'reached' : 'Check')
      await take(`forward-detail-${name}`)
    }
    await page.keyboard.press('Escape')
    await go(page, 'Activity')
    await take('activity')
    await go(page, 'Settings')
    await take('settings')
    await page.getByLabel('Ping Session Manager every').fill('50')
    await page.getByLabel('Ping Session Manager every').blur()
    await take('settings-connection')
    await page.getByRole('button', { name: /^Environment:/ }).click()
    await take('environment-menu')
    await page.getByRole('menuitem', { name: /^Settings of/ }).click()
    await page.getByLabel('Document for ssh').fill('a b')
    await page.getByLabel('Document for ssh').blur()
    await page.getByRole('switch', { name: 'Require a reason' }).click()
    await take('settings-environment')
    await page.getByLabel('Document for ssh').fill('')
    await page.keyboard.press('Control+K')
    await expect(page.getByRole('dialog')).toBeVisible()
    await take('palette')
    await page.keyboard.press('Escape')

    await go(page, 'Instances')
    await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
    await expect(page.getByRole('dialog')).toContainText('session history')
    await take('reason')
    await page.getByRole('textbox', { name: 'Reason' }).fill('ticket 7')
    await page.keyboard.press('Enter')
    const screen = page.locator('.xterm-rows:visible')
    await expect(screen).toContainText(/[$#]/)
    await page.keyboard.type('ls -la --color=always / | head -9')
    await page.keyboard.press('Enter')
    await expect(screen).toContainText('drwx')
    await take('terminal')
    await go(page, 'Forwards')
    await take('terminal-beside-forwards')
    await page.locator('.xterm-screen:visible').click()
    await page.keyboard.type('exit')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('tab', { name: /Ended/ })).toBeVisible()
    await take('terminal-ended')
    await new Promise((resolve) => other.close(resolve))
  })

  test(`a code is asked for, ${scheme}`, async ({ start, home }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0, ...OPS_ACCOUNT })
    await mkdir(path.join(home, '.aws'))
    await writeFile(path.join(home, '.aws', 'config'), OPS_CONFIG)
    const { page } = await start({
      args: ['--profile', 'ops', '--region', simulator.region],
      env: { AWS_ENDPOINT_URL: simulator.endpointUrl },
    })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const dialog = page.getByRole('dialog')
    await expect(dialog).toBeVisible()
    await takeAll(page, `code-${scheme}`)
    await dialog.getByRole('textbox').fill('000000')
    await page.keyboard.press('Enter')
    await expect(dialog).toContainText('did not accept')
    await takeAll(page, `code-refused-${scheme}`)
  })

  test(`keys of the environment that have ended, ${scheme}`, async ({ start, home }) => {
    await using simulator = await startSimulator({ shellDelayMs: 0, ...TWO_ROLES })
    await mkdir(path.join(home, '.aws'))
    await writeFile(path.join(home, '.aws', 'config'), TWO_ROLES_CONFIG)
    const { page } = await start({
      args: ['--region', simulator.region],
      env: {
        ...exported(await roleKeys(simulator, 'ops', 'ann')),
        AWS_ENDPOINT_URL: simulator.endpointUrl,
        AWS_PROFILE: 'same',
      },
    })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await expect(rowOf(page, 'web-2')).toBeVisible()
    simulator.faults.apply({ kind: 'expire-credentials', status: 403 })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.locator('.notices')).toContainText('Use the profile same')
    await takeAll(page, `keys-ended-${scheme}`)
  })

  test(`trouble, ${scheme}`, async ({ start }) => {
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
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `${name}-${scheme}`)
    const refuse = (code: string, status: number, count: number): void => {
      for (let time = 0; time < count; time += 1) simulator.failNext('ResumeSession', { code, status })
    }
    for (const name of ['cut', 'expired']) await make(page, { instance: 'web-2', name, port: 7 })
    await rowOf(page, 'checkout-api-1').getByRole('button', { name: 'Connect' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
    await go(page, 'Forwards')
    const [cut, expired, shell] = simulator.sessions()
    await expect(page.getByRole('row', { name: /^expired, Up/ })).toBeVisible()
    refuse('ExpiredTokenException', 403, 12)
    simulator.cut(expired!.id, 'rst')
    await expect(page.getByRole('row', { name: /^expired, Waiting for login/ })).toBeVisible()
    await take('forwards-login-beside')
    await page.keyboard.press('Control+Backquote')
    await expect(page.getByRole('region', { name: 'Terminals' })).toBeHidden()
    await take('forwards-login')
    await page.keyboard.press('Control+Backquote')
    await expect(page.getByRole('region', { name: 'Terminals' })).toBeVisible()
    refuse('Unforeseen', 400, 60)
    simulator.cut(cut!.id, 'rst')
    simulator.cut(shell!.id, 'rst')
    await expect(page.getByRole('row', { name: /^cut, Reconnecting/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /^cut, Reconnecting/ })).toContainText(/in \d+ s/)
    await take('forwards-trouble-beside')
    await page.keyboard.press('Control+Backquote')
    await expect(page.getByRole('region', { name: 'Terminals' })).toBeHidden()
    await take('forwards-trouble')
  })
}
