// The core's reports about a forward, a login and an earlier run are compared with the facts.

import { cp, readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askRunning } from '../electron/core/lock/asking'
import { defaultTiming } from '../electron/core/sessions/timing'
import type { Forward } from '../shared/model/forward'
import { forwardWords, overallTone, summaryWords } from '../shared/status'
import { makePlace, type Place, type Window } from './kit/core'

let place: Place
let window: Window

beforeEach(async () => {
  place = await makePlace()
  window = await place.open()
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  expect(place.active()).toEqual([])
  await place.close()
})

type Fields = Omit<Forward, 'id' | 'environment'>

async function create(change: Partial<Fields> = {}): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { forwardId } = await window.ask('forward.create', {
    name: 'db',
    target: { kind: 'id', instanceId },
    remotePort: 7,
    startAtLaunch: false,
    ...change,
  })
  return forwardId
}

async function up(change: Partial<Fields> = {}): Promise<string> {
  const id = await create(change)
  await window.ask('forward.start', { forwardId: id })
  await window.reach(id, 'up')
  return id
}

/** The outcome of a connection that sends a byte: its first byte, or its error. */
function tryOut(id: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: window.forward(id).localPort })
    const done = (word: string): void => {
      socket.destroy()
      resolve(word)
    }
    socket.on('connect', () => socket.write('x'))
    socket.once('data', (bytes: Buffer) => done(bytes.toString()))
    socket.once('error', (error) => done('code' in error ? String(error.code) : error.message))
  })
}

function said(subject: string): string[] {
  return window.journal
    .filter((entry) => 'name' in entry.subject && entry.subject.name === subject)
    .map(({ text }) => text)
}

describe('a destination that refuses', () => {
  it('is part of how its forward stands until a connection is answered, and is told once a change', async () => {
    const instanceId = await window.instance('web-2')
    const id = await up({ remotePort: 81 })
    const other = await up({ name: 'other' })
    for (let count = 0; count < 3; count += 1) expect(await tryOut(id)).toBe('ECONNRESET')
    const { sinceAt } = await window.until(() => window.forward(id).destination)
    expect(window.forward(id)).toMatchObject({
      state: { kind: 'up' },
      destination: { error: { code: 'destination-refused' } },
    })
    expect(forwardWords(window.forward(id), sinceAt)).toMatchObject({ tone: 'failed', word: 'Up, destination refuses' })
    expect([summaryWords(window.state), overallTone(window.state)]).toEqual(['1 up, 1 with a problem', 'attention'])
    expect(await askRunning(place.dataDirectory, { forward: 'up', name: 'db' })).toMatchObject({
      trouble: expect.stringMatching(/^destination refuses since \d\d:\d\d$/),
    })
    // An answer through another forward does not concern this one.
    expect(await tryOut(other)).toBe('x')
    expect(window.forward(id).destination?.sinceAt).toBe(sinceAt)

    place.simulator.world.addPort(instanceId, 81, (connection) => connection.pipe(connection))
    expect(await tryOut(id)).toBe('x')
    await window.until(() => window.forward(id).destination === undefined)
    expect([summaryWords(window.state), overallTone(window.state)]).toEqual(['2 up', 'up'])
    expect(said('db').slice(1)).toEqual(['does not reach its destination.', 'reaches its destination again.'])
  })

  it('is found and forgiven by a check, outlives its session, and is forgotten when the forward is turned off', async () => {
    const instanceId = await window.instance('web-2')
    const id = await up({ remotePort: 81 })
    await window.ask('forward.check', { forwardId: id })
    const { sinceAt } = window.forward(id).destination!
    const { sessionId } = await window.reach(id, 'up')
    place.simulator.failNext('ResumeSession', { code: 'DoesNotExistException' })
    place.simulator.cut(sessionId, 'rst')
    await window.until(() => {
      const { state } = window.forward(id)
      return state.kind === 'up' && state.sessionId !== sessionId
    })
    expect(window.forward(id).destination).toMatchObject({ sinceAt })
    place.simulator.world.addPort(instanceId, 81, (connection) => connection.pipe(connection))
    await window.ask('forward.check', { forwardId: id })
    expect(window.forward(id).destination).toBeUndefined()
    expect(said('db').filter((text) => text.includes('destination'))).toEqual([
      'does not reach its destination.',
      'reaches its destination again.',
    ])

    const closed = await up({ name: 'closed', remotePort: 82 })
    await tryOut(closed)
    await window.until(() => window.forward(closed).destination)
    await window.ask('forward.stop', { forwardId: closed })
    expect(window.forward(closed).destination).toBeUndefined()
    await window.ask('forward.start', { forwardId: closed })
    await window.reach(closed, 'up')
    expect(window.forward(closed).destination).toBeUndefined()
  })
})

it('a forward was up last when it ceased to be up, and not when it came up', async () => {
  const id = await up()
  const began = window.forward(id).lastUpAt!
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(began))
  await window.ask('forward.stop', { forwardId: id })
  expect(window.forward(id).lastUpAt).toBeGreaterThan(began)
})

