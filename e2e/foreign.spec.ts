// Names and texts from outside: invisible characters are marked, and affect neither the order in a row nor the text beside it.

import type { Page } from '@playwright/test'
import { startSimulator, type Simulator } from '../electron/simulator/simulator'
import { expect, rowOf, test, type App, type StartOptions } from './app'
import { violations } from './kit/window/axe'
import { untold } from './kit/window/told'
import { drawnText, unseenOn } from './kit/window/unseen'
import { makeForward, show } from './kit/window/window'

const OVERRIDE = '\u202e'
const HIDDEN = 'pro\u200bd'
const TURNED = `${OVERRIDE}gnp.live-9`
const HEBREW = '\u05d0\u05d1\u05d2-db'
const NAMES = ['prod', 'prod', HIDDEN, TURNED, HEBREW, 'prod ', 'pro d', 'pro\u00a0d', 'prod\u{e0041}']

/** Gives reachable instances these names, and similar tags. */
function rename(simulator: Simulator): void {
  const reachable = simulator.world.instances.filter(
    ({ kind, state, pingStatus, platform }) =>
      kind === 'ec2' && state === 'running' && pingStatus === 'Online' && platform === 'Linux',
  )
  for (const [index, name] of NAMES.entries()) {
    const instance = reachable[index]!
    const tags = { Name: name, Env: `produ\u2060ction`, Team: `pay${OVERRIDE}ments`, [`k\u200dey`]: `v\u00ad${index}` }
    simulator.world.put({ ...instance, tags, agentVersion: `3.3\u200b.1957.0` })
  }
}

function accountOf({ endpointUrl, region, credentials }: Simulator): StartOptions {
  return {
    args: ['--endpoint-url', endpointUrl, '--region', region],
    env: {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    },
  }
}

async function startOn(simulator: Simulator, start: (options: StartOptions) => Promise<App>): Promise<Page> {
  const { page } = await start(accountOf(simulator))
  // The page signs in to a real account first, which takes long on a busy machine.
  await expect(page.getByRole('rowheader').first()).toBeVisible({ timeout: 30_000 })
  return page
}

test('names that differ in what does not show look different, and an override turns nothing around', async ({
  start,
}) => {
  await using simulator = await startSimulator({ shellDelayMs: 0, instances: 9 })
  rename(simulator)
  const page = await startOn(simulator, start)
  const cells = page.getByRole('rowheader')
  await expect(cells.filter({ hasText: 'U+200B' })).toHaveText(/^pro⟨U\+200B⟩d$/)

  // Compared as screenshots: equal names give equal images, different names give different ones.
  await page.getByRole('textbox', { name: 'Filter instances' }).fill('k\u200dey:')
  await expect(cells).toHaveCount(NAMES.length)
  await page.mouse.move(640, 799)
  const pictures = new Set<string>()
  for (const cell of await cells.all()) {
    const picture = await cell.locator('.cut-off').screenshot({ animations: 'disabled' })
    pictures.add(picture.toString('base64'))
  }
  expect(pictures.size).toBe(NAMES.length - 1)

  const turned = page.getByRole('row').filter({ hasText: 'live-9' })
  expect(await drawnText(turned.getByRole('rowheader'))).toBe('U202Egnplive9')
  await expect(turned.locator('bdi').first()).toBeVisible()
  await expect(page.locator('bdi', { hasText: HEBREW })).toBeVisible()
})

/** Checks that the page contains no unmarked invisible characters. */
async function expectClean(page: Page, where: string): Promise<void> {
  expect(await unseenOn(page), where).toEqual([])
}

test('no view, menu or dialog of instances and forwards holds a character that does not show', async ({ start }) => {
  await using simulator = await startSimulator({ shellDelayMs: 0, instances: 9 })
  rename(simulator)
  const page = await startOn(simulator, start)
  const clean = (where: string): Promise<void> => expectClean(page, where)
  const turned = page.getByRole('row').filter({ hasText: 'live-9' })
  await clean('the list')

  await turned.click()
  await expect(page.getByRole('region', { name: /^Details of/ })).toContainText('Tags')
  await clean('the detail of an instance')
  await page.getByRole('button', { name: 'Group', exact: true }).click()
  await clean('the menu of tags')
  await page.getByRole('menuitemcheckbox', { name: 'Team' }).click()
  await expect(page.getByRole('button', { name: /^pay⟨U/ })).toBeVisible()
  await clean('the groups')
  await page.getByRole('button', { name: /^Environment/ }).click()
  await clean('the menu of environments')
  await page.keyboard.press('Escape')

  await turned.getByRole('button', { name: 'New forward' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Port', exact: true }).fill('7')
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('gnp.live-9-7')
  await form.getByRole('combobox').click()
  await expect(form.getByRole('option').first()).toBeVisible()
  await clean('the form and its choices')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()

  await makeForward(page, turned, { name: TURNED, remotePort: 7 })
  await clean('the instance with a forward')
  await show(page, 'Forwards')
  const forward = page.getByRole('region', { name: 'Forwards' }).getByRole('row')
  await expect(forward).toContainText('Up')
  expect(await drawnText(forward.locator('.what .name'))).toBe('U202Egnplive9')
  await clean('the forwards')
  const more = forward.getByRole('button', { name: /^More about/ })
  await more.click()
  await clean('the menu of a forward')
  await page.keyboard.press('Escape')
  // The menu returns the focus shortly after it has closed.
  await expect(more).toBeFocused()
  await forward.press('Enter')
  await clean('the detail of a forward')
  await page.getByRole('button', { name: 'Edit' }).click()
  // The input keeps the person's own name, as attribute and as value; its hint shows the marks.
  const own = expect.stringContaining('<input class="">')
  expect(await unseenOn(page)).toEqual([own, own])
  await expect(page.getByRole('dialog')).toContainText('characters that do not show: ⟨U+202E⟩gnp.live-9')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Delete/ }).click()
  await clean('the question before a deletion')
})

