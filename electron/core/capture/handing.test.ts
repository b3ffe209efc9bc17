// The output of a command line at the app, over the real socket of a data directory and with real recordings.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { RecordingRule } from '../../../shared/model/recording'
import { Line } from '../authorizations/line/line'
import { lockDirectory } from '../lock/lock'
import { parseEvent } from '../recordings/cast'
import { makeRecordings, subjectOf } from '../recordings/recordings.kit'
import type { Capture } from './capture'
import { Captures, type Draining } from './captures'
import { handOver, type HandingOptions } from './handing'
import { takeOutput } from './taking'
import { CAPTURE_PATH, CAPTURE_PROTOCOL } from './words'

async function make(rule: RecordingRule, draining?: Draining, gate = () => Promise.resolve()) {
  const { recordings } = await makeRecordings()
  const dataDirectory = await mkdtemp(join(tmpdir(), 'culvert-handing-'))
  const lock = await lockDirectory(dataDirectory, { pid: process.pid, door: 'test', startedAt: 0 })
  const settings = () => ({ userName: '', userEmail: '' })
  const captures = new Captures({
    recorder: {
      begin: async (subject, changed) => {
        await gate()
        return recordings.begin(subject, changed)
      },
    },
    ruleOf: () => rule,
    settings,
    ...(draining === undefined ? {} : { draining }),
  })
  const life = new AbortController()
  lock.serveLines({
    path: CAPTURE_PATH,
    protocol: CAPTURE_PROTOCOL,
    take: (socket, head) => void takeOutput(new Line(socket, head), captures, life.signal),
  })
  const close = async (): Promise<void> => {
    life.abort()
    await lock[Symbol.asyncDispose]()
  }
  onTestFinished(async () => {
    await close()
    await rm(dataDirectory, { recursive: true, force: true })
  })
  const lost = vi.fn()
  const hand = (more: Partial<HandingOptions> = {}) =>
    handOver({
      dataDirectory,
      subject: subjectOf(),
      isRecorded: false,
      isRequired: false,
      lost,
      signal: new AbortController().signal,
      ...more,
    })
  const recorded = async () => {
    const [newest] = (await recordings.list()).recordings
    if (newest === undefined) return []
    const { bytes } = await recordings.read(newest.id, 0)
    return Buffer.from(bytes).toString().split('\n').slice(1, -1).map(parseEvent)
  }
  return { hand, lost, recorded, recordings, close, dataDirectory }
}

/** A drain of one session, whose room a test decides. */
class OneDrain implements Draining {
  text = ''
  sessionId: (() => string) | undefined
  room: Promise<void> | undefined
  isOver = false
  names = (): readonly string[] => ['audit']

  begin(...[subject]: Parameters<Draining['begin']>): Promise<Capture> {
    this.sessionId = subject.sessionId
    return Promise.resolve({
      output: (bytes) => (this.text += Buffer.from(bytes).toString()),
      resize: () => undefined,
      resumed: () => undefined,
      room: () => this.room,
      [Symbol.asyncDispose]: () => {
        this.isOver = true
        return Promise.resolve()
      },
    })
  }
}

test('everything arrives in order before the end is told', async () => {
  const { hand, lost, recorded } = await make('always')
  const handed = await hand()
  expect([handed.isRecorded, handed.drains]).toEqual([true, []])
  const large = 'x'.repeat(900_000)
  handed.output(Buffer.from('one'))
  handed.resize({ cols: 100, rows: 50 })
  handed.resumed(2_000)
  handed.output(Buffer.from(large))
  handed.output(Buffer.from('last'))
  expect(handed.room()).toBeUndefined()
  await handed[Symbol.asyncDispose]()
  const events = await recorded()
  expect(events.slice(0, 3).map((event) => event?.text)).toEqual([
    'one',
    '100x50',
    'Connection lost and resumed after 2 s',
  ])
  const rest = events.slice(3).map((event) => event?.text)
  expect(rest.join('') === `${large}last`).toBe(true)
  expect([handed.problem, lost.mock.calls.length]).toEqual([undefined, 0])
})

