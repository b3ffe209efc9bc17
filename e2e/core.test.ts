// The core as a window uses it: saved forwards, terminals, the journal, and the state that survives an end or a crash.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openAccount } from '../electron/aws/account'
import { listen } from '../electron/core/tunnels/listener'
import { markOf } from '../electron/core/environments/records'
import { askRunning } from '../electron/core/lock/asking'
import { openLedger } from '../electron/core/store/begun'
import type { Forward } from '../shared/model/forward'
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

/** Ends the core and starts another on the same directory. */
async function restart(as?: 'demo' | 'account'): Promise<void> {
  await window[Symbol.asyncDispose]()
  window = await place.open(as)
}

type Fields = Omit<Forward, 'id' | 'environment'>

async function create(change: Partial<Fields> = {}): Promise<string> {
  const instanceId = await window.instance('web-2')
  const { forwardId } = await window.ask('forward.create', {
    name: 'page',
    target: { kind: 'id', instanceId },
    remotePort: 8_080,
    startAtLaunch: false,
    ...change,
  })
  return forwardId
}

async function page(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })
  return response.text()
}

function refused(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('error', (error) => resolve(String(error)))
    socket.once('connect', () => {
      socket.destroy()
      resolve('connected')
    })
  })
}

describe('a subscription', () => {
  it('begins with the whole state and goes on with what changes', async () => {
    await window.instance('web-2')
    expect(window.eventNames[0]).toBe('snapshot')
    expect(window.eventNames.slice(1)).not.toContain('snapshot')
    expect(window.state.environment).toMatchObject({ name: 'Demo', ref: { kind: 'demo' }, state: { kind: 'open' } })
    await window.until(({ environment }) => environment.identity)
  })
})