it('a forward of HTTP says once that web pages can reach it, also over a restart; others say nothing', async () => {
  const http = await create({ name: 'http', remotePort: 8_080 })
  const other = await create({ name: 'other' })
  expect(window.forward(http).isPagesNoteDue).toBe(true)
  expect(window.forward(other).isPagesNoteDue).toBeUndefined()
  await restart()
  expect(window.forward(http).isPagesNoteDue).toBe(true)
  await window.ask('forward.acknowledge', { forwardId: http })
  expect(window.forward(http).isPagesNoteDue).toBeUndefined()
  await restart()
  expect(window.forward(http).isPagesNoteDue).toBeUndefined()
  // A forward created later still needs its note; changed to another port it needs none.
  const second = await create({ name: 'second', remotePort: 3_000 })
  expect(window.forward(second).isPagesNoteDue).toBe(true)
  const { id: forwardId, environment: _environment, ...rest } = window.forward(second).forward
  await window.ask('forward.update', { ...rest, forwardId, remotePort: 5_432 })
  expect(window.forward(second).isPagesNoteDue).toBeUndefined()
})

/** Ends the core and starts another on the same directory. */
async function restart(): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open()
}

/** A second core on a copy of the directory as it is on disk now: the state after a crash. */
async function crashed(): Promise<Window> {
  const dataDirectory = join(place.home, `copy-${crashes}`)
  crashes += 1
  await cp(place.dataDirectory, dataDirectory, { recursive: true, filter: (name) => !name.endsWith('.sock') })
  return place.open('demo', { dataDirectory })
}
let crashes = 0

async function openTerminal(): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  await window.until(({ terminals }) => terminals.find(({ id }) => id === terminalId)?.state.kind === 'open')
  return terminalId
}

const CANARY = 'canary-4711'

describe('after a restart', () => {
  it('forwards that were on are on again, those that were off are off, and both know when they were up last', async () => {
    const on = await up({ name: 'on' })
    const off = await up({ name: 'off' })
    const never = await create({ name: 'never' })
    await window.ask('forward.stop', { forwardId: off })
    const { localPort } = window.forward(on)
    const endedAt = window.forward(off).lastUpAt!
    await restart()
    await window.reach(on, 'up')
    expect(window.forward(on).localPort).toBe(localPort)
    expect(await tryOut(on)).toBe('x')
    expect(window.forward(off)).toMatchObject({ isOn: false, state: { kind: 'off' }, lastUpAt: endedAt })
    expect(window.forward(never).lastUpAt).toBeUndefined()
    await window.ask('forward.stop', { forwardId: on })
    await restart()
    expect(window.state.forwards.map(({ isOn }) => isOn)).toEqual([false, false, false])
  })

  it('one whose session was up when Culvert ended was up last then, where it is not turned on again', async () => {
    const id = await up()
    const began = window.forward(id).lastUpAt!
    await window.ask('settings.set', { restoreAtLaunch: false })
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(began))
    await restart()
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' } })
    expect(window.forward(id).lastUpAt).toBeGreaterThan(began)
    expect(window.state.terminals).toEqual([])
  })

  it('a limit of its own goes on from when a person turned it on, and one that is over stays off', async () => {
    const minute = { ...defaultTiming, minuteMs: 1 }
    await window[Symbol.asyncDispose]()
    window = await place.open('demo', { timing: { ...defaultTiming, minuteMs: 3_600_000 } })
    const id = await up({ expiresAfterMinutes: 10 })
    const { expiresAt } = window.forward(id)
    await window[Symbol.asyncDispose]()
    window = await place.open('demo', { timing: { ...defaultTiming, minuteMs: 3_600_000 } })
    await window.reach(id, 'up')
    expect(window.forward(id).expiresAt).toBe(expiresAt)
    await window[Symbol.asyncDispose]()
    // Minutes of a millisecond: the limit has passed.
    window = await place.open('demo', { timing: minute })
    expect(window.forward(id)).toMatchObject({
      isOn: false,
      state: { kind: 'off' },
      endedBy: { code: 'forward-expired' },
    })
  })

  it('terminals come back ended and empty, in their order; a new session opens in them; closed ones stay away', async () => {
    const first = await openTerminal()
    const closed = await openTerminal()
    await window.ask('terminal.write', {
      terminalId: first,
      text: `printf '\\033]0;title-%s\\007%s\\n' ${CANARY.slice(7)} canary-${CANARY.slice(7)}; exit\r`,
    })
    await window.until(() => window.output.get(first)?.includes(CANARY))
    await window.until(({ terminals }) => terminals.find(({ id }) => id === first)?.state.kind === 'ended')
    const last = await openTerminal()
    await window.ask('terminal.close', { terminalId: closed })
    const before = window.state.terminals
    await restart()
    const views = window.state.terminals
    expect(
      views.map(({ instance, environment, environmentName }) => ({ instance, environment, environmentName })),
    ).toEqual(before.map(({ instance, environment, environmentName }) => ({ instance, environment, environmentName })))
    expect(views.map(({ state }) => state)).toEqual([
      { kind: 'ended', at: expect.any(Number), text: 'Culvert was restarted.' },
      { kind: 'ended', at: expect.any(Number), text: 'Culvert was restarted.' },
    ])
    expect(views.map(({ id }) => id)).not.toContain(last)
    const terminalId = views[0]!.id
    expect(await window.ask('terminal.replay', { terminalId, fromOffset: 0 })).toMatchObject({
      startOffset: 0,
      bytes: new Uint8Array(),
    })
    await window.ask('terminal.restart', { terminalId, cols: 90, rows: 24 })
    await window.until(({ terminals }) => terminals[0]?.state.kind === 'open')
    await window.ask('terminal.write', { terminalId, text: 'echo new-$((1+2))-$(stty size)\r' })
    await window.until(() => window.output.get(terminalId)?.includes('new-3-24 90'))
    await window[Symbol.asyncDispose]()
    for (const name of await readdir(place.dataDirectory)) {
      const text = await readFile(join(place.dataDirectory, name), 'latin1')
      expect([name, text.includes(CANARY.slice(7)), text.includes('title')]).toEqual([name, false, false])
    }
    window = await place.open()
  })
})

