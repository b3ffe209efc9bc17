// What `culvert up` hears where a forward does not simply come up, from a whole core. The simple way is in e2e/core.test.ts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'
import { askRunning } from './lock/asking'

let place: Place
let window: Window
let forwardId: string

beforeEach(async () => {
  place = await makePlace()
  window = await place.open('demo', { sessionsEndMs: 50 })
  const instanceId = await window.instance('web-2')
  const target = { kind: 'id', instanceId } as const
  const created = await window.ask('forward.create', { name: 'page', target, remotePort: 8_080, startAtLaunch: false })
  forwardId = created.forwardId
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

const ask = (request: unknown): Promise<unknown> => askRunning(place.dataDirectory, request)

/** Asks for the forward, and resolves once its session is being started, with the answer to come. */
async function coming(): Promise<{ readonly answer: Promise<unknown> }> {
  const begun = place.simulator.delayNext('StartSession', 25_000)
  const answer = ask({ forward: 'up', name: 'page' }).catch((error: unknown) => error)
  await begun
  return { answer }
}

test.each([
  {},
  { forward: 'restart', name: 'page' },
  { forward: 'up' },
  { forward: 'up', name: '' },
  { forward: 'up', name: 'page', force: true },
  { forward: 'up', name: 'x'.repeat(10_001) },
])('a request that this version does not know is refused: %j', async (request) => {
  await expect(ask(request)).rejects.toMatchObject({ code: 'usage' })
})

test('a forward that is turned off while it comes up is told so', async () => {
  const { answer } = await coming()
  await window.ask('forward.stop', { forwardId })
  expect(await answer).toMatchObject({ code: 'session-ended' })
})

test('a forward that is deleted while it comes up is told so', async () => {
  const { answer } = await coming()
  await window.ask('forward.delete', { forwardId })
  expect(await answer).toMatchObject({ code: expect.stringMatching(/^(unknown-forward|session-ended)$/) })
})

test('turning off what is off, or unknown, is no fault or is one', async () => {
  expect(await ask({ forward: 'down', name: 'page' })).toBeNull()
  await expect(ask({ forward: 'down', name: 'pag' })).rejects.toMatchObject({ code: 'unknown-forward' })
})

test('an authorization is a pending session of the window, which ends it there; the command line ends it by its id', async () => {
  const authorize = { environment: { kind: 'demo' }, target: 'web-2', session: { kind: 'shell' } }
  const limits = { connectionLimit: null, expiresAfterMs: 60_000 }
  const authorized = async (): Promise<string> => {
    const answer = await ask({ authorize: { ...authorize, ...limits } })
    return typeof answer === 'object' && answer !== null && 'sessionId' in answer ? String(answer.sessionId) : ''
  }
  const [first, second] = [await authorized(), await authorized()]
  const { listId } = await window.ask('sessions.open', {})
  const pending = async (): Promise<string[]> => {
    const { set } = await window.ask('sessions.page', { listId, revision: 0 })
    return set.flatMap(({ id, state, holder }) => (state === 'pending' && holder === 'mine' ? [id] : [])).sort()
  }
  await vi.waitFor(async () => expect(await pending()).toEqual([first, second].sort()))
  const environment = { kind: 'demo' } as const
  expect(await window.ask('sessions.read', { environment, sessionId: first })).toMatchObject({ type: 'shell' })
  const end = { sessions: [{ environment, sessionId: first }], turnOff: false }
  expect((await window.ask('sessions.cancel', end)).outcomes[0]?.error).toBeUndefined()
  expect(await pending()).toEqual([second])
  expect(await ask({ revoke: second.slice('pending:'.length) })).toBe(true)
  expect(await ask({ revoke: second.slice('pending:'.length) })).toBe(false)
  expect(await pending()).toEqual([])
})