test('the rule `ask` records where a person wants it, and not otherwise', async () => {
  const { hand, recorded } = await make('ask')
  const wished = await hand({ isRecorded: true })
  expect(wished.isRecorded).toBe(true)
  wished.output(Buffer.from('one'))
  await wished[Symbol.asyncDispose]()
  expect((await recorded()).map((event) => event?.text)).toEqual(['one'])
  const plain = await hand()
  expect(plain.isRecorded).toBe(false)
  await plain[Symbol.asyncDispose]()
})

test('a refusal of the app reaches the command with its code', async () => {
  const refusing: Draining = {
    names: () => ['audit'],
    begin: () => Promise.reject(new AppError('drain-unreachable', 'The drain audit cannot be reached.')),
  }
  const { hand, lost } = await make('off', refusing)
  await expect(hand()).rejects.toMatchObject({
    code: 'drain-unreachable',
    message: 'The drain audit cannot be reached.',
  })
  expect(lost).not.toHaveBeenCalled()
})

test('a required drain without room makes the command wait, and none of it is lost', async () => {
  const drain = new OneDrain()
  const { hand } = await make('off', drain)
  const handed = await hand({ isRequired: true })
  handed.opened('session-1')
  const room = deferred()
  drain.room = room.promise
  let written = 0
  const chunk = Buffer.alloc(65_536, 'x')
  let isWaiting = false
  const write = async (): Promise<void> => {
    for (; written < 64; written += 1) {
      handed.output(chunk)
      isWaiting = true
      await handed.room()
      isWaiting = false
    }
  }
  const done = write()
  await vi.waitFor(() => expect(drain.text.length).toBeGreaterThan(0))
  await new Promise((resolve) => setImmediate(resolve))
  expect([isWaiting, written < 64]).toEqual([true, true])
  drain.room = undefined
  room.resolve()
  await done
  await handed[Symbol.asyncDispose]()
  expect([drain.text.length, drain.sessionId?.(), drain.isOver]).toEqual([64 * 65_536, 'session-1', true])
})

test('an app that takes nothing counts as gone once too much waits', async () => {
  const drain = new OneDrain()
  const { hand, lost } = await make('off', drain)
  const handed = await hand()
  drain.room = new Promise(() => undefined)
  for (let round = 0; round < 40; round += 1) handed.output(Buffer.alloc(1_048_576, 'x'))
  await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1))
  await handed[Symbol.asyncDispose]()
})

test('the end of the app is told once; where no app runs, handing over is refused', async () => {
  const { hand, lost, close, recorded } = await make('always')
  const handed = await hand()
  handed.output(Buffer.from('one'))
  await vi.waitFor(async () => expect(await recorded()).toHaveLength(1))
  await close()
  await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1))
  await handed[Symbol.asyncDispose]()
  await expect(hand()).rejects.toMatchObject({ code: 'not-running' })
  await expect(hand({ dataDirectory: '/nowhere' })).rejects.toMatchObject({ code: 'not-running' })
})

test('a command that is killed leaves a whole recording', async () => {
  const { hand, recordings } = await make('always')
  const stop = new AbortController()
  const handed = await hand({ signal: stop.signal })
  handed.output(Buffer.from('one'))
  await handed[Symbol.asyncDispose]()
  await vi.waitFor(async () => expect((await recordings.list()).recordings[0]?.endedAt).toBeDefined())
})

test('a command that is killed while its recording is begun leaves none that goes on', async () => {
  const gate = deferred()
  const stop = new AbortController()
  const { hand, recordings } = await make('always', undefined, () => {
    stop.abort()
    return gate.promise
  })
  const handed = hand({ signal: stop.signal })
  await expect(handed).rejects.toMatchObject({ code: 'not-running' })
  gate.resolve()
  await vi.waitFor(async () => expect((await recordings.list()).recordings[0]?.endedAt).toBeDefined())
})

test('a command that is ended before the app is reached does not wait for it', async () => {
  const { hand } = await make('off')
  await expect(hand({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'not-running' })
})
