import type { networkInterfaces } from 'node:os'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hasNetwork, watchNetwork } from './interfaces'

type Interfaces = ReturnType<typeof networkInterfaces>

function address(text: string, internal = false): NonNullable<Interfaces[string]>[number] {
  const common = { address: text, netmask: '', mac: '', internal, cidr: null }
  return text.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' }
}

const lo = [address('127.0.0.1', true), address('::1', true)]

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a network is an address that reaches farther than this computer and its cable', () => {
  expect(hasNetwork({ lo })).toBe(false)
  expect(hasNetwork({ lo, eth0: [address('fe80::1'), address('169.254.7.7')] })).toBe(false)
  expect(hasNetwork({ lo, eth0: [address('fe80::1'), address('10.0.0.7')] })).toBe(true)
  expect(hasNetwork({ lo, eth0: [address('2001:db8::7')] })).toBe(true)
})

test('the watch tells when a network comes or is another one, not when it goes', () => {
  let now: Interfaces = { lo, wlan0: [address('10.0.0.7')] }
  let changes = 0
  const watch = watchNetwork(() => (changes += 1), { read: () => now })
  const become = (next: Interfaces): number => {
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
