import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Admission } from './admission'

let now: number
let admission: Admission

beforeEach(() => {
  vi.useFakeTimers()
  now = 1_000_000
})
afterEach(() => {
  admission[Symbol.dispose]()
  vi.useRealTimers()
})

function begin(limit: number | undefined, forMs = 60_000): void {
  admission = new Admission({ limit, expiresAt: now + forMs, now: () => now })
}

/** What it is spent by now; undefined: it is not. */
const spentNow = (): Promise<unknown> => Promise.race([admission.spent, Promise.resolve(undefined)])

const limitReached = expect.objectContaining({ code: 'connection-limit' }) as unknown
const expired = expect.objectContaining({ code: 'authorization-refused' }) as unknown

test('connections are counted in all, and it is spent when the last of them has closed', async () => {
  begin(2)
  const [first, second] = [new Socket(), new Socket()]
  expect(admission.admit(first)).toBeUndefined()
  first.emit('close')
  expect(await spentNow()).toBeUndefined()
  expect(admission.admit(second)).toBeUndefined()
  expect(admission.admit(new Socket())).toEqual(limitReached)
  expect(await spentNow()).toBeUndefined()
  second.emit('close')
  expect(await spentNow()).toMatchObject({ kind: 'used-up' })
})

test('without a limit it is never used up', async () => {
  begin(undefined)
  for (let count = 0; count < 100; count += 1) {
    const socket = new Socket()
    expect(admission.admit(socket)).toBeUndefined()
    socket.emit('close')
  }
  expect(await spentNow()).toBeUndefined()
})

test('it expires by its timer, once the clock says so', async () => {
  begin(1)
  // A clock that was set back: the timer waits on.
  vi.advanceTimersByTime(60_000)
  expect(await spentNow()).toBeUndefined()
  now += 60_000
  vi.advanceTimersByTime(60_000)
  expect(await spentNow()).toMatchObject({ kind: 'expired' })
})

test('after a sleep the next connection is refused, and ends it', async () => {
  begin(1)
  now += 60_000
  expect(admission.admit(new Socket())).toEqual(expired)
  expect(await spentNow()).toMatchObject({ kind: 'expired' })
})

test('an expiry in a far year, as a portable token may name it, is waited for without haste', () => {
  begin(1, 4_000_000_000_000)
  const look = vi.spyOn(admission, 'look')
  vi.advanceTimersByTime(1_000)
  expect(look).not.toHaveBeenCalled()
})
