// The doctor in the window: a good environment, then a broken configuration file, a stopped instance, and a forward that may not be
// resumed and whose destination does not listen.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startSimulator } from '../electron/simulator/simulator'
import { expect, rowOf, test, type App, type StartOptions } from './app'
import { violations } from './kit/window/axe'
import { makeForward, show } from './kit/window/window'

const SPEED = { isPaced: false, shellDelayMs: 0 } as const

function onSimulator({ endpointUrl, region, credentials }: Awaited<ReturnType<typeof startSimulator>>): StartOptions {
  return {
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  }
}

/** Opens the doctor from the detail that is shown, and runs it by keyboard. */
async function runFrom(page: Page, app: Pick<App, 'page'>, open: () => Promise<void>): Promise<void> {
  await open()
  const button = app.page.getByRole('dialog', { name: /^Doctor/ }).getByRole('button', { name: 'Run doctor' })
  await expect(button).toBeFocused()
  await page.keyboard.press('Enter')
}

test('the doctor says what works, and for three broken environments what does not and what to do', async ({
  start,
  home,
}) => {
  await using simulator = await startSimulator(SPEED)
  const app = await start(onSimulator(simulator))
  const { page } = app
  const dialog = page.getByRole('dialog', { name: /^Doctor/ })
  const line = (title: string) =>
    dialog.getByRole('listitem').filter({ has: page.locator('b', { hasText: new RegExp(`^${title}( \\(|$)`) }) })
  const again = dialog.getByRole('button', { name: 'Run again' })
  const active = (): number => simulator.sessions().filter(({ status }) => status !== 'Terminated').length

  // A good environment, from the detail of an instance.
  await rowOf(page, 'web-2').click()
  await runFrom(page, app, () => page.getByRole('button', { name: 'Run doctor' }).click())
  await expect(again).toBeFocused()
  await expect(dialog).toContainText(/Nothing failed, \d+ passed/)
  await expect(line('Session resumed')).toContainText('the same session went on')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
  expect(active()).toBe(0)
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // A stopped instance.
  await rowOf(page, 'load-generator').click()
  await runFrom(page, app, () => page.getByRole('button', { name: 'Run doctor' }).click())
  await expect(dialog).toContainText('1 check failed')
  await expect(line('Instance')).toContainText('aws ec2 start-instances')
  await expect(line('Session started')).toContainText('Not known')
  await page.keyboard.press('Escape')

  // A forward whose sessions may not be resumed, to a port on which nothing listens.
  simulator.faults.apply({
    kind: 'policy',
    identity: 'CulvertDemo',
    statements: [
      { effect: 'allow', actions: ['*'], resources: ['*'] },
      { effect: 'deny', actions: ['ssm:ResumeSession'], resources: ['*'] },
    ],
  })
  await makeForward(page, rowOf(page, 'web-2'), { name: 'nothing there', remotePort: 4_444 })
  await show(page, 'Forwards')
  await page.getByRole('row', { name: /^nothing there/ }).press('Enter')
  await runFrom(page, app, () => page.getByRole('button', { name: 'Run doctor' }).click())
  await expect(dialog).toContainText('2 checks failed')
  await expect(line('Session resumed')).toContainText('Missing ssm:ResumeSession')
  await expect(line('Destination')).toContainText('port 4444 of the instance')
  await page.keyboard.press('Escape')

  // A broken configuration file, from the settings.
  await mkdir(join(home, '.aws'), { recursive: true })
  await writeFile(join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n[profile prod\n')
  await show(page, 'Settings')
  await runFrom(page, app, () => page.getByRole('button', { name: 'Run doctor' }).click())
  await expect(line('AWS configuration files')).toContainText('config line 3: the section has no closing ]')
  await expect(dialog).toContainText('1 check failed')
  await page
    .context()
    .grantPermissions(['clipboard-read', 'clipboard-write'])
    .catch(() => undefined)
  await dialog.getByRole('button', { name: 'Copy report' }).click()
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible()
  await writeFile(join(home, '.aws', 'config'), '[default]\nregion = eu-west-1\n')
  await again.click()
  await expect(dialog).toContainText(/Nothing failed, \d+ passed/)
})
