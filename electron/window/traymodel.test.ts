import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { ForwardView, TunnelState } from '../../shared/model/forward'
import { trayImage, trayModel, type TrayIcon } from './traymodel'

const cause = { code: 'network', message: 'The service could not be reached.' } as const
const states = {
  off: { kind: 'off' },
  connecting: { kind: 'connecting' },
  up: { kind: 'up', sinceAt: 1_000, sessionId: 's-1' },
  reconnecting: { kind: 'reconnecting', via: 'resume', attempt: 2, sinceAt: 1_000, retryAt: 9_000, cause },
  network: { kind: 'waiting', for: 'network', sinceAt: 1_000, cause },
  login: { kind: 'waiting', for: 'login', sinceAt: 1_000, cause },
  failed: { kind: 'failed', sinceAt: 1_000, error: { code: 'port-in-use', message: 'Port 5432 is in use.' } },
} as const satisfies Record<string, TunnelState>

function forward(name: string, state: keyof typeof states, change: Partial<ForwardView> = {}): ForwardView {
  return {
    forward: {
      id: `f-${name}`,
      name,
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'web-1' },
      remotePort: 5_432,
      startAtLaunch: false,
    },
    isOn: state !== 'off',
    state: states[state],
    localPort: 5_432,
    openConnections: 0,
    ...change,
  }
}

const ending = [
  { kind: 'separator' },
  { kind: 'command', label: 'Show Culvert', action: { kind: 'show' } },
  { kind: 'command', label: 'Quit Culvert', action: { kind: 'quit' } },
]

/** The labels of the lines that can be ticked. */
function labels(...forwards: readonly ForwardView[]): readonly string[] {
  return trayModel({ forwards, drains: [] }).items.flatMap((item) => (item.kind === 'check' ? [item.label] : []))
}

test('before the first snapshot the window can be shown and Culvert ended', () => {
  expect(trayModel(undefined)).toEqual({
    icon: 'idle',
    tooltip: 'Culvert',
    items: [{ kind: 'text', label: 'Starting' }, ...ending],
  })
})

test('without forwards there is one separator, and nothing to tick', () => {
  expect(trayModel({ forwards: [], drains: [] })).toEqual({
    icon: 'idle',
    tooltip: 'Culvert: No forward is on',
    items: [{ kind: 'text', label: 'No forward is on' }, ...ending],
  })
})

test('a line for each forward, ticked where it is on; a click wants the opposite of what the line shows', () => {
  const forwards = [forward('orders-db', 'up'), forward('search', 'off', { localPort: 0 }), forward('api', 'failed')]
  expect(trayModel({ forwards, drains: [] })).toEqual({
    icon: 'attention',
    tooltip: 'Culvert: 1 up, 1 failed',
    items: [
      { kind: 'text', label: '1 up, 1 failed' },
      { kind: 'separator' },
      {
        kind: 'check',
        label: 'orders-db · Up · localhost:5432',
        isChecked: true,
        action: { kind: 'toggle', forwardId: 'f-orders-db', turnOn: false },
      },
      {
        kind: 'check',
        label: 'search · Off',
        isChecked: false,
        action: { kind: 'toggle', forwardId: 'f-search', turnOn: true },
      },
      {
        kind: 'check',
        label: 'api · Port in use · localhost:5432',
        isChecked: true,
        action: { kind: 'toggle', forwardId: 'f-api', turnOn: false },
      },
      ...ending,
    ],
  })
})

test('what is wanted is ticked, also where it is not so yet or no more', () => {
  const items = trayModel({
    forwards: [forward('a', 'failed', { isOn: false }), forward('b', 'off', { isOn: true })],
    drains: [],
  }).items.filter((item) => item.kind === 'check')
  expect(items.map(({ isChecked, action }) => [isChecked, action])).toEqual([
    [false, { kind: 'toggle', forwardId: 'f-a', turnOn: true }],
    [true, { kind: 'toggle', forwardId: 'f-b', turnOn: false }],
  ])
})

test('a reconnecting forward counts no seconds down, so that the menu stays as it is', () => {
  expect(labels(forward('a', 'reconnecting'))).toEqual(['a · Reconnecting · localhost:5432'])
  const later = { ...states.reconnecting, retryAt: 90_000, sinceAt: 2_000 }
  expect(trayModel({ forwards: [forward('a', 'reconnecting', { state: later })], drains: [] })).toEqual(
    trayModel({ forwards: [forward('a', 'reconnecting')], drains: [] }),
  )
})

