// Pictures of recordings and drains in every state, with a stand-in for the core: the list, a search, the player, drains that deliver and
// fail, the form of each kind of drain, and a terminal that is being recorded.

import type { Page } from '@playwright/test'
import type { DrainView } from '../shared/model/drain'
import type { Recording } from '../shared/model/recording'
import type { WindowSnapshot } from '../shared/model/snapshot'
import { test, expect } from './app'
import { snapshot, terminal } from './kit/window/pagecore'
import { takeAll } from './kit/window/pictures'
import { violations } from './kit/window/axe'
import { standIn, type Answers } from './kit/window/standin'

const NOW = Date.now()
const MINUTE = 60_000

function recording(id: string, minutes: number, more: Partial<Recording> = {}): Recording {
  return {
    id,
    startedAt: NOW - minutes * MINUTE,
    endedAt: NOW - minutes * MINUTE + 252_000,
    bytes: 48_300,
    durationMs: 252_000,
    environment: 'acme-prod',
    region: 'eu-west-1',
    target: 'i-0a1b2c3d4e5f60718',
    targetName: 'web-1',
    kind: 'shell',
    cols: 100,
    rows: 30,
    gaps: 0,
    ...more,
  }
}

const { endedAt: _ended, ...running } = recording('now', 3, { targetName: 'checkout-api-1', durationMs: 0 })
const recordings: readonly Recording[] = [
  running,
  recording('a', 64, { targetName: 'web-2', gaps: 2 }),
  recording('b', 190, { kind: 'ephemeral', targetName: 'storefront-web', durationMs: 8_040_000, bytes: 3_800_000 }),
  recording('c', 1_500, {
    kind: 'container',
    targetName: 'orders-api/app',
    environment: 'acme-staging-with-a-long-name',
  }),
  recording('d', 4_000, { kind: 'exec', durationMs: 900, bytes: 812 }),
  recording('e', 9_000, { targetName: '<b>bold</b> \u202Eevil' }),
]

const esc = '\u001b'
const cast = [
  { version: 2, width: 100, height: 30 },
  [0.2, 'o', `${esc}[32mops@web-2${esc}[0m ${esc}[34m/srv/app${esc}[0m $ `],
  [1.1, 'o', 'systemctl status nginx\r\n'],
  [
    1.4,
    'o',
    `${esc}[1;32m●${esc}[0m nginx.service - A high performance web server\r\n   Active: ${esc}[31mfailed${esc}[0m (exit code 1)\r\n`,
  ],
  [1.6, 'm', 'resumed after 12 s'],
  [
    2.2,
    'o',
    `${esc}[41;97m disk full ${esc}[0m <script>alert(1)</script> ${esc}]8;;https://evil.example${esc}\\link${esc}]8;;${esc}\\\r\n`,
  ],
  [
    2.4,
    'o',
    `${esc}[38;2;240;180;40mtruecolour${esc}[0m ${esc}[3mitalic${esc}[0m ${esc}[4munderlined${esc}[0m █▓▒░ ─┼─ ✓\r\n$ `,
  ],
  [60, 'm', 'output is missing: 4 KB'],
  [240, 'o', 'exit\r\n'],
]
  .map((line) => JSON.stringify(line))
  .join('\n')

const error = {
  code: 'network',
  message:
    'logs.example.com:443 was not reached (connect ECONNREFUSED). Culvert tries again by itself; check the address.',
} as const

function drain(id: string, more: Partial<DrainView>, of: Partial<DrainView['drain']> = {}): DrainView {
  return {
    drain: {
      id,
      name: id,
      environment: { kind: 'aws', profile: 'acme-prod', region: 'eu-west-1' },
      destination: { kind: 'https', url: 'https://logs.example.com/culvert' },
      isRaw: false,
      isRequired: false,
      isEnabled: true,
      secrets: ['authorization'],
      ...of,
    },
    state: { kind: 'idle' },
    waiting: { records: 0, bytes: 0 },
    delivered: 0,
    dropped: 0,
    refused: 0,
    ...more,
  }
}

const drains: readonly DrainView[] = [
  drain('audit-log', { state: { kind: 'ok', sinceAt: NOW - 90 * MINUTE }, delivered: 48_211 }, { isRequired: true }),
  drain(
    'search',
    {
      state: { kind: 'failing', sinceAt: NOW - 4 * MINUTE, retryAt: NOW + 600_000, error },
      waiting: { records: 812, bytes: 310_000, oldestAt: NOW - 4 * MINUTE },
      delivered: 1_200,
      dropped: 3,
      refused: 2,
    },
    {
      destination: {
        kind: 'elasticsearch',
        url: 'https://es.example.com:9200',
        index: 'culvert-%{yyyy.MM.dd}',
        isDataStream: false,
        auth: 'api-key',
      },
    },
  ),
  drain(
    'syslog',
    { lastError: { at: NOW - 30 * MINUTE, error } },
    { isRaw: true, destination: { kind: 'syslog', host: 'syslog.example.com', port: 6514, isTls: true } },
  ),
  drain(
    'local',
    { state: { kind: 'off' } },
    {
      isEnabled: false,
      environment: { kind: 'demo' },
      destination: { kind: 'file', path: '/var/log/culvert/output.jsonl', maxMegabytes: 100, keep: 5 },
    },
  ),
]

const state: WindowSnapshot = {
  ...snapshot,
  environment: {
    ref: { kind: 'aws', profile: 'acme-prod' },
    name: 'acme-prod',
    region: 'eu-west-1',
    state: { kind: 'open' },
  },
  drains,
  settings: {
    ...snapshot.settings,
    userName: 'Ana Lima',
    environments: { 'acme-prod eu-west-1': { recording: 'ask' } },
  },
}

