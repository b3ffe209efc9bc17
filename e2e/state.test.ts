// The core's state under fast requests, on a full disk, and during close: answers were true, and nothing is left open.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test, vi } from 'vitest'
import type { CoreOptions } from '../electron/core/core'
import { askRunning } from '../electron/core/lock/asking'
import { openForwardFile } from '../electron/core/store/forwardfile'
import { openLedger } from '../electron/core/store/begun'
import { defaultTiming } from '../electron/core/sessions/timing'
import type { Forward } from '../shared/model/forward'
import { makePlace, type Place, type Window } from './kit/core'
import { makePipe } from './kit/pipe'

const WAIT = { timeout: 20_000 }

let place: Place
let window: Window

beforeEach(async () => {
  place = await makePlace({}, { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 200, pollMs: 50 })
  window = await place.open()
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  expect(place.active()).toEqual([])
  await place.close()
})

/** Ends the core and starts another on the same directory. */
async function restart(change: Partial<CoreOptions> = {}): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open('demo', change)
}

type Fields = Omit<Forward, 'id' | 'environment'>

async function fields(change: Partial<Fields> = {}): Promise<Fields> {
  const instanceId = await window.instance('web-2')
  return {
    name: 'page',
    target: { kind: 'id', instanceId },
    remotePort: 8_080,
    startAtLaunch: false,
    ...change,
  }
}

async function create(change: Partial<Fields> = {}): Promise<string> {
  const { forwardId } = await window.ask('forward.create', await fields(change))
  return forwardId
}

async function up(change: Partial<Fields> = {}): Promise<string> {
  const forwardId = await create(change)
  await window.ask('forward.start', { forwardId })
  await window.reach(forwardId, 'up')
  return forwardId
}