it('a crash loses neither a forward that is on nor a terminal', async () => {
  const id = await up()
  await openTerminal()
  await vi.waitFor(async () => {
    const text = await readFile(join(place.dataDirectory, 'lastrun.json'), 'utf8')
    expect(JSON.parse(text)).toMatchObject({ data: { forwards: [{ id, isOn: true }], terminals: [{}] } })
  })
  // The first core uses the port: the second core waits for it, because its forward should be on.
  await using second = await crashed()
  expect(second.forward(id).isOn).toBe(true)
  expect(second.state.terminals).toMatchObject([{ state: { kind: 'ended' } }])
})

describe('a sign-in that has ended', () => {
  const HOUR_MS = 3_600_000
  // No retry happens by time: only a success elsewhere can bring it back.
  const timing = {
    ...defaultTiming,
    firstRetryMs: HOUR_MS,
    maxRetryMs: HOUR_MS,
    pollMs: HOUR_MS,
    resumeDeadlineMs: HOUR_MS,
  }

  it('is one truth for list, forwards and terminals, and comes back for all with the first success', async () => {
    await window[Symbol.asyncDispose]()
    window = await place.open('account', { timing })
    const id = await up()
    const terminalId = await openTerminal()
    const terminal = () => window.state.terminals.find((each) => each.id === terminalId)!.state
    const shell = place.simulator.sessions().find(({ documentName }) => !documentName.includes('PortForwarding'))!
    const tunnel = place.simulator.sessions().find(({ documentName }) => documentName.includes('PortForwarding'))!
    place.simulator.faults.apply({ kind: 'expire-credentials', forMs: HOUR_MS })
    place.simulator.cut(tunnel.id, 'rst')
    await window.reach(id, 'waiting')
    // The list is unchanged; the environment learnt of the expired login from the forward.
    const learnt = await window.until(({ environment }) => environment.login)
    expect(learnt.error).toMatchObject({ code: 'credentials-expired' })
    expect(window.state.instances.state.kind).toBe('ready')
    // A terminal whose connection still works is not shown as waiting.
    expect(terminal().kind).toBe('open')
    place.simulator.cut(shell.id, 'rst')
    await window.until(() => {
      const state = terminal()
      return state.kind === 'reconnecting' && state.waitsFor === 'login'
    })
    await window.ask('instances.refresh', {})
    expect(window.state.instances.state).toMatchObject({ kind: 'failed', error: learnt.error })
    const row = await window.reach(id, 'waiting')
    const pane = terminal()
    expect([row.cause, pane.kind === 'reconnecting' && pane.cause]).toEqual([learnt.error, learnt.error])
    expect(window.state.environment.login?.sinceAt).toBe(learnt.sinceAt)

    place.simulator.faults.clear()
    await window.ask('instances.refresh', {})
    expect(window.state.environment.login).toBeUndefined()
    await window.reach(id, 'up')
    await window.until(() => terminal().kind === 'open')
    expect(await tryOut(id)).toBe('x')
  })

  it('that a call has learnt for which nothing waits is asked about at the next wake', async () => {
    await window[Symbol.asyncDispose]()
    window = await place.open('account', { timing })
    const instanceId = await window.instance('web-2')
    place.simulator.faults.apply({ kind: 'expire-credentials', forMs: HOUR_MS })
    const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    await window.until(({ terminals }) => terminals.find(({ id }) => id === terminalId)?.state.kind === 'ended')
    await window.until(({ environment }) => environment.login)
    place.simulator.faults.clear()
    window.core.wake()
    await window.until(({ environment }) => environment.login === undefined)
    expect(window.state.instances.state.kind).toBe('ready')
  })
})
