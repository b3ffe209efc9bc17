// What a command line of `authorize` asks for. The commands as processes are in e2e/authorize.test.ts.

import { expect, test } from 'vitest'
import { authorizeRequest } from '../../core/authorizations/control'
import { parseCommandLine, type Arguments } from '../arguments'
import { authorizationOf } from './authorize'

function argsOf(...words: string[]): Arguments {
  return argsFor('web-1', ...words)
}

function argsFor(...words: string[]): Arguments {
  const invocation = parseCommandLine(['authorize', ...words])
  if (invocation.kind !== 'run') throw new Error('The command is not run.')
  return invocation.args
}

const tcp = ['--remote-port', '5432'] as const

test.each<[string[], object]>([
  [[...tcp], { session: { kind: 'tcp', remotePort: 5_432 } }],
  [[...tcp, '--host', 'db'], { session: { kind: 'tcp', remotePort: 5_432, remoteHost: 'db' } }],
  [['--ssh', '22', '--connection-limit', '3'], { session: { kind: 'ssh', remotePort: 22 }, connectionLimit: 3 }],
  [['--shell', '--expires', '30m'], { session: { kind: 'shell' }, expiresAfterMs: 1_800_000 }],
  [[...tcp, '--connection-limit', 'none'], { connectionLimit: null }],
  [[...tcp, '--document', 'Own', '--parameters', 'a=1'], { document: { name: 'Own', parameters: { a: ['1'] } } }],
  [[...tcp, '--reason', 'why'], { reason: 'why' }],
  [[...tcp, '--choose', 'newest'], { host: { choice: 'newest' } }],
  [[...tcp, '--host-id', 'i-01234567'], { host: { hostId: 'i-01234567' } }],
])('%j is what the running Culvert understands', (words, expected) => {
  const wish = authorizationOf(argsOf(...words))
  expect(wish).toMatchObject({ target: 'web-1', ...expected })
  const request = { authorize: { environment: { kind: 'aws' }, ...wish } }
  expect(authorizeRequest.parse(request)).toEqual(request)
})

test.each([
  [[]],
  [[...tcp, '--shell']],
  [['--ssh', '22', '--shell']],
  [['--shell', '--host', 'db']],
  [['--shell', '--connection-limit', '1']],
  [[...tcp, '--connection-limit', '0']],
  [[...tcp, '--connection-limit', '1.5']],
  [[...tcp, '--expires', '8']],
  [[...tcp, '--expires', '8d']],
  [[...tcp, '--expires', '59s']],
])('%j is a wrong command line', (words) => {
  expect(() => authorizationOf(argsOf(...words))).toThrow(expect.objectContaining({ code: 'usage' }))
})

test('a saved target needs no session on the command line', () => {
  expect(authorizationOf(argsFor('target:web'))).toEqual({ target: 'target:web' })
  expect(() => authorizationOf(argsFor('target:web', '--host', 'db'))).toThrow('--host needs --remote-port')
})
