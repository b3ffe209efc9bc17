// Failover of a tunnel on a service of containers, over real sockets: a deployment of the simulator replaces its task.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { TunnelEvent } from '../../../shared/model/forward'
import { pickFor } from '../environments/picking'
import { defaultTiming, type Timing } from '../sessions/timing'
import type { Tunnel } from './parts'

const CLUSTER = 'demo-production'
const SERVICE = 'storefront-web'
/** What is sent to this port comes back. */
const ECHO = 7
const quick: Timing = {
  ...defaultTiming,
  firstRetryMs: 20,
  maxRetryMs: 100,
  pollMs: 30,
  askHostMs: 60,
  failoverMs: 100,
}
const PATIENCE = { timeout: 30_000 }

let stage: Stage
let tunnel: Tunnel | undefined

afterEach(async () => {
  await tunnel?.[Symbol.asyncDispose]()
  tunnel = undefined
  await stage.close()
})

/** A tunnel through a container of `target`, up, with a connection that is held. */
async function start(target: string, sessionsOfStopped: 'end' | 'lose') {
  const delays = { provisioningMs: 1, pullMs: 1, agentMs: 1 }
  stage = await openStage({ containers: { delays, sessionsOfStopped } }, quick)
  const { environment } = stage
  const events: TunnelEvent[] = []
  const states: string[] = []
  const pick = pickFor({ target: { kind: 'ecs', target }, environment, lookAgainMs: 0, onFound: () => undefined })
  tunnel = environment.startTunnel({
    target: pick,
    remotePort: ECHO,
    onState: ({ kind }) => states.push(kind),
    onEvent: (event) => events.push(event),
  })
  await vi.waitFor(() => expect(states.at(-1)).toBe('up'), PATIENCE)
  const socket = connect(tunnel.port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('one')
  expect(String(await once(socket, 'data'))).toBe('one')
  return { port: tunnel.port, socket, events, states }
}

test.each(['end', 'lose'] as const)(
  'a deployment moves the tunnel to a new task on the same port, where the sessions of the old one %s',
  async (sessionsOfStopped) => {
    const { port, socket, events } = await start(`ecs:${CLUSTER}/${SERVICE}/app`, sessionsOfStopped)
    // It is reset.
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    stage.simulator.ecs.deploy(CLUSTER, SERVICE)
    await vi.waitFor(() => expect(events.map(({ kind }) => kind)).toContain('moved'), PATIENCE)
    await closed
    const moved = events.find((event) => event.kind === 'moved')
    expect(moved).toMatchObject({
      from: { name: expect.stringMatching(/^storefront-web\/app [0-9a-f]{8}$/) },
      to: { name: expect.stringMatching(/^storefront-web\/app [0-9a-f]{8}$/) },
    })
    expect(moved?.kind === 'moved' && moved.from.id !== moved.to.id).toBe(true)
    const again = connect(port, '127.0.0.1')
    again.write('two')
    expect(String(await once(again, 'data'))).toBe('two')
    again.destroy()
  },
  60_000,
)

test('a task that a person has named is never left', async () => {
  const task = /^ecs:[^_]+_([0-9a-f]{32})_/
  const service = `ecs:${CLUSTER}/${SERVICE}/app`
  const delays = { provisioningMs: 1, pullMs: 1, agentMs: 1 }
  stage = await openStage({ containers: { delays } }, quick)
  const { instance } = await stage.environment.findHost(service, {}, new AbortController().signal)
  const taskId = task.exec(instance.id)?.[1] ?? ''
  const pick = pickFor({
    target: { kind: 'ecs', target: `ecs:${CLUSTER}/${taskId}/app` },
    environment: stage.environment,
    lookAgainMs: 0,
    onFound: () => undefined,
  })
  expect([pick.canMove, (await pick.next(undefined, false, new AbortController().signal)).id]).toEqual([
    false,
    instance.id,
  ])
})
