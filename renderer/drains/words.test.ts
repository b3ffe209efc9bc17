import { expect, it } from 'vitest'
import type { DrainView } from '../../shared/model/drain'
import { destinationWords, drainWords, figuresOf, keptWords, placeWords, tookWords, waitingWords } from './words'

const nowAt = new Date(2026, 10, 29, 14, 3, 30).getTime()
const error = { code: 'network', message: 'No route.' } as const
const view: DrainView = {
  drain: {
    id: 'd',
    name: 'audit-log',
    environment: { kind: 'demo' },
    destination: { kind: 'https', url: 'https://logs.example.com:8443/in' },
    isRaw: false,
    isRequired: false,
    isEnabled: true,
    secrets: [],
  },
  state: { kind: 'idle' },
  waiting: { records: 0, bytes: 0 },
  delivered: 0,
  dropped: 0,
  refused: 0,
}

it('says the state, and counts down to the next attempt', () => {
  const words = (state: DrainView['state']) => Object.values(drainWords({ state }, nowAt)).join(' / ')
  expect([
    words({ kind: 'off' }),
    words({ kind: 'idle' }),
    words({ kind: 'ok', sinceAt: nowAt }),
    words({ kind: 'failing', sinceAt: nowAt, retryAt: nowAt + 3_200, error }),
    words({ kind: 'failing', sinceAt: nowAt, retryAt: nowAt - 1, error }),
    words({ kind: 'failing', sinceAt: nowAt, error }),
  ]).toEqual([
    'idle / Off',
    'idle / Nothing sent yet',
    'up / Delivering',
    'failed / Failing, again in 4 s / since 14:03',
    'failed / Failing, trying again / since 14:03',
    'failed / Failing, trying again / since 14:03',
  ])
})

it('says what waits and since when', () => {
  const waiting = (records: number, oldestAt?: number) =>
    waitingWords({ waiting: { records, bytes: 3_400, ...(oldestAt === undefined ? {} : { oldestAt }) } }, nowAt)
  expect([
    waiting(0),
    waiting(1),
    waiting(1, nowAt - 9_000),
    waiting(12, nowAt - 200_000),
    waiting(1_200, nowAt),
  ]).toEqual([
    '',
    '1 record waits (3.4 KB)',
    '1 record waits (3.4 KB), oldest 9 s',
    '12 records wait (3.4 KB), oldest 3 min',
    '1,200 records wait (3.4 KB)',
  ])
})

it('leaves out figures that are 0, and never one that is not', () => {
  expect(figuresOf(view, nowAt)).toEqual([])
  expect(figuresOf({ ...view, delivered: 1_000, dropped: 3, refused: 2 }, nowAt)).toEqual([
    '1,000 delivered',
    '3 dropped, the spool was full',
    '2 refused by the destination',
  ])
})

it('names every destination', () => {
  expect([
    destinationWords(view.drain.destination),
    destinationWords({ kind: 'elasticsearch', url: 'https://es', index: 'c', isDataStream: false, auth: 'none' }),
    destinationWords({ kind: 'syslog', host: 'logs', port: 6514, isTls: true }),
    destinationWords({ kind: 'syslog', host: 'logs', port: 514, isTls: false }),
    destinationWords({ kind: 'file', path: '/a.jsonl', maxMegabytes: 1, keep: 1 }),
  ]).toEqual([
    'HTTPS to logs.example.com:8443',
    'Elasticsearch, c on es',
    'Syslog over TLS to logs:6514',
    'Syslog over TCP to logs:514',
    'File /a.jsonl',
  ])
})

it('says where secrets are, and how long a test took', () => {
  expect(
    [placeWords('key-store'), placeWords('file')].map(
      (words) => /key store of this system|only your user/.exec(words)?.[0],
    ),
  ).toEqual(['key store of this system', 'only your user'])
  expect([tookWords(0.2), tookWords(41.4), tookWords(1_430)]).toEqual(['1 ms', '41 ms', '1.4 s'])
})

it('warns of what is switched on', () => {
  expect([
    keptWords('off', false),
    keptWords('off', true),
    keptWords('ask', false),
    keptWords('ask', true),
    keptWords('always', true),
  ]).toEqual([
    '',
    'Output is sent to drains.',
    'Output may be recorded.',
    'Output may be recorded, and is sent to drains.',
    'Output is recorded, and is sent to drains.',
  ])
})
