import { beforeEach, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '../../../shared/errors'
import { deferred, type Deferred } from '../../../shared/deferred'
import { endOrOwe, type EndSession } from './owedend'

interface Waiting {
  wake(): void
  reached(): void
}

let wakeables: Set<Waiting>
let calls: Deferred<void>[]
/** Each call waits until the test decides it. */
const end: EndSession = () => {
  const call = deferred()
  calls.push(call)
  return call.promise
}

beforeEach(() => {
  wakeables = new Set()
  calls = []
})

const refuse = (call: Deferred<void> | undefined, code: ErrorCode): void => call?.reject(new AppError(code, 'no'))
const settle = (): Promise<unknown> => new Promise(setImmediate)

/** Fails the first call by `code`. */
async function begin(code: ErrorCode): Promise<void> {
  const ended = endOrOwe(end, 60_000, wakeables)
  refuse(calls.at(-1), code)
  await ended
}

it('a session that is ended, is gone, or must not be ended leaves nothing behind', async () => {
  const ended = endOrOwe(end, 60_000, wakeables)
  calls[0]?.resolve()
  await ended
  await begin('session-gone')
  await begin('access-denied')
  expect(wakeables.size).toBe(0)
})

it('a call that fails for want of network or login is made again at each wake until it succeeds', async () => {
  for (const code of ['network', 'credentials-expired', 'throttled'] as const) {
    calls = []
    await begin(code)
    expect(wakeables.size).toBe(1)
    const [owed] = wakeables
    owed?.wake()
    refuse(calls[1], 'network')
    await settle()
    expect(wakeables.size).toBe(1)
    owed?.reached()
    calls[2]?.resolve()
    await settle()
    expect([calls.length, wakeables.size]).toEqual([3, 0])
  }
})

it('a wake while a call is under way makes no second one', async () => {
  await begin('network')
  const [owed] = wakeables
  owed?.wake()
  owed?.wake()
  owed?.reached()
  expect(calls).toHaveLength(2)
  calls[1]?.resolve()
  await settle()
})

it('a session that is gone by the time of a wake is forgotten', async () => {
  await begin('network')
  const [owed] = wakeables
  owed?.wake()
  refuse(calls[1], 'session-gone')
  await settle()
  expect(wakeables.size).toBe(0)
})

it('an end that does not answer in time is owed', async () => {
  const hangs: EndSession = (signal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
  await endOrOwe(hangs, 1, wakeables)
  expect(wakeables.size).toBe(1)
})
