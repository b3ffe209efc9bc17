import type { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hasNetwork, Interfaces, watchNetwork } from './interfaces'

type Addresses = ReturnType<typeof networkInterfaces>

function address(text: string, internal = false): NonNullable<Addresses[string]>[number] {
  const common = { address: text, netmask: '', mac: '', internal, cidr: null }
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' }
}

/** Whether a computer with these addresses has a network. */
function networkOf(addresses: Addresses): boolean {
  return hasNetwork(new Interfaces({ read: () => addresses }))
}

const lo = [address('127.0.0.1', true), address('::1', true)]

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a network is an address that reaches farther than this computer and its cable', () => {
  expect(networkOf({ lo })).toBe(false)
  expect(networkOf({ lo, eth0: [address('fe80::1'), address('169.254.7.7')] })).toBe(false)
  expect(networkOf({ lo, eth0: [address('fe80::1'), address('10.0.0.7')] })).toBe(true)
  expect(networkOf({ lo, eth0: [address('2001:db8::7')] })).toBe(true)
})

test('the watch tells when a network comes or is another one, not when it goes', () => {
  let now: Addresses = { lo, wlan0: [address('10.0.0.7')] }
  let changes = 0
  const watch = watchNetwork(() => (changes += 1), new Interfaces({ read: () => now }))
  const become = (next: Addresses): number => {
    now = next
    vi.advanceTimersByTime(3_000)
    return changes
  }
  expect(become(now)).toBe(0)
  expect(become({ lo })).toBe(0)
  expect(become({ lo, wlan0: [address('10.0.0.7')] })).toBe(1)
  expect(become({ lo, wlan0: [address('192.168.1.7')] })).toBe(2)
  expect(become(now)).toBe(2)
  watch[Symbol.dispose]()
  expect(become({ lo })).toBe(2)
  expect(vi.getTimerCount()).toBe(0)
})

test('a computer that cannot tell its interfaces is taken to be as it was, and the watch goes on', () => {
  let now: Addresses | undefined = { lo, wlan0: [address('10.0.0.7')] }
  let changes = 0
  const read = (): Addresses => {
    if (now === undefined) throw new Error('uv_interface_addresses returned Unknown system error 24')
    return now
  }
  const watch = watchNetwork(() => (changes += 1), new Interfaces({ read }))
  const become = (next: Addresses | undefined): number => {
    now = next
    vi.advanceTimersByTime(3_000)
    return changes
  }
  expect(become(undefined)).toBe(0)
  expect(become({ lo, wlan0: [address('10.0.0.7')] })).toBe(0)
  expect(become(undefined)).toBe(0)
  expect(become({ lo, wlan0: [address('192.168.1.7')] })).toBe(1)
  watch[Symbol.dispose]()
})

test('a watch that begins while the interfaces cannot be told begins all the same', () => {
  let now: Addresses | undefined
  let changes = 0
  const read = (): Addresses => {
    if (now === undefined) throw new Error('uv_interface_addresses returned Unknown system error 24')
    return now
  }
  const watch = watchNetwork(() => (changes += 1), new Interfaces({ read }))
  vi.advanceTimersByTime(3_000)
  expect(changes).toBe(0)
  now = { lo, wlan0: [address('10.0.0.7')] }
  vi.advanceTimersByTime(3_000)
  now = { lo, wlan0: [address('10.0.0.8')] }
  vi.advanceTimersByTime(3_000)
  expect(changes).toBe(1)
  watch[Symbol.dispose]()
})

test('whether there is a network is the last answer while the interfaces cannot be told, and yes before the first', () => {
  let now: Addresses | undefined
  const interfaces = new Interfaces({
    read: () => {
      if (now === undefined) throw new Error('uv_interface_addresses returned Unknown system error 24')
      return now
    },
  })
  expect(interfaces.hasNetwork()).toBe(true)
  const answers = [{ lo }, undefined, { lo, eth0: [address('10.0.0.7')] }, undefined].map((next) => {
    now = next
    return interfaces.hasNetwork()
  })
  expect(answers).toEqual([false, false, true, true])
})