/** The longest text that an error of ours quotes. */
const LONG = 'and so on '.repeat(40)

/** Makes the service refuse a terminal on an instance with foreign text. */
async function refuse(simulator: Simulator, page: Page): Promise<void> {
  simulator.failNext('StartSession', { code: 'Unforeseen', status: 400, message: `no${OVERRIDE} entry ${LONG}` })
  await page
    .getByRole('row')
    .filter({ hasText: 'live-9' })
    .getByRole('button', { name: /^Connect/ })
    .click()
  await expect(page.getByRole('tabpanel')).toContainText('no⟨U+202E⟩ entry', { timeout: 30_000 })
}

test('no terminal, hint or palette holds a character that does not show', async ({ start }) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  rename(simulator)
  const page = await startOn(simulator, start)
  await refuse(simulator, page)
  await expectClean(page, 'a terminal that was refused')
  await page.getByRole('tab').hover()
  await expect(page.getByRole('tooltip')).toBeAttached()
  await expectClean(page, 'the hint of a tab')
  await page.keyboard.press('Control+Shift+P')
  await page.getByRole('dialog').getByRole('combobox').fill('live')
  await expect(page.getByRole('option', { name: /live-9/ }).first()).toBeVisible()
  await expectClean(page, 'the palette')
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')

  // A long refusal is told in full, in a small window and in a narrow pane, and leaves room for what it is about.
  await page.setViewportSize({ width: 940, height: 600 })
  // Also refused when Culvert lists them again by itself.
  for (let count = 0; count < 20; count += 1) {
    simulator.failNext('DescribeInstanceInformation', { code: 'Unforeseen', status: 400, message: LONG })
  }
  await page.getByRole('button', { name: 'Refresh' }).click()
  const stale = page.locator('.instances .banner > p')
  await expect(stale).toContainText('and so on')
  await expect(page.getByRole('rowheader').first()).toBeInViewport({ ratio: 1 })
  const full = page.locator('.full-text')
  await stale.hover()
  await expect(full).toHaveText((await stale.textContent()) ?? '')
  expect(await untold(page)).toEqual([])
  await page.keyboard.press('Escape')

  await page.keyboard.press('Control+Shift+D')
  await expect(page.locator('.pane')).toHaveCount(2)
  await page.keyboard.press('Control+Shift+D')
  await expect(page.locator('.pane .xterm-rows:visible').last()).toContainText(/[$#]/)
  simulator.failNext('StartSession', { code: 'Unforeseen', status: 400, message: LONG })
  await page.keyboard.press('Control+Shift+S')
  const narrow = page.locator('.pane .banner > p')
  await expect(narrow).toHaveCount(2)
  await expect(full).toBeHidden()
  await page.keyboard.press('Control+Shift+M')
  await page.keyboard.press('Tab')
  await expect(full).toHaveText((await narrow.last().textContent()) ?? '')
  expect(await untold(page)).toEqual([])
})

test('no line of the log holds a character that does not show, and a name turns none around', async ({ start }) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  rename(simulator)
  const page = await startOn(simulator, start)
  await refuse(simulator, page)
  await page.keyboard.press('Control+Backquote')
  await show(page, 'Activity')
  const entry = page
    .getByRole('region', { name: 'Activity' })
    .getByRole('button', { name: /live-9/ })
    .first()
  await entry.click()
  await expect(page.locator('.details')).toContainText('no⟨U+202E⟩ entry')
  expect(await drawnText(entry.locator('.text'))).toBe('U202Egnplive9lostitsshell')
  await expectClean(page, 'the log')
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    expect(await violations(page), colorScheme).toEqual([])
  }
})

test('a name is filtered, sorted and asked for as it is, not as it is shown', async ({ start }) => {
  await using simulator = await startSimulator({ shellDelayMs: 0 })
  rename(simulator)
  const page = await startOn(simulator, start)
  const filter = page.getByRole('textbox', { name: 'Filter instances' })
  await filter.fill(HIDDEN)
  await expect(page.getByRole('rowheader')).toHaveCount(1)
  await filter.fill('U+200B')
  await expect(page.getByRole('rowheader')).toHaveCount(0)
  await filter.fill('')
  const hidden = simulator.world.instances.find(({ tags }) => tags['Name'] === HIDDEN)!
  await rowOf(page, 'pro⟨U+200B⟩d')
    .getByRole('button', { name: /^Connect/ })
    .click()
  await expect(page.locator('.xterm-rows:visible')).toContainText(/[$#]/)
  expect(simulator.sessions().map(({ target }) => target)).toEqual([hidden.id])
})
