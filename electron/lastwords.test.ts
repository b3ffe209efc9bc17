import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { faultEntry, lastWords, type Door, type Fault } from './lastwords'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A door that keeps what it does, in order. */
function makeDoor(over: Partial<Door> = {}): { readonly door: Door; readonly did: string[]; readonly told: Fault[] } {
  const did: string[] = []
  const told: Fault[] = []
  const door: Door = {
    name: 'Culvert',
    record: () => void did.push('record'),
    say: (fault) => {
      did.push('say')
      told.push(fault)
    },
    end: () => {
      did.push('end')
      return Promise.resolve()
    },
    exit: (status) => void did.push(`exit ${status}`),
    ...over,
  }
  return { door, did, told }
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)

it('writes a fault down, says it, ends, and exits with 1, in this order', async () => {
  const { door, did, told } = makeDoor()
  const words = lastWords(door)
  words.fault(new TypeError('x is not a function'))
  await settle()
  expect(did).toEqual(['record', 'say', 'end', 'exit 1'])
  expect(told[0]?.error.message).toBe(
    'Culvert has a fault and ends (x is not a function): start it again, and report this if it comes back.',
  )
  expect(told[0]?.error.code).toBe('internal')
})

it('quits with 0 when it has ended in order, and with 1 when it could not', async () => {
  const { door, did } = makeDoor()
  lastWords(door).quit()
  await settle()
  expect(did).toEqual(['end', 'exit 0'])

  const stuck = makeDoor({ end: () => Promise.reject(new Error('no')) })
  lastWords(stuck.door).quit()
  await settle()
  expect(stuck.did).toEqual(['exit 1'])
})

it('ends what a door has opened that could not start, and keeps the status that tells why', async () => {
  for (const end of [() => Promise.resolve(), () => Promise.reject(new Error('no'))]) {
    const { door, did } = makeDoor({ end })
    lastWords(door).quit(2)
    await settle()
    expect(did).toEqual(['exit 2'])
  }
})

it('goes after 5 s where the ending hangs', async () => {
  const { door, did } = makeDoor({ end: () => new Promise(() => undefined) })
  lastWords(door).fault(new Error('boom'))
  await vi.advanceTimersByTimeAsync(4_999)
  expect(did).toEqual(['record', 'say'])
  await vi.advanceTimersByTimeAsync(1)
  expect(did).toEqual(['record', 'say', 'exit 1'])
  expect(vi.getTimerCount()).toBe(0)
})

it('neither begins again nor says more when faults come while it ends', async () => {
  let finish = (): void => undefined
  const { door, did } = makeDoor({
    end: () => {
      did.push('end')
      return new Promise((resolve) => {
        finish = resolve
      })
    },
  })
  const words = lastWords(door)
  words.fault(new Error('first'))
  words.fault(new Error('second'))
  await vi.advanceTimersByTimeAsync(4_000)
  words.fault(new Error('third'))
  words.quit()
  // The limit counts from the first.
  finish()
  await settle()
  words.fault(new Error('last'))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(did).toEqual(['record', 'say', 'end', 'exit 1'])
})

it('tells a fault while it quits, and exits with 1 then', async () => {
  let finish = (): void => undefined
  const { door, did } = makeDoor({ end: () => new Promise((resolve) => (finish = resolve)) })
  const words = lastWords(door)
  words.quit()
  words.fault(new Error('boom'))
  finish()
  await settle()
  expect(did).toEqual(['record', 'say', 'exit 1'])
})

it('ends the sessions although neither journal nor stderr take anything', async () => {
  const fail = (): never => {
    throw new Error('broken')
  }
  const { door, did } = makeDoor({ record: fail, say: fail })
  lastWords(door).fault(new Error('boom'))
  await settle()
  expect(did).toEqual(['end', 'exit 1'])
  // An ending that throws at once is one that failed.
  const worse = makeDoor({ end: fail })
  lastWords(worse.door).fault(new Error('boom'))
  await settle()
  expect(worse.did).toEqual(['record', 'say', 'exit 1'])
})

it.each([
  ['a text', 'out of order', '(out of order)'],
  ['nothing', undefined, '(undefined)'],
  ['an object that cannot be shown', Object.create(null), '(it cannot be said)'],
  [
    'an error whose message throws',
    Object.defineProperty(new Error(), 'message', { get: () => decodeURIComponent('%') }),
    '(it cannot be said)',
  ],
  ['lines and control characters', new Error('one\n\u001b[31mtwo'), '(one [31mtwo)'],
  ['a secret', new Error('bad key AKIAIOSFODNN7EXAMPLE here'), '(bad key AKIA[redacted] here)'],
])('tells a fault that is %s', (_, thrown, part) => {
  const { door, told } = makeDoor()
  lastWords(door).fault(thrown)
  expect(told[0]?.error.message).toContain(part)
})

it('tells no more of a fault than a person reads', () => {
  const { door, told } = makeDoor()
  lastWords(door).fault(new Error('long '.repeat(1_000_000)))
  expect(told[0]?.error.message.length).toBeLessThan(700)
})

it('leaves the place of the fault in the journal, not on the screen', () => {
  const { door, told } = makeDoor()
  const error = new Error('boom')
  error.stack =
    'Error: boom\n    at node:internal/timers:1:2\n    at Socket.emit (node:events:5:1)\n    at Tunnel.run (file:///app/main.mjs:7:3)\n    at x'
  lastWords(door).fault(error)
  expect(told[0] && faultEntry(told[0])).toEqual({
    text: 'Culvert has a fault and ends. Its sessions are ended first.',
    error: {
      code: 'internal',
      message: 'Culvert has a fault and ends (boom): start it again, and report this if it comes back.',
    },
    facts: { Where: 'Tunnel.run (file:///app/main.mjs:7:3)' },
  })
  error.stack = 'made by hand'
  const other = makeDoor()
  lastWords(other.door).fault(error)
  expect(other.told[0]?.where).toBeUndefined()
})
