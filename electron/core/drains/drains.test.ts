// Drains over real files and a real HTTP receiver, with a clock that is moved by hand.

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AppError } from '../../../shared/errors'
import type { Drain, DrainFields } from '../../../shared/model/drain'
import type { CaptureSubject } from '../capture/capture'
import { startReceiver, status, type Receiver } from './destinations/http.kit'
import { ManualClock, originOf } from './drains.kit'
import { openDrainFile } from './drainfile'
import { Drains } from './drains'
import { SecretStore, type KeyStore } from './secrets'

let directory: string
let receiver: Receiver
let clock: ManualClock
let told: [string, string | undefined][]
let spoolMegabytes: number
const opened: Drains[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-drains-'))
  receiver = await startReceiver()
  clock = new ManualClock()
  told = []
  spoolMegabytes = 256
})
afterEach(async () => {
  for (const drains of opened.splice(0)) await drains[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

const environment = { kind: 'aws', profile: 'acme-prod' } as const
const signal = new AbortController().signal

async function open(keyStore?: KeyStore): Promise<Drains> {
  const drains = await Drains.open({
    dataDirectory: directory,
    file: await openDrainFile(directory),
    secrets: await SecretStore.open(directory, () => Promise.resolve(keyStore)),
    network: { agentFor: () => Promise.resolve(undefined), authorities: () => undefined },
    clock,
    spoolMegabytes: () => spoolMegabytes,
    changed: () => undefined,
    told: ({ name }: Drain, error: AppError | undefined) => told.push([name, error?.code]),
  })
  opened.push(drains)
  return drains
}

const fields = (change: Partial<DrainFields> = {}): DrainFields => ({
  name: 'logs',
  environment,
  destination: { kind: 'https', url: receiver.url },
  isRaw: false,
  isRequired: false,
  isEnabled: true,
  ...change,
})

const subject = (change: Partial<CaptureSubject> = {}): CaptureSubject => {
  const { sessionId, ...rest } = originOf()
  return {
    kind: 'shell',
    ref: environment,
    size: { cols: 80, rows: 24 },
    ...rest,
    sessionId: () => sessionId,
    ...change,
  }
}

async function begin(drains: Drains, change: Partial<CaptureSubject> = {}) {
  const capture = await drains.begin(subject(change), signal)
  if (capture === undefined) throw new Error('nothing takes the output')
  return { capture, say: (text: string) => capture.output(Buffer.from(text)) }
}

interface Line {
  readonly text: string
  readonly sequence: number
  readonly kind: string
  readonly count?: number
  readonly partial?: boolean
}

/** What has arrived, as [sequence, text]. */
const arrived = (bodies = receiver.got) =>
  bodies
    .filter(({ method }) => method === 'POST')
    .flatMap(({ body }) => body.split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as Line)

const view = (drains: Drains) => {
  const [first] = drains.views
  if (first === undefined) throw new Error('there is no drain')
  return first
}

test('what a session prints arrives line by line, the beginning of a line after a second of quiet', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  const { capture, say } = await begin(drains)
  say('one\r\ntwo \u001b[1mbold\u001b[0m\r\n$ ')
  clock.advance(600)
  say('l')
  clock.advance(999)
  say('s')
  await vi.waitFor(() => expect(arrived().map(({ text }) => text)).toEqual(['one', 'two bold']))
  clock.advance(1_000)
  await vi.waitFor(() => expect(arrived().at(-1)).toMatchObject({ sequence: 3, text: '$ ls', partial: true }))
  say('\r\nend')
  await capture[Symbol.asyncDispose]()
  await vi.waitFor(() =>
    expect(arrived().slice(3)).toMatchObject([
      { sequence: 4, text: '' },
      { sequence: 5, text: 'end' },
    ]),
  )
  await vi.waitFor(() =>
    expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, delivered: 5, waiting: { records: 0 } }),
  )
  expect(clock.waiting).toBeLessThanOrEqual(1)
})

