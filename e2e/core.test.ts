// The core as a window uses it: saved forwards, terminals, journal, and what survives an end or a crash.

import { connect } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { listen } from '../electron/core/tunnels/listener'
import { create, place, restart, stageCore, window } from './kit/stages/core'

stageCore()

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
