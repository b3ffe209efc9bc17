// What a command line of `authorize` asks for. The commands as processes are in e2e/authorize.test.ts.

import { expect, test } from 'vitest'
import { authorizeRequest } from '../../core/authorizations/control'
import { parseCommandLine, type Arguments } from '../arguments'
import { wishOf } from './authorize'

function argsOf(...words: string[]): Arguments {
  const invocation = parseCommandLine(['authorize', 'web-1', ...words])
  if (invocation.kind !== 'run') throw new Error('The command is not run.')
  return invocation.args
}

const tcp = ['--remote-port', '5432'] as const

test.each<[string[], object]>([
  [[...tcp], { session: { kind: 'tcp', remotePort: 5_432 }, connectionLimit: 1, expiresAfterMs: 28_800_000 }],
  [[...tcp, '--host', 'db'], { session: { kind: 'tcp', remotePort: 5_432, remoteHost: 'db' } }],
  [['--ssh', '22', '--connection-limit', '3'], { session: { kind: 'ssh', remotePort: 22 }, connectionLimit: 3 }],
  [['--shell', '--expires', '30m'], { session: { kind: 'shell' }, connectionLimit: 1, expiresAfterMs: 1_800_000 }],
  [[...tcp, '--connection-limit', 'none'], { connectionLimit: null }],
  [[...tcp, '--document', 'Own', '--parameters', 'a=1'], { document: { name: 'Own', parameters: { a: ['1'] } } }],
  [[...tcp, '--reason', 'why'], { reason: 'why' }],
])('%j is what the running Culvert understands', (words, expected) => {
  const wish = wishOf(argsOf(...words))
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
  expect(() => wishOf(argsOf(...words))).toThrow(expect.objectContaining({ code: 'usage' }))
})