describe('a saved forward', () => {
  it('comes up, carries, goes down with its port, and is there again with the same port after a restart', async () => {
    const id = await create()
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' }, localPort: 0 })
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    const { localPort } = window.forward(id)
    expect(await page(localPort)).toContain('web-2')
    await window.ask('forward.stop', { forwardId: id })
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' } })
    expect(await refused(localPort)).toContain('ECONNREFUSED')
    await vi.waitFor(() => expect(place.active()).toEqual([]), { timeout: 20_000 })
    await restart()
    expect(window.forward(id)).toMatchObject({ isOn: false, localPort, forward: { name: 'page', localPort } })
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    expect(await page(localPort)).toContain('web-2')
  })

  it('is up after the next start by itself where that is wanted', async () => {
    const id = await create({ startAtLaunch: true })
    await restart()
    await window.reach(id, 'up')
    expect(window.forward(id).isOn).toBe(true)
  })

  it('goes to the one instance of a name, and to none where two bear it', async () => {
    const only = await create({ name: 'only', target: { kind: 'name', name: 'web-2' } })
    const twins = await create({ name: 'twins', target: { kind: 'name', name: 'web-1' } })
    const nobody = await create({ name: 'nobody', target: { kind: 'name', name: 'gone' } })
    for (const forwardId of [only, twins, nobody]) await window.ask('forward.start', { forwardId })
    await window.reach(only, 'up')
    expect(window.forward(only).instance?.name).toBe('web-2')
    expect(await window.reach(twins, 'failed')).toMatchObject({ error: { code: 'ambiguous-name' } })
    expect(await window.reach(nobody, 'failed')).toMatchObject({ error: { code: 'unknown-instance' } })
  })

  it('that meets a port in use or a refused destination says so, and the others go on', async () => {
    const other = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
    const taken = await create({ name: 'taken', localPort: other.port })
    const closed = await create({ name: 'closed', remotePort: 81 })
    const good = await create({ name: 'good' })
    for (const forwardId of [taken, closed, good]) await window.ask('forward.start', { forwardId })
    expect(await window.reach(taken, 'waiting')).toMatchObject({ for: 'port', cause: { code: 'port-in-use' } })
    await window.reach(closed, 'up')
    expect(await refusal(window.forward(closed).localPort)).toContain('ECONNRESET')
    const { lastError } = await window.until(() => window.forward(closed).lastError && window.forward(closed))
    expect(lastError?.error.code).toBe('destination-refused')
    expect(window.forward(closed).state.kind).toBe('up')
    await window.reach(good, 'up')
    expect(await page(window.forward(good).localPort)).toContain('web-2')
    await other[Symbol.asyncDispose]()
    await window.ask('forward.retry', { forwardId: taken })
    await window.reach(taken, 'up')
    expect(window.forward(taken).localPort).toBe(other.port)
  })

  it('keeps its name for itself', async () => {
    const id = await create()
    await expect(create()).rejects.toMatchObject({ code: 'name-taken' })
    const other = await create({ name: 'other' })
    const { target, remotePort, startAtLaunch } = window.forward(other).forward
    const update = { forwardId: other, name: 'page', target, remotePort, startAtLaunch }
    await expect(window.ask('forward.update', update)).rejects.toMatchObject({ code: 'name-taken' })
    await window.ask('forward.delete', { forwardId: id })
    await window.ask('forward.update', update)
    expect(window.state.forwards.map(({ forward }) => forward.name)).toEqual(['page'])
    await expect(window.ask('forward.start', { forwardId: id })).rejects.toMatchObject({ code: 'unknown-forward' })
  })

  it('that is on moves to what it was changed to', async () => {
    const id = await create({ remotePort: 81 })
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    const { target, localPort, startAtLaunch } = window.forward(id).forward
    await window.ask('forward.update', {
      forwardId: id,
      name: 'renamed',
      target,
      remotePort: 8_080,
      startAtLaunch,
      localPort: localPort!,
    })
    await window.reach(id, 'up')
    expect(await page(localPort!)).toContain('web-2')
    expect(window.forward(id).forward.name).toBe('renamed')
  })

  it('may be switched as fast as a person can, and ends as it was left', async () => {
    const id = await create()
    const requests = Array.from({ length: 9 }, (_, index) =>
      window.ask(index % 2 === 0 ? 'forward.start' : 'forward.stop', { forwardId: id }),
    )
    await Promise.all(requests)
    await window.reach(id, 'up')
    await window.ask('forward.stop', { forwardId: id })
    expect(window.forward(id).state).toEqual({ kind: 'off' })
    await vi.waitFor(() => expect(place.active()).toEqual([]), { timeout: 20_000 })
  })

  it('tells of each leg when it is checked', async () => {
    const id = await create({ remotePort: 7 })
    const closed = await create({ name: 'closed', remotePort: 81 })
    for (const forwardId of [id, closed]) {
      await window.ask('forward.start', { forwardId })
      await window.reach(forwardId, 'up')
    }
    const { legs } = await window.ask('forward.check', { forwardId: id })
    expect(legs.map(({ leg, outcome }) => `${leg} ${outcome}`)).toEqual([
      'network ok',
      'service ok',
      'agent ok',
      'destination ok',
    ])
    const refusedLegs = await window.ask('forward.check', { forwardId: closed })
    expect(refusedLegs.legs.at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'destination-refused' } })
  })
})

