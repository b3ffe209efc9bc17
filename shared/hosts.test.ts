import { expect, test } from 'vitest'
import { requests } from './api/requests'
import { parts } from './schemas'
import { remoteHostProblem } from './hosts'

const label = 'a'.repeat(63)

const GOOD = [
  'db',
  'orders.db.internal',
  'orders.db.internal.',
  '_srv.my_host-1.internal',
  '3com.example',
  '127.0.0.1',
  '10.0.0.30',
  '255.255.255.255',
  'fd00::1',
  '::1',
  '::',
  'fe80::1%eth0',
  '::ffff:10.0.0.1',
  '1:2:3:4:5:6:7:8',
  label,
  `${label}.${label}.${label}.${'b'.repeat(61)}`,
]

const BAD: readonly (readonly [string, string])[] = [
  ['10.0.0.300', 'IPv4'],
  ['10.0.0', 'IPv4'],
  ['10.0.0.0.1', 'IPv4'],
  ['10.0.0.01', 'IPv4'],
  ['300', 'IPv4'],
  ['-x', 'hyphen'],
  ['db.-internal', 'hyphen'],
  ['a b', 'spaces'],
  ['a/b', 'slashes'],
  ['a..b', 'dot'],
  ['.a', 'dot'],
  ['db;id', 'letters'],
  ['büro.example', 'letters'],
  [`${label}a`, '63'],
  [`${label}.${label}.${label}.${'b'.repeat(62)}`, '253'],
  ['db:99999', 'port'],
  ['db:', 'port'],
  ['fd00::1::2', 'IPv6'],
  ['1:2:3:4:5:6:7', 'IPv6'],
  ['1:2:3:4:5:6:7:8:9', 'IPv6'],
  ['::ffff:10.0.0.300', 'IPv6'],
  ['fe80::1%', 'IPv6'],
]

function isTaken(remoteHost: string): boolean {
  const forward = {
    name: 'a',
    target: { kind: 'name', name: 'web-1' },
    remotePort: 80,
    startAtLaunch: false,
    remoteHost,
  }
  return requests['forward.create'].parameters(parts).safeParse(forward).success
}

test('names and addresses that an instance may resolve are taken, by the form and by the core', () => {
  for (const host of GOOD) expect([host, remoteHostProblem(host), isTaken(host)]).toEqual([host, undefined, true])
})

test('10.0.0.300, -x and other texts that are no host are refused with a sentence, by the form and by the core', () => {
  for (const [host, word] of BAD) {
    expect([host, remoteHostProblem(host), isTaken(host)]).toEqual([host, expect.stringContaining(word), false])
  }
})