async function page(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return response.text()
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

const namesOnDisk = async (): Promise<string[]> => {
  const text = await readFile(join(place.dataDirectory, 'forwards.json'), 'utf8')
  return (JSON.parse(text) as { data: Forward[] }).data.map(({ name }) => name)
}

describe('a forward that is turned off while StartSession hangs', () => {
  /** A forward whose StartSession was received and is not answered yet. */
  async function hanging(holdMs: number): Promise<string> {
    const id = await up()
    await window.ask('forward.stop', { forwardId: id })
    const begun = place.simulator.delayNext('StartSession', holdMs)
    await window.ask('forward.start', { forwardId: id })
    await begun
    return id
  }

  it('is off at once, with its port, and may be turned on again there', async () => {
    await restart({ sessionsEndMs: 100 })
    const id = await hanging(25_000)
    const before = place.simulator.sessions().length
    const { localPort } = window.forward(id)
    await window.ask('forward.stop', { forwardId: id })
    // StartSession was not answered: it has created no session.
    expect(place.simulator.sessions()).toHaveLength(before)
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' }, localPort })
    expect(await isListening(localPort)).toBe(false)
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    expect(await page(localPort)).toContain('web-2')
    expect(await askRunning(place.dataDirectory, { forward: 'down', name: 'page' })).toBeNull()
    expect(await isListening(localPort)).toBe(false)
  })

  it('has no session any more once the core has ended, nor one on record', async () => {
    const id = await hanging(500)
    await window.ask('forward.stop', { forwardId: id })
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    expect((await openLedger(place.dataDirectory)).leftovers).toEqual([])
  })

  it('does not keep the core from ending: what is not over in time is on record', async () => {
    await restart({ sessionsEndMs: 50 })
    const id = await hanging(25_000)
    await window.ask('forward.stop', { forwardId: id })
    await window[Symbol.asyncDispose]()
    expect((await openLedger(place.dataDirectory)).leftovers).toHaveLength(1)
    window = await place.open()
  })
})

describe('requests that cross', () => {
  it('delete and start leave nothing behind', async () => {
    const id = await up()
    const { localPort } = window.forward(id)
    const outcomes = await Promise.allSettled([
      window.ask('forward.delete', { forwardId: id }),
      window.ask('forward.start', { forwardId: id }),
      window.ask('forward.update', { forwardId: id, ...(await fields({ name: 'late' })) }),
      window.ask('forward.delete', { forwardId: id }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(window.state.forwards).toEqual([])
    expect(await namesOnDisk()).toEqual([])
    expect(await isListening(localPort)).toBe(false)
    await vi.waitFor(() => expect(place.active()).toEqual([]), WAIT)
  })

  it('two updates never end with one name, neither here nor on disk', async () => {
    const ids = [await up({ name: 'one' }), await up({ name: 'two' })]
    // The destination changes, too, so each of them has to be opened again.
    const change = await fields({ name: 'same', remotePort: 7 })
    const outcomes = await Promise.allSettled(
      ids.map((forwardId) => window.ask('forward.update', { forwardId, ...change })),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    expect(outcomes[1]).toMatchObject({ reason: { code: 'name-taken' } })
    const names = window.state.forwards.map(({ forward }) => forward.name)
    expect(names).toEqual(['same', 'two'])
    expect(await namesOnDisk()).toEqual(names)
    for (const id of ids) await window.reach(id, 'up')
  })

  it('create and update never end with one name', async () => {
    const id = await create({ name: 'one' })
    const outcomes = await Promise.allSettled([
      window.ask('forward.update', { forwardId: id, ...(await fields({ name: 'same' })) }),
      window.ask('forward.create', await fields({ name: 'same' })),
      window.ask('forward.create', await fields({ name: 'same' })),
      window.ask('forward.create', await fields({ name: 'one' })),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled'])
    expect(await namesOnDisk()).toEqual(['same', 'one'])
  })

  it('a forward that is changed and turned off at once is off', async () => {
    const id = await up()
    const { localPort } = window.forward(id)
    await Promise.all([
      window.ask('forward.update', { forwardId: id, ...(await fields({ remotePort: 7, localPort })) }),
      window.ask('forward.stop', { forwardId: id }),
    ])
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' }, forward: { remotePort: 7 } })
    expect(await isListening(localPort)).toBe(false)
    await vi.waitFor(() => expect(place.active()).toEqual([]), WAIT)
  })
})

describe('a core that is closing', () => {
  it('answers culvert up, and every window, with not-running, and opens nothing', async () => {
    const id = await up()
    const instanceId = await window.instance('web-2')
    const begun = place.simulator.delayNext('StartSession', 3_000)
    await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    await begun
    const started = place.simulator.sessions().length
    const disposed = window[Symbol.asyncDispose]()
    const closing = { code: 'not-running', message: expect.stringContaining('Culvert is closing') }
    await expect(askRunning(place.dataDirectory, { forward: 'up', name: 'page' })).rejects.toMatchObject(closing)
    const requests = [
      window.ask('forward.start', { forwardId: id }),
      window.ask('forward.retry', { forwardId: id }),
      window.ask('forward.create', { ...(await fields({ name: 'new' })) }),
      window.ask('terminal.open', { instanceId, cols: 80, rows: 24 }),
      window.ask('instances.refresh', {}),
      window.ask('environment.select', { environment: { kind: 'demo' } }),
      window.ask('settings.set', { theme: 'dark' }),
    ]
    for (const request of requests) await expect(request).rejects.toMatchObject(closing)
    await disposed
    // The terminal's own session was created meanwhile, and was ended.
    expect(place.simulator.sessions().length).toBeLessThanOrEqual(started + 1)
    expect(place.active()).toEqual([])
  })

  it('ends a culvert up that waits', async () => {
    await restart({ sessionsEndMs: 50 })
    await create()
    const begun = place.simulator.delayNext('StartSession', 25_000)
    const answer = askRunning(place.dataDirectory, { forward: 'up', name: 'page' }).catch((error: unknown) => error)
    await begun
    await window[Symbol.asyncDispose]()
    expect(await answer).toMatchObject({ code: 'not-running' })
  })
})

describe('a disk that takes nothing', () => {
  const away = (): string => `${place.dataDirectory}-away`

  /** Replaces the data directory with a file. */
  async function block(): Promise<void> {
    await rename(place.dataDirectory, away())
    await writeFile(place.dataDirectory, 'in the way')
  }

  async function unblock(): Promise<void> {
    await rm(place.dataDirectory)
    await rename(away(), place.dataDirectory)
  }

  it('leaves forwards and settings as they were, here and at the next start', async () => {
    const id = await up()
    const other = await create({ name: 'other' })
    const before = window.forward(id).forward
    await window.until(() => window.forward(id).forward.localPort !== undefined)
    await block()
    const unwritten = { code: 'data-directory' }
    await expect(
      window.ask('forward.update', { forwardId: id, ...(await fields({ name: 'new', remotePort: 7 })) }),
    ).rejects.toMatchObject(unwritten)
    await expect(window.ask('forward.create', await fields({ name: 'third' }))).rejects.toMatchObject(unwritten)
    await expect(window.ask('settings.set', { theme: 'dark' })).rejects.toMatchObject(unwritten)
    expect(window.state.settings.theme).toBe('system')
    expect(window.forward(id)).toMatchObject({ forward: { name: 'page', remotePort: before.remotePort } })
    // The forward was not even interrupted.
    expect(window.forward(id).state.kind).toBe('up')
    await expect(window.ask('forward.delete', { forwardId: id })).rejects.toMatchObject(unwritten)
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' } })
    await unblock()
    // The name that could not be saved is free, and the next change contains nothing of the failed ones.
    await window.ask('forward.update', { forwardId: other, ...(await fields({ name: 'new' })) })
    await window.ask('settings.set', { density: 'compact' })
    expect(await namesOnDisk()).toEqual(['page', 'new'])
    await restart()
    expect(window.state.forwards.map(({ forward }) => forward.name)).toEqual(['page', 'new'])
    expect(window.state.settings).toMatchObject({ theme: 'system', density: 'compact' })
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
  })

  it('is told while it lasts, and does not prevent choosing an environment', async () => {
    const id = await up()
    await block()
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    await window.instance('web-2')
    await window.ask('forward.stop', { forwardId: id })
    const titles = ({ notices }: Window['state']): string[] => notices.map(({ title }) => title)
    const both = ['The next start may show another environment.', 'The journal is not whole.']
    await window.until((state) => both.every((title) => titles(state).includes(title)))
    await unblock()
    await window.ask('environment.select', { environment: { kind: 'demo' } })
    await window.instance('web-2')
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    await window.until((state) => titles(state).length === 0 && 'none')
  })
})

test.skipIf(process.platform === 'win32')('pipes in the data directory hang no start', async () => {
  await window[Symbol.asyncDispose]()
  const inPlaceOf = async (name: string): Promise<void> => {
    await rm(join(place.dataDirectory, name), { force: true })
    makePipe(join(place.dataDirectory, name))
  }
  for (const name of ['forwards.json', 'settings.json', 'sessions.json']) {
    await inPlaceOf(name)
    await expect(place.open()).rejects.toMatchObject({
      code: 'data-directory',
      message: expect.stringContaining(`${name} cannot be read (it is a pipe)`),
    })
    await rm(join(place.dataDirectory, name))
  }
  await inPlaceOf('journal.jsonl')
  window = await place.open()
  await window.until(({ notices }) => notices.some(({ text }) => text.includes('journal.jsonl cannot be read')))
})

test('refreshes and forwards that look for their instance by name share one listing', async () => {
  const ids: string[] = []
  const target = { kind: 'name', name: 'web-2' } as const
  for (const name of ['one', 'two', 'three']) ids.push(await create({ name, target }))
  const listings: string[] = []
  const hear = (message: unknown): void => {
    const action = (message as { request: IncomingMessage }).request.headers['x-amz-target']
    if (typeof action === 'string' && action.endsWith('.DescribeInstanceInformation')) listings.push(action)
  }
  subscribe('http.server.request.start', hear)
  onTestFinished(() => void unsubscribe('http.server.request.start', hear))
  // The listing is still running when all requests have arrived.
  const begun = place.simulator.delayNext('DescribeInstanceInformation', 1_000)
  const refreshed = [window.ask('instances.refresh', {})]
  await begun
  for (const forwardId of ids) await window.ask('forward.start', { forwardId })
  for (let count = 1; count < 20; count += 1) refreshed.push(window.ask('instances.refresh', {}))
  await Promise.all([...refreshed, ...ids.map((id) => window.reach(id, 'up'))])
  expect(listings).toHaveLength(1)
})

test('a throttled list is listed again by itself', async () => {
  await window.instance('web-2')
  place.simulator.faults.apply({ kind: 'api-error', operation: 'DescribeInstances', code: 'RequestLimitExceeded' })
  await window.ask('instances.refresh', {})
  const { state } = window.state.instances
  expect(state).toMatchObject({ kind: 'failed', error: { code: 'throttled' } })
  place.simulator.faults.clear()
  await window.instance('web-2')
})

test('a forward that looks for its instance by name waits for what passes by itself, and is cut short by a wake', async () => {
  const id = await create({ target: { kind: 'name', name: 'web-2' } })
  place.simulator.faults.apply({ kind: 'api-error', operation: 'DescribeInstances', code: 'RequestLimitExceeded' })
  await window.ask('forward.start', { forwardId: id })
  expect(await window.reach(id, 'reconnecting')).toMatchObject({ cause: { code: 'throttled' } })
  place.simulator.faults.clear()
  await window.reach(id, 'up')
  // A forward that is on would be turned on again by the restart.
  await window.ask('forward.stop', { forwardId: id })
  // Here waits for a login retry once an hour, so only a wake can be in time.
  await restart({ timing: { ...defaultTiming, maxRetryMs: 3_600_000 } })
  await window.instance('web-2')
  place.simulator.faults.apply({ kind: 'expire-credentials', forMs: 3_600_000 })
  await window.ask('forward.start', { forwardId: id })
  await window.reach(id, 'waiting')
  place.simulator.faults.clear()
  window.core.wake()
  await window.reach(id, 'up')
})

test('a thousand forwards and a hundred terminals are the most', async () => {
  const instanceId = await window.instance('web-2')
  await window[Symbol.asyncDispose]()
  const file = await openForwardFile(place.dataDirectory)
  const many = Array.from({ length: 999 }, (_, index): Forward => ({
    id: `f-${index}`,
    name: `forward ${index}`,
    environment: { kind: 'demo' },
    target: { kind: 'id', instanceId },
    remotePort: 80,
    startAtLaunch: false,
  }))
  await file.write(many)
  window = await place.open()
  await create({ name: 'the last' })
  await expect(create({ name: 'one more' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('1,000'),
  })
  place.simulator.faults.apply({ kind: 'api-error', operation: 'StartSession', code: 'AccessDeniedException' })
  onTestFinished(() => place.simulator.faults.clear())
  const open = (): Promise<unknown> => window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  for (let count = 0; count < 100; count += 1) await open()
  await expect(open()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('100 terminals') })
  const [first] = window.state.terminals
  await window.ask('terminal.close', { terminalId: first?.id ?? '' })
  await open()
})