const matches = [
  { recordingId: 'a', at: 2_200, line: 'disk full <script>alert(1)</script> link' },
  { recordingId: 'a', at: 93_000, line: `${'x'.repeat(200)} no space left: disk full` },
  { recordingId: 'b', at: 3_700_000, line: 'df: disk full' },
]

const answers: Answers = {
  'recording.list': { folder: '/data/recordings', recordings, notices: [] },
  'recording.search': { matches, isCut: false },
  'recording.read': { bytes: cast },
  'drain.secretplace': { place: 'key-store' },
  'drain.test': { tookMs: 41 },
  'terminal.hold': { answeredOffset: 0 },
  'terminal.replay': { fromOffset: 0 },
}

async function open(page: Page, url: string, shown = state, given = answers): Promise<void> {
  await standIn(page, shown, given)
  await page.goto(url)
  await expect(page.getByRole('navigation')).toBeVisible()
}

async function go(page: Page, keys: string): Promise<void> {
  await page.locator('body').click({ position: { x: 5, y: 5 } })
  for (const key of keys) await page.keyboard.press(key)
}

for (const scheme of ['light', 'dark'] as const) {
  const look = { colorScheme: scheme, reducedMotion: 'reduce' } as const
  test(`recordings, ${scheme}`, async ({ page, door }) => {
    await page.emulateMedia(look)
    await open(page, door.url)
    await go(page, 'gr')
    const view = page.getByRole('region', { name: 'Recordings' })
    await expect(view.getByRole('row', { name: /web-2/ })).toBeVisible()
    const take = async (name: string): Promise<void> => {
      await takeAll(page, `recordings-${name}-${scheme}`)
      expect(await violations(page), name).toEqual([])
    }
    await take('list')
    await view.getByRole('searchbox').fill('disk full')
    await expect(view.getByRole('row', { name: /no space left/ })).toBeVisible()
    await take('search')
    await view.getByRole('row', { name: /^0:02/ }).press('Enter')
    await expect(page.locator('.playing pre')).toContainText('truecolour')
    await page.keyboard.press('Space')
    await take('playing')
    expect(await page.locator('.playing pre :is(a, script)').count()).toBe(0)
    await page.getByRole('button', { name: 'Delete this recording' }).click()
    await take('question')
    await page.keyboard.press('Escape')
    await expect(page.getByRole('button', { name: 'Delete this recording' })).toBeFocused()
    await page.keyboard.press('Escape')
    await view.getByRole('searchbox').fill('nothing like this')
    await expect(
      page.getByRole('heading', { name: 'Searching' }).or(page.getByRole('row', { name: /web-2/ })),
    ).toBeVisible()
  })

  test(`no recordings, ${scheme}`, async ({ page, door }) => {
    await page.emulateMedia(look)
    await open(page, door.url, state, {
      ...answers,
      'recording.list': { folder: '/r', recordings: [], notices: ['notes.txt is no recording.'] },
    })
    await go(page, 'gr')
    await expect(page.getByRole('heading', { name: 'No recordings yet' })).toBeVisible()
    await takeAll(page, `recordings-none-${scheme}`)
  })

  test(`drains, ${scheme}`, async ({ page, door }) => {
    await page.emulateMedia(look)
    await open(page, door.url)
    const take = async (name: string): Promise<void> => {
      await takeAll(page, `drains-${name}-${scheme}`)
      expect(await violations(page), name).toEqual([])
    }
    await page.getByRole('navigation').getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('button', { name: 'Output of sessions' }).click()
    await take('settings')
    await page.getByRole('button', { name: 'Send a test record to audit-log' }).click()
    await expect(page.getByText('The test record was delivered.')).toBeVisible()
    await page.getByRole('button', { name: 'Send a test record to audit-log' }).scrollIntoViewIfNeeded()
    await take('tested')
    await page.getByRole('button', { name: 'Ephemeral sessions' }).click()
    await take('ephemeral')
    await page.getByRole('button', { name: 'Edit audit-log' }).click()
    await take('edit-https')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'New drain' }).click()
    const form = page.getByRole('dialog')
    for (const kind of ['Elasticsearch', 'Syslog', 'File', 'HTTPS']) {
      await form.getByRole('radio', { name: kind }).click()
      await take(`new-${kind.toLowerCase()}`)
    }
    await form.getByRole('textbox', { name: 'Address' }).fill('http://logs.example.com')
    await form.getByRole('button', { name: 'Save drain' }).click()
    await take('problems')
    await page.keyboard.press('Escape')
    await take('discard')
  })

  test(`a terminal that is recorded, ${scheme}`, async ({ page, door }) => {
    await page.emulateMedia(look)
    const ref = state.environment.ref
    const terminals = [
      { ...terminal('t1'), environment: ref, environmentName: 'acme-prod' },
      {
        ...terminal('t2'),
        environment: ref,
        environmentName: 'acme-prod',
        instance: { id: 'i-2', name: 'web-2' },
        recording: {
          recordingId: 'now',
          sinceAt: NOW - 3 * MINUTE,
          folder: '/home/ana/.local/share/culvert/recordings',
        },
        drains: ['audit-log', 'search'],
      },
    ]
    await open(page, door.url, { ...state, terminals })
    await expect(page.getByText('Record this terminal?')).toBeVisible()
    await takeAll(page, `recordings-asked-${scheme}`)
    await page.getByRole('tab', { name: /web-2/ }).click()
    await expect(page.locator('.statusline:visible')).toContainText('Recorded')
    await takeAll(page, `recordings-mark-${scheme}`)
    expect(await violations(page)).toEqual([])
    await page.getByRole('tab', { name: /web-2/ }).click({ button: 'right' })
    await takeAll(page, `recordings-menu-${scheme}`)
  })
}
