// The outages of the Demo that a person can try, with the whole core: forwards and terminals wait, report it, and come back.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from './kit/aws/core'

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace({ hasPty: false })
  window = await place.open('demo')
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

async function up(): Promise<string> {
  await window.instance('web-2')
  const target = { kind: 'name', name: 'web-2' } as const
  const fields = { name: 'page', target, remotePort: 8_080, startAtLaunch: false }
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  await window.reach(forwardId, 'up')
  return forwardId
}

async function page(forwardId: string): Promise<string> {
  const { localPort } = window.forward(forwardId)
  const response = await fetch(`http://127.0.0.1:${localPort}/`, { headers: { connection: 'close' } })
  return response.text()
}

const texts = (): string[] => window.journal.map(({ text }) => text)

test('connections that are cut are resumed by themselves, and the journal says who cut them', async () => {
  const forwardId = await up()
  await window.ask('demo.outage', { kind: 'cut' })
  expect(window.state.environment.outage).toBeUndefined()
  expect(texts()).toContain('had its connections cut, to try an outage.')
  await expect.poll(texts).toContainEqual(expect.stringMatching(/^resumed after/))
  expect(await page(forwardId)).toContain('web-2')
})

test('without network a forward keeps its port and waits; its end is seen at once', async () => {
  const forwardId = await up()
  await window.ask('demo.outage', { kind: 'network' })
  expect(window.state.environment.outage).toMatchObject({ kind: 'network', endsAt: expect.any(Number) })
  const { cause } = await window.reach(forwardId, 'reconnecting')
  expect(cause.code).toBe('network')
  // A connection opened meanwhile is held, and carried once the network is back.
  const read = page(forwardId)
  await window.ask('demo.recover', {})
  expect(window.state.environment.outage).toBeUndefined()
  expect(await read).toContain('web-2')
  await window.reach(forwardId, 'up')
})

test('expired keys make what runs wait for a login, which gives new keys', async () => {
  const forwardId = await up()
  await window.ask('demo.outage', { kind: 'keys' })
  const { cause, for: what } = await window.reach(forwardId, 'waiting')
  expect([what, cause]).toEqual(['login', { code: 'credentials-expired', message: expect.stringContaining('Log in') }])
  expect(window.state.environment.outage).toMatchObject({ kind: 'keys' })
  await window.ask('instances.refresh', {})
  await window.until(
    ({ instances: { state } }) => state.kind === 'failed' && state.error.code === 'credentials-expired',
  )
  await window.ask('demo.recover', {})
  expect(window.state.environment.outage).toBeUndefined()
  await window.reach(forwardId, 'up')
  await window.until(({ instances: { state } }) => state.kind === 'ready')
  expect(await page(forwardId)).toContain('web-2')
})

test('nothing is tried outside of the Demo', async () => {
  await window[Symbol.asyncDispose]()
  window = await place.open('account')
  await window.instance('web-2')
  for (const [name, parameters] of [
    ['demo.outage', { kind: 'keys' }],
    ['demo.recover', {}],
  ] as const) {
    await expect(window.core.handle(name, parameters)).rejects.toMatchObject({ code: 'usage' })
  }
  await expect(window.core.handle('demo.outage', { kind: 'fire' })).rejects.toMatchObject({ code: 'usage' })
  expect(place.simulator.faults.counts['client-rst']).toBe(0)
  expect(window.state.environment.outage).toBeUndefined()
})
