// The state of the core under haste: a forward that is turned off early, and requests and listings that cross.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import { askRunning } from '../electron/core/lock/asking'
import { defaultTiming } from '../electron/core/sessions/timing'
import { openRecords } from './kit/aws/openrecords'
import { create, fields, namesOnDisk, place, restart, setWindow, up, stageState, window } from './kit/stages/state'

stageState()

const WAIT = { timeout: 20_000 }

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

describe('a forward that is turned off while StartSession hangs', () => {
  /** A forward whose StartSession has come and is not answered yet. */
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
    // StartSession has not been answered: no session has come of it.
    expect(place.simulator.sessions()).toHaveLength(before)
    expect(window.forward(id)).toMatchObject({ isOn: false, state: { kind: 'off' }, localPort })
    expect(await isListening(localPort)).toBe(false)
    await window.ask('forward.start', { forwardId: id })
    await window.reach(id, 'up')
    expect(await page(localPort)).toContain('web-2')
    expect(await askRunning(place.dataDirectory, { forward: 'down', name: 'page' })).toBeNull()
    expect(await isListening(localPort)).toBe(false)
    // Its session is ended behind the answer, and this core gives that 100 ms when it ends itself.
    await vi.waitFor(() => expect(place.active()).toEqual([]))
  })

  it('has no session any more once the core has ended, nor one on record', async () => {
    const id = await hanging(500)
    await window.ask('forward.stop', { forwardId: id })
    await window[Symbol.asyncDispose]()
    expect(place.active()).toEqual([])
    expect(await openRecords(place.dataDirectory)).toEqual([])
  })

  it('does not keep the core from ending: what is not over in time is on record', async () => {
    await restart({ sessionsEndMs: 50 })
    const id = await hanging(25_000)
    await window.ask('forward.stop', { forwardId: id })
    await window[Symbol.asyncDispose]()
    expect(await openRecords(place.dataDirectory)).toHaveLength(1)
    setWindow(await place.open())
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
    // The destination changes, too: so each of them has to be opened anew.
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
  // The listing is under way until all have asked.
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
  // Otherwise the next start turns the forward on again.
  await window.ask('forward.stop', { forwardId: id })
  // A login is looked at once an hour here, so that only the wake can be in time.
  await restart({ timing: { ...defaultTiming, maxRetryMs: 3_600_000 } })
  await window.instance('web-2')
  place.simulator.faults.apply({ kind: 'expire-credentials', forMs: 3_600_000 })
  await window.ask('forward.start', { forwardId: id })
  await window.reach(id, 'waiting')
  place.simulator.faults.clear()
  window.core.wake()
  await window.reach(id, 'up')
})