test('a new session in the same terminal counts from one again', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  let sessionId = 'first'
  const { say } = await begin(drains, { sessionId: () => sessionId })
  say('a\nb\n')
  sessionId = 'second'
  say('c\n')
  await vi.waitFor(() => expect(arrived().map(({ sequence }) => sequence)).toEqual([1, 2, 1]))
})

test('a drain that is cut off for a minute loses no record, repeats the same batch only, and survives a restart', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  const { capture, say } = await begin(drains)
  const failures = Array.from({ length: 6 }, () => status(503, 'away'))
  receiver.answers.push(...failures)
  const expected: number[] = []
  for (let second = 0; second < 30; second += 1) {
    say(`line ${second}\n`)
    expected.push(second + 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await vi.waitFor(() => {
    clock.advance(1_000)
    expect(receiver.answers.length).toBeLessThan(3)
  })
  expect(view(drains)).toMatchObject({
    state: { kind: 'failing', error: { code: 'service' } },
    lastError: { error: { code: 'service' } },
  })
  await capture[Symbol.asyncDispose]()
  await drains[Symbol.asyncDispose]()
  const next = await open()
  await vi.waitFor(() => {
    clock.advance(1_000)
    expect(view(next)).toMatchObject({ delivered: 30, waiting: { records: 0 }, dropped: 0 })
  })
  const posts = receiver.got.filter(({ method }) => method === 'POST')
  const byBatch = new Map(posts.map((got) => [got.headers['x-culvert-batch'], got]))
  expect(arrived([...byBatch.values()]).map(({ sequence }) => sequence)).toEqual(expected)
  expect(told[0]).toEqual(['logs', 'service'])
})

test('attempts wait 0.5 s doubling to a minute, or what the destination asks for; a person or the network cuts that short', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  const waits: number[] = []
  receiver.answers.push(...Array.from({ length: 9 }, () => status(500)), status(429, '', { 'retry-after': '300' }))
  say('one\n')
  for (let count = 1; count <= 10; count += 1) {
    await vi.waitFor(() => {
      expect(receiver.got).toHaveLength(count)
      expect(view(drains).state).toMatchObject({ kind: 'failing', retryAt: expect.any(Number) as number })
    })
    const { state } = view(drains)
    const waitMs = state.kind === 'failing' ? (state.retryAt ?? 0) - clock.now() : 0
    waits.push(waitMs)
    if (count < 10) clock.advance(waitMs)
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 300_000])
  drains.retry(drainId)
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, delivered: 1 }))
  expect(told).toEqual([
    ['logs', 'service'],
    ['logs', undefined],
  ])
})

test('drains do not wait for each other, each has its environment, and raw ones keep the escapes', async () => {
  const drains = await open()
  await using slow = await startReceiver()
  slow.answers.push(() => undefined)
  await drains.create(fields({ name: 'slow', destination: { kind: 'https', url: slow.url } }), {})
  await drains.create(fields({ name: 'raw', isRaw: true }), {})
  await drains.create(fields({ name: 'other', environment: { kind: 'aws', profile: 'other' } }), {})
  await drains.create(fields({ name: 'off', isEnabled: false }), {})
  expect(drains.names(subject())).toEqual(['slow', 'raw'])
  const { say } = await begin(drains)
  say('\u001b[1mone\r\n')
  await vi.waitFor(() => expect(arrived()).toMatchObject([{ text: '\u001b[1mone\r', sequence: 1 }]))
  await vi.waitFor(() => expect(slow.got).toHaveLength(1))
  expect(await drains.begin(subject({ ref: { kind: 'demo' } }), signal)).toBeUndefined()
})