test('a forward whose destination refuses needs a person, and says so in its line and in the first one', () => {
  const error = { code: 'destination-refused', message: 'Nothing answers.' } as const
  const refused = forward('a', 'up', { destination: { sinceAt: 1_000, error } })
  expect(trayModel({ forwards: [refused, forward('b', 'up')], drains: [] })).toMatchObject({
    icon: 'attention',
    tooltip: 'Culvert: 1 up, 1 with a problem',
  })
  expect(labels(refused)).toEqual(['a · Up, destination refuses · localhost:5432'])
})

test('traffic changes nothing that the tray shows', () => {
  const busy = forward('a', 'up', { openConnections: 7, lastUpAt: 5_000 })
  expect(trayModel({ forwards: [busy], drains: [] })).toEqual(trayModel({ forwards: [forward('a', 'up')], drains: [] }))
})

test.each<[TrayIcon, readonly (keyof typeof states)[]]>([
  ['idle', ['off', 'off']],
  ['up', ['off', 'up']],
  ['working', ['up', 'connecting']],
  ['working', ['reconnecting', 'up']],
  ['working', ['up', 'network']],
  ['attention', ['up', 'connecting', 'login']],
  ['attention', ['failed', 'up']],
])('the sign is %s with %j', (icon, kinds) => {
  expect(trayModel({ forwards: kinds.map((kind) => forward(kind, kind)), drains: [] }).icon).toBe(icon)
})

test('fifteen forwards are listed; of more, the first fifteen, and how many the window has besides', () => {
  const forwards = Array.from({ length: 17 }, (_, index) => forward(`f${index}`, 'off'))
  const names = forwards.map(({ forward: { name } }) => `${name} · Off · localhost:5432`)
  expect(labels(...forwards.slice(0, 15))).toEqual(names.slice(0, 15))
  expect(trayModel({ forwards: forwards.slice(0, 15), drains: [] }).items.slice(-4)[0]).toMatchObject({ kind: 'check' })
  expect(labels(...forwards)).toEqual(names.slice(0, 15))
  expect(trayModel({ forwards: forwards.slice(0, 16), drains: [] }).items.slice(-4)[0]).toMatchObject({
    label: '1 more in the window',
  })
  expect(trayModel({ forwards, drains: [] }).items.slice(-4)).toEqual([
    { kind: 'command', label: '2 more in the window', action: { kind: 'show' } },
    ...ending,
  ])
})

test('a forward beyond the listed ones still counts for the sign and the summary', () => {
  const forwards = [...Array.from({ length: 15 }, (_, index) => forward(`f${index}`, 'up')), forward('last', 'failed')]
  expect(trayModel({ forwards, drains: [] })).toMatchObject({ icon: 'attention', tooltip: 'Culvert: 15 up, 1 failed' })
})

test('a name drives no menu: what does not show is marked, & is itself, and no name is wider than 60 characters', () => {
  expect(labels(forward('a & b\r\u0007c', 'off', { localPort: 0 }))).toEqual(['a && b⟨U+000D⟩⟨U+0007⟩c · Off'])
  expect(labels(forward('\u202eprod', 'off'), forward('pro\u200bd', 'off', { localPort: 0 }))).toEqual([
    '⟨U+202E⟩prod · Off · localhost:5432',
    'pro⟨U+200B⟩d · Off',
  ])
  expect(labels(forward('x'.repeat(61), 'off', { localPort: 0 }))).toEqual([`${'x'.repeat(60)}… · Off`])
})

const icons = ['idle', 'up', 'working', 'attention'] as const

test('macOS colours its templates itself, Linux panels are dark, Windows says', () => {
  for (const isBarDark of [true, false]) {
    expect(trayImage('up', 'darwin', isBarDark)).toEqual({ file: 'tray-up.png', isTemplate: true })
    expect(trayImage('up', 'linux', isBarDark)).toEqual({ file: 'tray-up-light.png', isTemplate: false })
  }
  expect(trayImage('up', 'win32', true)).toEqual({ file: 'tray-up-light.png', isTemplate: false })
  expect(trayImage('up', 'win32', false)).toEqual({ file: 'tray-up.png', isTemplate: false })
})

test('every sign has its images, of 16 and 32 pixels, and no two are the same', () => {
  const contents = icons.flatMap((icon) =>
    (['linux', 'darwin'] as const).flatMap((platform) => {
      const { file } = trayImage(icon, platform, false)
      return [16, 32].map((size) => {
        const name = size === 32 ? file.replace('.png', '@2x.png') : file
        const bytes = readFileSync(path.join(import.meta.dirname, '../../build/icons', name))
        expect([bytes.toString('latin1', 1, 4), bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([
          'PNG',
          size,
          size,
        ])
        return bytes.toString('base64')
      })
    }),
  )
  expect(new Set(contents).size).toBe(16)
})
