// Tunnels of callers whose policy lacks a permission, over real sockets: what is lost, and what goes on.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/environment'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { StatementInput } from '../../simulator/iam/policy'
import { defaultTiming } from '../sessions/timing'
import type { Tunnel } from './parts'

/** What is sent to this port of the instance comes back. */
const ECHO = 7

let stage: Stage
let tunnel: Tunnel

afterEach(async () => {
  await tunnel[Symbol.asyncDispose]()
  await stage.close()
})

async function start(denied: readonly string[]) {
  stage = await openStage({}, { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 })
  const statements: StatementInput[] = [
    { effect: 'allow', actions: ['*'] },
    { effect: 'deny', actions: denied },
  ]
  stage.simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements })
  const [states, events]: [TunnelState[], TunnelEvent[]] = [[], []]
  tunnel = stage.environment.startTunnel({
    target: stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')?.id ?? '',
    remotePort: ECHO,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  })
  const settle = (): Promise<void> => vi.waitFor(() => expect(['up', 'failed']).toContain(states.at(-1)?.kind))
  await settle()
  return { states, events, settle }
}

async function echo(): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: tunnel.port })
  const heard = once(socket, 'data')
  socket.write('hello')
  const [bytes] = (await heard) as [Buffer]
  socket.destroy()
  return bytes.toString()
}

test('a resume that is not allowed costs the session: a new one runs on the same port, and its event names what is missing', async () => {
  const { states, events } = await start(['ssm:ResumeSession'])
  const { port, sessionId } = tunnel
  stage.simulator.cut(sessionId, 'close-1000')
  const restarted = await vi.waitFor(() => {
    expect(states.filter(({ kind }) => kind === 'failed')).toEqual([])
    const found = events.find((event) => event.kind === 'restarted')
    if (found === undefined) throw new Error('awaited')
    return found
  })
  expect(restarted).toMatchObject({
    cause: {
      code: 'session-gone',
      message: expect.stringMatching(
        /ssm:ResumeSession on arn:aws:ssm:\S+ .*: ask .* on arn:aws:ssm:\*:\*:session\/\$\{aws:userid\}-\*\. /,
      ),
    },
  })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('up'))
  expect(tunnel.sessionId).not.toBe(sessionId)
  expect(tunnel.port).toBe(port)
  expect(await echo()).toBe('hello')
})

test('an end that is not allowed is no error of the tunnel', async () => {
  const { states, events } = await start(['ssm:TerminateSession'])
  const { sessionId } = tunnel
  stage.simulator.end(sessionId, 'Somebody terminated it.')
  await vi.waitFor(() => {
    expect(tunnel.sessionId).not.toBe(sessionId)
    expect(states.at(-1)?.kind).toBe('up')
  })
  expect(await echo()).toBe('hello')
  await tunnel[Symbol.asyncDispose]()
  await expect(tunnel.ended).resolves.toBeUndefined()
  expect(states.map(({ kind }) => kind)).not.toContain('failed')
  expect(events.flatMap((event) => ('error' in event ? [event.error] : []))).toEqual([])
})