test('a required drain that cannot be reached forbids the session, and says which, why and what to do', async () => {
  const drains = await open()
  const drainId = await drains.create(
    fields({ isRequired: true, destination: { kind: 'https', url: 'http://127.0.0.1:9/' } }),
    {},
  )
  await expect(drains.begin(subject(), signal)).rejects.toMatchObject({
    code: 'drain-unreachable',
    message: expect.stringMatching(
      /^The drain "logs" is required here and cannot be reached\. .*ECONNREFUSED.*not required\.$/,
    ) as string,
  })
  receiver.answers.push(() => clock.advance(5_000))
  await drains.update(drainId, fields({ isRequired: true }), {})
  await expect(drains.begin(subject(), signal)).rejects.toMatchObject({
    message: expect.stringMatching(/within 5 s/) as string,
  })
  await begin(drains)
  const asked = receiver.got.length
  // Reached within the last minute: not asked again.
  await begin(drains)
  expect(receiver.got).toHaveLength(asked)
  clock.advance(60_000)
  await begin(drains)
  expect(receiver.got).toHaveLength(asked + 1)
})

test('a required drain whose spool is full makes the terminal wait, and lets it go on once there is room', async () => {
  spoolMegabytes = 1
  const drains = await open()
  await drains.create(fields({ isRequired: true }), {})
  const { capture, say } = await begin(drains)
  receiver.answers.push(status(503))
  expect(capture.room()).toBeUndefined()
  for (let count = 0; count < 12; count += 1) say(`${'x'.repeat(1_000)}\n`.repeat(100))
  const room = capture.room()
  expect(room).toBeDefined()
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  drains.wake()
  await room
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ delivered: 1_200, dropped: 0 }))
  expect(
    arrived()
      .map(({ sequence }) => sequence)
      .slice(-1),
  ).toEqual([1_200])
})

test('a drain that was off meanwhile is told how many records it has missed', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  say('one\n')
  await vi.waitFor(() => expect(view(drains).delivered).toBe(1))
  await drains.update(drainId, fields({ isEnabled: false }), {})
  expect(view(drains).state).toEqual({ kind: 'off' })
  say('two\nthree\n')
  say('four\n')
  await drains.update(drainId, fields(), {})
  say('five\n')
  await vi.waitFor(() =>
    expect(arrived().slice(1)).toMatchObject([
      { kind: 'dropped', sequence: 4, count: 3 },
      { sequence: 5, text: 'five' },
    ]),
  )
})

test('a test record goes past the spool, also where the drain is off, and tells the failure', async () => {
  const drains = await open()
  const drainId = await drains.create(fields({ isEnabled: false }), {})
  receiver.answers.push((got, response) => {
    clock.advance(120)
    status(200)(got, response)
  })
  expect(await drains.test(drainId)).toEqual({ tookMs: 120 })
  expect(arrived()).toMatchObject([{ kind: 'test', text: 'A test record of the drain "logs".' }])
  receiver.answers.push(status(401), status(400))
  expect(await drains.test(drainId)).toMatchObject({ error: { code: 'access-denied' } })
  expect(await drains.test(drainId)).toMatchObject({ error: { code: 'service' } })
  await expect(drains.test('gone')).rejects.toMatchObject({ code: 'unknown-drain' })
})

test('what waits goes to the new destination, and a deleted drain leaves nothing behind', async () => {
  const drains = await open()
  const drainId = await drains.create(fields({ destination: { kind: 'https', url: 'http://127.0.0.1:9/' } }), {
    hmacKey: 'MARK',
  })
  const { say } = await begin(drains)
  say('one\n')
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  const path = join(directory, '..', `${drainId}.jsonl`)
  await drains.update(drainId, fields({ destination: { kind: 'file', path, maxMegabytes: 1, keep: 1 } }), {})
  await vi.waitFor(async () => expect(await readFile(path, 'utf8')).toContain('"text":"one"'))
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await rm(path)
  await drains.delete(drainId)
  expect(drains.views).toEqual([])
  expect(await readdir(join(directory, 'drains'))).toEqual([])
  expect(await readFile(join(directory, 'drainsecrets.json'), 'utf8')).not.toContain('MARK')
})

