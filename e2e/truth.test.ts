// What the core says of a forward, a login and an earlier run, held against what is so.

import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { askRunning } from '../electron/core/store/asking'
import type { Forward } from '../shared/model'
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

/** How a connection that sends a byte goes: what it reads first, or its error. */
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
