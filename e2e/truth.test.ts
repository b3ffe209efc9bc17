// The words of the core about a forward, a login and an earlier run are compared with their real state.

import { describe, expect, it, vi } from 'vitest'
import { askRunning } from '../electron/core/lock/asking'
import { defaultTiming } from '../electron/core/sessions/timing'
import { overallTone, summaryWords } from '../shared/overall'
import { forwardWords } from '../shared/status'
import { place, restart, setWindow, stageCore, window } from './kit/stages/core'
import { create, openTerminal, tryOut, up } from './kit/stages/truth'

stageCore()

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
    // Another forward that is answered says nothing of this one.
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
  // One that is made later has said nothing yet; one that is changed to another port has nothing to say.
  const second = await create({ name: 'second', remotePort: 3_000 })
  expect(window.forward(second).isPagesNoteDue).toBe(true)
  const { id: forwardId, environment: _environment, ...rest } = window.forward(second).forward
  await window.ask('forward.update', { ...rest, forwardId, remotePort: 5_432 })
  expect(window.forward(second).isPagesNoteDue).toBeUndefined()
})

describe('a sign-in that has ended', () => {
  const HOUR_MS = 3_600_000
  // Nothing is tried again by time: only a success somewhere else can bring it back.
  const timing = {
    ...defaultTiming,
    firstRetryMs: HOUR_MS,
    maxRetryMs: HOUR_MS,
    pollMs: HOUR_MS,
    resumeDeadlineMs: HOUR_MS,
  }

  it('is one truth for list, forwards and terminals, and comes back for all with the first success', async () => {
    await window[Symbol.asyncDispose]()
    setWindow(await place.open('account', { timing }))
    const id = await up()
    const terminalId = await openTerminal()
    const terminal = () => window.state.terminals.find((each) => each.id === terminalId)!.state
    const shell = place.simulator.sessions().find(({ documentName }) => !documentName.includes('PortForwarding'))!
    const tunnel = place.simulator.sessions().find(({ documentName }) => documentName.includes('PortForwarding'))!
    place.simulator.faults.apply({ kind: 'expire-credentials', forMs: HOUR_MS })
    place.simulator.cut(tunnel.id, 'rst')
    await window.reach(id, 'waiting')
    // The list is as it was, and the environment knows it by the forward.
    const learnt = await window.until(({ environment }) => environment.login)
    expect(learnt.error).toMatchObject({ code: 'credentials-expired' })
    expect(window.state.instances.state.kind).toBe('ready')
    // A terminal that still carries is not said to wait.
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
    setWindow(await place.open('account', { timing }))
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