test('secrets go in and do not come out: not in views, saved drains, spools or errors; the key store seals them', async () => {
  const keyStore: KeyStore = {
    seal: (text) => Promise.resolve(Buffer.from(text).toString('base64')),
    open: (sealed) => Promise.resolve(Buffer.from(sealed, 'base64').toString()),
  }
  const drains = await open(keyStore)
  expect(await drains.place()).toBe('key-store')
  const drainId = await drains.create(fields(), { hmacKey: 'CANARY-1', authorization: 'Bearer CANARY-2' })
  const { say } = await begin(drains)
  receiver.answers.push(status(401))
  say('one\n')
  await vi.waitFor(() => expect(view(drains).state.kind).toBe('failing'))
  expect(receiver.got[0]?.headers).toMatchObject({ authorization: 'Bearer CANARY-2' })
  expect(view(drains).drain.secrets).toEqual(['hmacKey', 'authorization'])
  expect(JSON.stringify(drains.views) + JSON.stringify(told)).not.toContain('CANARY')
  const files = await readdir(directory, { withFileTypes: true, recursive: true })
  for (const file of files.filter((each) => each.isFile())) {
    expect(await readFile(join(file.parentPath, file.name), 'utf8'), file.name).not.toContain('CANARY')
  }
  await drains.update(drainId, fields(), { authorization: '' })
  expect(view(drains).drain.secrets).toEqual(['hmacKey'])
  await drains[Symbol.asyncDispose]()
  // Without the key store, as in the web page: the sentence says so, and the records wait.
  const web = await open()
  expect(await web.place()).toBe('file')
  await vi.waitFor(() => expect(view(web).state).toMatchObject({ kind: 'failing', error: { code: 'access-denied' } }))
})

test('names are unique, and what cannot be a destination is refused with what to do', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  await expect(drains.create(fields(), {})).rejects.toMatchObject({ code: 'name-taken' })
  const https = (url: string) => ({ kind: 'https', url }) as const
  const elastic = {
    kind: 'elasticsearch',
    url: 'https://es.example',
    index: 'a',
    isDataStream: false,
    auth: 'none',
  } as const
  const file = (path: string) => ({ kind: 'file', path, maxMegabytes: 1, keep: 1 }) as const
  const refused = [
    [https('logs'), /no URL/],
    [https('ftp://logs.example'), /https:\/\//],
    [https('http://logs.example'), /could read the output/],
    [https('https://a:b@logs.example'), /own fields/],
    [{ ...https('https://a.example'), headers: { Authorization: 'x' } }, /secret/],
    [{ ...https('https://a.example'), headers: { Host: 'x' } }, /sets the header/],
    [{ ...elastic, index: 'Upper' }, /lower-case/],
    [{ ...elastic, index: 'a-%{yyyy}' }, /only pattern/],
    [{ ...elastic, index: 'a-%{yyyy.MM.dd}', isDataStream: true }, /data stream/],
    [{ ...elastic, auth: 'basic' }, /user/],
    [{ ...elastic, auth: 'basic', user: 'a' }, /password/],
    [{ ...elastic, auth: 'api-key' }, /API key/],
    [{ kind: 'syslog', host: 'a b', port: 514, isTls: false }, /spaces/],
    [{ kind: 'syslog', host: 'a', port: 514, isTls: true, ca: 'x' }, /PEM/],
    [file('relative'), /not absolute/],
    [file('/tmp/'), /folder/],
    [file(join(directory, 'forwards.json')), /own data directory/],
  ] as const
  for (const [destination, message] of refused) {
    await expect(
      drains.create(fields({ name: 'x', destination }), {}),
      JSON.stringify(destination),
    ).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message) as string,
    })
  }
  expect(drains.views).toHaveLength(1)
})
