// Shells and forwards in containers, over the real sockets of the simulator: keys of AWS KMS, a cut, ports of a task and behind it.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { SimulatorOptions } from '../../simulator/simulator'
import type { Shell } from '../sessions/shell'
import { execOf } from './execof'

const WEB = 'ecs:demo-production/storefront-web/app'
const quiet = { onState: () => undefined, onEvent: () => undefined }
const signal = new AbortController().signal
let stage: Stage

afterEach(() => stage.close())

async function begin(options: SimulatorOptions = {}) {
  stage = await openStage(options)
  return stage.environment
}

async function shellIn(text: string, command = '/bin/sh') {
  const { environment } = stage
  const found = await environment.findHost(text, {}, signal)
  const exec = execOf(found, environment, command)!
  const target = found.instance.id
  const shell = await environment.openShell({ target, exec, size: { cols: 80, rows: 24 }, signal })
  return { shell, target, said: listen(shell) }
}

function listen(shell: Shell): () => string {
  let text = ''
  shell.output.on('data', (chunk: Buffer) => (text += chunk.toString()))
  return () => text
}

test('a shell whose session is encrypted has the container as its target in the context of the key, and is listed by it', async () => {
  const environment = await begin({ encryption: { randomChallenge: 'offered' } })
  const { shell, target, said } = await shellIn(WEB)
  await shell.write(Buffer.from('echo in-$((40+2))\r'))
  await vi.waitFor(() => expect(said()).toContain('in-42'), 10_000)
  expect(stage.simulator.keys.contexts[0]).toMatchObject({
    'aws:ssm:SessionId': shell.sessionId,
    'aws:ssm:TargetId': target,
  })
  const listed = await environment.sessions({ state: 'Active', target }).next(signal)
  expect(listed.map(({ sessionId }) => sessionId)).toEqual([shell.sessionId])
  await shell[Symbol.asyncDispose]()
})

test('a shell goes on after its connection was cut', async () => {
  await begin()
  const { shell, said } = await shellIn(WEB)
  await shell.write(Buffer.from('kept=41\r'))
  stage.simulator.faults.apply({ kind: 'cut', session: shell.sessionId })
  await shell.write(Buffer.from('echo in-$((kept+1))\r'))
  await vi.waitFor(() => expect(said()).toContain('in-42'), 15_000)
  await shell[Symbol.asyncDispose]()
})

test('a service has another task chosen while one has both of its sessions here', async () => {
  await begin()
  const first = await shellIn(WEB)
  const second = await shellIn(first.target)
  const next = await Promise.all(Array.from({ length: 20 }, () => stage.environment.findHost(WEB, {}, signal)))
  expect(next.map(({ instance }) => instance.id)).not.toContain(first.target)
  await Promise.all([first, second].map(({ shell }) => shell[Symbol.asyncDispose]()))
})

test('bytes pass through a port of a task, and to a host that only the task reaches', async () => {
  const environment = await begin()
  stage.simulator.world.addHost('orders-db.internal', 5_432, (stream) => stream.end('behind'))
  const { instance } = await environment.findHost(WEB, {}, signal)
  for (const [destination, sent, expected] of [
    [{ remotePort: 7 }, 'echoed', 'echoed'],
    [{ remotePort: 5_432, remoteHost: 'orders-db.internal' }, '', 'behind'],
  ] as const) {
    await using tunnel = await environment.openTunnel({ target: instance.id, ...destination, ...quiet, signal })
    const socket = connect(tunnel.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(sent)
    expect(String(await once(socket, 'data'))).toBe(expected)
    socket.destroy()
  }
})
