// Pictures of containers and ephemeral sessions in every state. The messages of the core about them are replaced on their way to the page
// (kit/window/saidstate.ts); the terminals are shells of the Demo.

import type { Page } from '@playwright/test'
import { noContainers } from '../shared/model/container'
import type { EphemeralView } from '../shared/model/ephemeral'
import type { TerminalView } from '../shared/model/terminal'
import { expect, test } from './app'
import { ephemeralView, full, HOUR_MS, listing, MINUTE_MS, PLAN } from './kit/window/containerviews'
import { takeAll } from './kit/window/pictures'
import { saySomethingElse, type SaidState } from './kit/window/saidstate'

async function showContainers(page: Page): Promise<void> {
  await page.getByRole('radio', { name: /^Containers/ }).click()
  await expect(page.getByRole('grid', { name: 'Containers' })).toBeVisible()
}

for (const scheme of ['light', 'dark'] as const) {
  test(`containers, ${scheme}`, async ({ start, page: raw }) => {
    const state: SaidState = {
      containers: noContainers,
      answers: { 'containers.watch': () => null, 'containers.refresh': () => null },
      terminal: (view) => view,
    }
    const { tell } = await saySomethingElse(raw, state)
    const { page } = await start()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `containers-${name}-${scheme}`)
    await page.getByRole('radio', { name: /^Containers/ }).click()
    await expect(page.locator('.containers .skeleton')).toBeVisible()
    await take('loading')
    state.containers = { ...noContainers, state: { kind: 'ready' } }
    tell()
    await expect(page.getByText(/^No clusters/)).toBeVisible()
    await take('none')
    state.containers = {
      ...state.containers,
      notices: ['The clusters could not be listed: ask for an IAM policy that allows ecs:ListClusters on *.'],
    }
    tell()
    await expect(page.getByText(/ecs:ListClusters/)).toBeVisible()
    await take('denied')
    state.containers = {
      ...noContainers,
      state: {
        kind: 'failed',
        error: { code: 'throttled', message: 'AWS answers ThrottlingException to ListTasks: Rate exceeded.' },
        retryAt: Date.now() + 30_000,
      },
    }
    tell()
    await expect(page.getByText(/Rate exceeded/)).toBeVisible()
    await take('failed')
    state.containers = full()
    tell()
    await expect(page.getByRole('rowheader', { name: 'storefront-web' })).toBeVisible()
    await take('list')
    const rows = page.getByRole('grid', { name: 'Containers' }).getByRole('row')
    await rows.filter({ hasText: 'mailer' }).nth(1).click()
    await expect(page.getByRole('region', { name: 'Details of mailer' })).toBeVisible()
    await take('blocked')
    await rows.filter({ hasText: 'storefront-web' }).first().click()
    await take('service')
    await rows.filter({ hasText: 'Ephemeral of' }).first().click()
    await take('ephemeral-detail')
    await page.keyboard.press('Escape')
    state.containers = {
      ...full(),
      state: {
        kind: 'failed',
        error: { code: 'network', message: 'ecs.eu-central-1 could not be reached.' },
        retryAt: Date.now() + 30_000,
      },
      notices: [
        'The tasks of the cluster batch could not be listed: ask for an IAM policy that allows ecs:ListTasks on it.',
      ],
    }
    tell()
    await expect(page.getByText('This list is out of date.')).toBeVisible()
    await take('stale')
    state.containers = full()
    tell()
    await page.getByRole('textbox', { name: 'Filter containers' }).fill('service:orders')
    await take('filtered')
    await page.getByRole('textbox', { name: 'Filter containers' }).fill('nothing like it')
    await take('no-match')
    await page.getByRole('textbox', { name: 'Filter containers' }).fill('')
    await rows.filter({ hasText: 'storefront-web' }).first().getByRole('button', { name: 'More about' }).click()
    await take('menu')
    await page.getByRole('menuitem', { name: 'Run…' }).click()
    await expect(page.getByRole('dialog')).toContainText('CloudTrail')
    await take('run')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+K')
    await page.keyboard.type('storefront')
    await take('palette')
    await page.keyboard.press('Escape')
    state.terminal = (view) => ({
      ...view,
      container: 'ecs:shop/storefront-web',
      instance: { id: `ecs:shop_${'a'.repeat(32)}_${'a'.repeat(32)}-1`, name: 'storefront-web/web' },
    })
    await rows.filter({ hasText: 'storefront-web' }).first().getByRole('button', { name: 'Shell in' }).click()
    await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#>]/)
    await take('shell')
    await page.getByRole('radio', { name: /^Instances/ }).click()
    await take('instances-beside')
    await page.keyboard.press('Control+Backquote')
    await take('instances')
    await page.keyboard.press('Control+Backquote')
    await page.getByRole('radio', { name: /^Containers/ }).click()
    state.terminal = (view) => ({
      ...view,
      container: 'ecs:shop/storefront-web',
      instance: { id: `ecs:shop_${'a'.repeat(32)}_${'a'.repeat(32)}-1`, name: 'storefront-web/web' },
      state: {
        kind: 'ended',
        at: Date.now(),
        text: '',
        error: {
          code: 'container-full',
          message:
            'The container web of storefront-web has two sessions, which is as many as AWS allows. Close one of them, or choose another task.',
        },
      },
    })
    tell()
    await expect(page.getByRole('button', { name: 'Show its sessions' })).toBeVisible()
    await take('full')
    await page.setViewportSize({ width: 480, height: 700 })
    await page.screenshot({ path: `screenshots/containers-narrow-${scheme}-480.png` })
  })

  test(`ephemeral sessions, ${scheme}`, async ({ start, page: raw }) => {
    let plan = PLAN
    const state: SaidState = {
      containers: full(),
      answers: {
        'containers.watch': () => null,
        'containers.refresh': () => null,
        'ephemeral.plan': () => plan,
        'ephemeral.list': listing,
        'ephemeral.stop': () => null,
        'ephemeral.derive': () => null,
      },
      terminal: (view) => view,
    }
    const { tell } = await saySomethingElse(raw, state)
    const { page } = await start()
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const take = (name: string): Promise<void> => takeAll(page, `ephemeral-${name}-${scheme}`)
    await showContainers(page)
    const dialog = page.getByRole('dialog')
    const begin = async (): Promise<void> => {
      await page.getByRole('row').filter({ hasText: 'storefront-web' }).first().press('e')
      await expect(dialog).toContainText('storefront-web')
    }
    await begin()
    await expect(dialog).toContainText('not the app’s 4 GB')
    await take('start')
    await dialog.getByRole('button', { name: '8 hours' }).click()
    await dialog.getByRole('textbox', { name: /^Environment variables/ }).fill('DEBUG=1\nnot a pair')
    await dialog.getByRole('textbox', { name: /^Memory/ }).fill('lots')
    await take('start-wrong')
    await page.keyboard.press('Escape')
    plan = {
      ...PLAN,
      problem:
        'The task definition has no task role, so the exec agent cannot connect. Give storefront-web:7 a task role that allows the four actions of ssmmessages.',
    }
    await begin()
    await expect(dialog).toContainText('It cannot be started')
    await take('start-problem')
    await page.keyboard.press('Escape')
    plan = { ...PLAN, open: 5, problem: 'Five are open.' }
    await begin()
    await expect(dialog).toContainText('left over')
    await take('start-limit')
    await page.keyboard.press('Escape')
    plan = PLAN
    const say = (view: Partial<TerminalView>, change: Partial<EphemeralView> = {}): void => {
      state.terminal = (real) => ({
        ...real,
        instance: { id: `ecs:shop_${'e'.repeat(32)}_${'e'.repeat(32)}-1`, name: 'storefront-web/web' },
        ephemeral: ephemeralView(change),
        ...view,
      })
      tell()
    }
    say({ state: { kind: 'connecting' } })
    await begin()
    await expect(dialog.getByRole('button', { name: 'Start session' })).not.toHaveAttribute('aria-disabled', 'true')
    await dialog.getByRole('button', { name: 'Start session' }).click()
    await expect(page.getByRole('list', { name: 'Steps' })).toContainText('exec agent')
    await take('steps')
    const fail = (code: 'task-failed' | 'entry-point' | 'ephemeral-limit', message: string): Partial<TerminalView> => ({
      state: { kind: 'ended', at: Date.now(), text: '', error: { code, message } },
    })
    say(
      fail(
        'task-failed',
        'The task was not started: CannotPullContainerError: pull access denied for storefront-web. Give its execution role ecr:GetAuthorizationToken, and see that the subnet reaches ECR.',
      ),
    )
    await expect(page.getByRole('list', { name: 'Steps' })).toBeVisible()
    await take('failed')
    say(
      fail(
        'entry-point',
        'The image has ignored the command of the session and has started its app. The task was stopped.',
      ),
      {
        offer: { kind: 'derived-definition', family: 'storefront-web-culvert-ephemeral' },
      },
    )
    await page.getByRole('button', { name: 'Use a derived definition…' }).click()
    await take('derive')
    await page.keyboard.press('Escape')
    await take('entry-point')
    const steps = [...ephemeralView().steps, { step: 'connected', startAt: Date.now() } as const]
    const isOpen: Partial<TerminalView> = { state: { kind: 'open', sessionId: 'x' } }
    say(isOpen, { steps, expiresAt: Date.now() + 168 * HOUR_MS })
    await expect(page.getByText('This is not one of the running containers.')).toBeVisible()
    await take('open')
    await page.getByRole('button', { name: 'Got it' }).click()
    say(isOpen, { steps, expiresAt: Date.now() + 9 * MINUTE_MS, orphanUntil: Date.now() + 20 * MINUTE_MS })
    await expect(page.getByText('It ends within 10 minutes.')).toBeVisible()
    await take('ends-soon')
    await page.getByRole('button', { name: /^Close terminal/ }).click()
    await expect(page.getByRole('alertdialog')).toContainText('Its container ends')
    await take('closing')
    await page.getByRole('button', { name: 'Keep' }).click()
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Sessions/ })
      .click()
    await expect(page.getByRole('region', { name: 'Ephemeral sessions' })).toContainText('1 left over')
    await take('sessions')
  })
}
