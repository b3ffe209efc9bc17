// Tunnels of callers whose policy lacks a permission, over real sockets: what is lost, and what goes on.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
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

function deny(...denied: string[]): void {
  const statements: StatementInput[] = [{ effect: 'allow', actions: ['*'] }]
  if (denied.length > 0) statements.push({ effect: 'deny', actions: denied })
  stage.simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements })
}

async function start(before: () => void) {
  const timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }
  stage = await openStage({ upgradePolicy: 'signed-only' }, timing)
  before()
  const [states, events]: [TunnelState[], TunnelEvent[]] = [[], []]
  tunnel = stage.environment.startTunnel({
    target: stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')?.id ?? '',
    remotePort: ECHO,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  })
  const reach = (kind: TunnelState['kind']): Promise<TunnelState> =>
    vi.waitFor(() => {
      const state = states.at(-1)
      if (state?.kind !== kind) throw new Error(`${kind} is awaited`)
      return state
    })
  return { states, events, reach }
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
  const { states, events, reach } = await start(() => deny('ssm:ResumeSession'))
  await reach('up')
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
  const { states, events, reach } = await start(() => deny('ssm:TerminateSession'))
  await reach('up')
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

const refusal = { code: 'upgrade-refused', message: expect.stringContaining('ssmmessages:OpenDataChannel on arn:aws:') }

test('a data channel that AWS refuses at the first opening ends the tunnel, with the action that is missing', async () => {
  const { reach } = await start(() => deny('ssmmessages:OpenDataChannel'))
  expect(await reach('failed')).toMatchObject({ error: refusal })
  await expect(tunnel.ended).rejects.toMatchObject(refusal)
  expect(stage.active()).toEqual([])
})

test('one that it refuses later is waited for, and told', async () => {
  const { states, reach } = await start(() => undefined)
  await reach('up')
  deny('ssmmessages:OpenDataChannel')
  stage.simulator.cut(tunnel.sessionId, 'close-1000')
  const told = () => states.filter((state) => state.kind === 'reconnecting' && state.cause.code === refusal.code)
  await vi.waitFor(() => expect(told().length).toBeGreaterThan(3))
  expect(told().at(-1)).toMatchObject({ cause: refusal })
  deny()
  await reach('up')
  expect(states.map(({ kind }) => kind)).not.toContain('failed')
})

test('one that is refused because the keys have ended is waited for', async () => {
  const { states, reach } = await start(() => {
    for (let form = 0; form < 4; form += 1)
      stage.simulator.failNext('OpenDataChannel', { code: 'Forbidden', status: 403 })
    stage.simulator.failNext('GetCallerIdentity', { code: 'ExpiredToken', status: 403 })
    stage.simulator.failNext('GetCallerIdentity', { code: 'ExpiredToken', status: 403 })
  })
  await reach('up')
  expect(states.map(({ kind }) => kind)).not.toContain('failed')
})

test("a proxy's refusal is one of the network, and waited for from the first opening on", async () => {
  const { reach } = await start(() =>
    stage.simulator.faults.apply({ kind: 'refuse-upgrades', status: 403, by: 'proxy' }),
  )
  expect(await reach('reconnecting')).toMatchObject({
    cause: {
      code: 'network',
      message: expect.stringMatching(/\(HTTP 403, without AWS's request id\): .* 127\.0\.0\.1 through/),
    },
  })
  stage.simulator.faults.clear()
  tunnel.retry()
  await reach('up')
})