function refusal(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.on('connect', () => socket.write('x'))
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

describe('a terminal', () => {
  it('is there for every window, with what it has said, and may be begun anew when it has ended', async () => {
    const instanceId = await window.instance('web-2')
    const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    const stateOf = (): string => window.state.terminals.find(({ id }) => id === terminalId)!.state.kind
    await window.until(() => stateOf() === 'open')
    await window.ask('terminal.write', { terminalId, text: 'echo one-$((1+1))\r' })
    await window.until(() => window.output.get(terminalId)?.includes('one-2'))
    const { startOffset, bytes } = await window.ask('terminal.replay', { terminalId, fromOffset: 0 })
    expect(startOffset).toBe(0)
    expect(Buffer.from(bytes).toString()).toContain('one-2')
    await window.ask('terminal.write', { terminalId, text: 'exit\r' })
    await window.until(() => stateOf() === 'ended')
    await window.ask('terminal.restart', { terminalId, cols: 90, rows: 24 })
    await window.until(() => stateOf() === 'open')
    await window.ask('terminal.write', { terminalId, text: 'echo two-$((1+2))-$(stty size)\r' })
    await window.until(() => window.output.get(terminalId)?.includes('two-3-24 90'))
    expect(window.output.get(terminalId)).toContain('one-2')
    await window.ask('terminal.close', { terminalId })
    expect(window.state.terminals).toEqual([])
  })

  it('opens in the environment that is named, whatever the windows show', async () => {
    const instanceId = await window.instance('web-2')
    const { ref } = window.state.environment
    await window.ask('environment.select', { environment: { kind: 'aws', profile: 'nowhere', region: 'eu-south-2' } })
    const wanted = { instanceId, environment: ref, instanceName: 'web-2', cols: 80, rows: 24 }
    const { terminalId } = await window.ask('terminal.open', wanted)
    const view = await window.until(({ terminals }) =>
      terminals.find(({ id, state }) => id === terminalId && state.kind === 'open'),
    )
    expect(window.state.environment.name).toBe('nowhere')
    expect(view).toMatchObject({
      instance: { id: instanceId, name: 'web-2' },
      environment: ref,
      environmentName: 'Demo',
    })
  })

  it('that cannot be opened stays and says why', async () => {
    const instanceId = await window.instance('search-indexer')
    const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    const state = await window.until(({ terminals }) => {
      const view = terminals.find(({ id }) => id === terminalId)!
      return view.state.kind === 'ended' && view.state
    })
    expect(state.error?.code).toBe('agent-offline')
    expect(window.journal.at(-1)).toMatchObject({ tone: 'failed', error: { code: 'agent-offline' } })
  })
})

describe('the data directory', () => {
  it('belongs to one core at a time, and to its owner alone', async () => {
    await expect(place.open()).rejects.toMatchObject({
      code: 'directory-locked',
      message: expect.stringContaining('test'),
    })
    await create()
    for (const name of await readdir(place.dataDirectory)) {
      const { mode } = await stat(join(place.dataDirectory, name))
      expect([name, mode & 0o077]).toEqual([name, 0])
    }
  })

  it('keeps a file that cannot be read aside, says so, and starts without it', async () => {
    await create()
    await window[Symbol.asyncDispose]()
    const file = join(place.dataDirectory, 'forwards.json')
    await writeFile(file, '{ "version": 1, "data": [')
    window = await place.open()
    expect(window.state.forwards).toEqual([])
    const [notice] = window.state.notices
    const kept = /kept it, unchanged, as (\S+)\./.exec(notice!.text)![1]!
    expect(await readFile(kept, 'utf8')).toBe('{ "version": 1, "data": [')
    await window.ask('notice.dismiss', { noticeId: notice!.id })
    expect(await window.until(({ notices }) => notices.length === 0 && 'none')).toBe('none')
  })

  it('remembers the settings', async () => {
    await window.ask('settings.set', { theme: 'dark', groupTag: 'Env' })
    await restart()
    expect(window.state.settings).toMatchObject({ theme: 'dark', groupTag: 'Env', density: 'comfortable' })
  })

  it('holds connections of an outage for as long as is set now, and refuses settings that contradict each other', async () => {
    const id = await create({ remotePort: 7 })
    await window.ask('forward.start', { forwardId: id })
    const { sessionId } = await window.reach(id, 'up')
    await expect(window.ask('settings.set', { pingSeconds: 60 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('before 65 s'),
    })
    expect(window.state.settings).toMatchObject({ holdSeconds: 30, pingSeconds: 20, deadSeconds: 45 })
    place.simulator.faults.apply({ kind: 'api-error', operation: 'ResumeSession', code: 'ThrottlingException' })
    place.simulator.cut(sessionId, 'rst')
    await window.reach(id, 'reconnecting')

    await window.ask('settings.set', { holdSeconds: 0 })
    const { localPort } = window.forward(id)
    const program = connect({ host: '127.0.0.1', port: localPort })
    expect(await new Promise((resolve) => program.once('error', (error) => resolve(String(error))))).toContain(
      'ECONNRESET',
    )
    const { error } = await window.until(() => window.forward(id).lastError)
    expect(error).toMatchObject({ code: 'tunnel-down', message: expect.stringContaining('was refused') })

    await window.ask('settings.set', { holdSeconds: 300 })
    const patient = connect({ host: '127.0.0.1', port: localPort })
    const answer = new Promise((resolve) => patient.once('data', (bytes) => resolve(String(bytes))))
    patient.write('held')
    place.simulator.faults.clear()
    await window.ask('forward.retry', { forwardId: id })
    expect(await answer).toBe('held')
    patient.destroy()
  })

  it('answers culvert up and down', async () => {
    const id = await create()
    const ask = (forward: 'up' | 'down', name: string): Promise<unknown> =>
      askRunning(place.dataDirectory, { forward, name })
    const answer = await ask('up', 'page')
    await window.reach(id, 'up')
    expect(answer).toEqual({ name: 'page', localPort: window.forward(id).localPort })
    expect(await ask('up', 'page')).toMatchObject({ name: 'page' })
    expect(await ask('down', 'page')).toBeNull()
    await window.until(() => !window.forward(id).isOn)
    await expect(ask('up', 'pag')).rejects.toMatchObject({
      code: 'unknown-forward',
      message: expect.stringContaining('page'),
    })
    place.simulator.failNext('StartSession', { code: 'AccessDeniedException' })
    await expect(ask('up', 'page')).rejects.toMatchObject({ code: 'access-denied' })
    expect((await ask('up', 'page')) as object).toMatchObject({ name: 'page' })
  })
})

describe('sessions of an earlier run', () => {
  it('are ended at the next start, by their id or by their mark, and that is said', async () => {
    const instanceId = await window.instance('web-2')
    await window[Symbol.asyncDispose]()
    const { endpointUrl, region, credentials } = place.simulator
    await using account = await openAccount({ endpointUrl, region, credentials, env: {} })
    const signal = new AbortController().signal
    const environment = { kind: 'aws', region } as const
    // As after a killed process: one session with a known id, and one whose StartSession had only just been sent.
    const ledger = await openLedger(place.dataDirectory)
    const known = await ledger.begin(environment, instanceId)
    const { sessionId } = await account.startSession({ target: instanceId }, signal)
    await ledger.started(known.id, sessionId)
    const unknown = await ledger.begin(environment, instanceId)
    await account.startSession({ target: instanceId, reason: markOf(unknown.id) }, signal)
    const foreign = await account.startSession({ target: instanceId, reason: 'somebody else' }, signal)
    expect(place.active()).toHaveLength(3)
    window = await place.open('account')
    await vi.waitFor(() => expect(place.active()).toEqual([foreign.sessionId]))
    await vi.waitFor(async () => {
      const { entries } = await window.ask('journal.list', { limit: 10 })
      expect(entries.map(({ text }) => text)).toContain('Ended 2 sessions left open by an earlier run.')
    })
    await account.terminateSession(foreign.sessionId, signal)
    await window[Symbol.asyncDispose]()
    expect((await openLedger(place.dataDirectory)).leftovers).toEqual([])
    window = await place.open('account')
  })

  it('are none after an end in order', async () => {
    const instanceId = await window.instance('web-2')
    const id = await create()
    await window.ask('forward.start', { forwardId: id })
    await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
    await window.reach(id, 'up')
    await window.until(({ terminals }) => terminals[0]?.state.kind === 'open')
    expect((await openLedger(place.dataDirectory)).leftovers).toHaveLength(2)
    expect(place.active()).toHaveLength(2)
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    expect((await openLedger(place.dataDirectory)).leftovers).toEqual([])
  })
})
