// Failover of a tunnel on a service of containers, over real sockets: a deployment of the simulator replaces its task.

import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import { parseEcsPlace } from '../../../shared/ecstarget'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
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

const delays = { provisioningMs: 1, pullMs: 1, agentMs: 1 }

/** A tunnel through one task of the service, by its id. */
async function named(sessionsOfStopped: 'end' | 'lose') {
  stage = await openStage({ containers: { delays, sessionsOfStopped } }, quick)
  const { instance } = await stage.environment.findHost(`ecs:${CLUSTER}/${SERVICE}`, {}, AbortSignal.timeout(10_000))
  const taskId = parseEcsPlace(instance.id)?.taskId ?? ''
  return { taskId, ...(await through(`ecs:${CLUSTER}/${taskId}/app`)) }
}

/** A tunnel through a container of `target`, up, with a connection that is held. */
async function start(target: string, sessionsOfStopped: 'end' | 'lose') {
  stage = await openStage({ containers: { delays, sessionsOfStopped } }, quick)
  return through(target)
}

async function through(target: string) {
  const { environment } = stage
  const events: TunnelEvent[] = []
  const states: TunnelState[] = []
  const pick = pickFor({ target: { kind: 'ecs', target }, environment, lookAgainMs: 0, onFound: () => undefined })
  tunnel = environment.startTunnel({
    target: pick,
    remotePort: ECHO,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
  })
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('up'), PATIENCE)
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

test.each(['end', 'lose'] as const)(
  'a task that a person has named is never left: a deployment that stops it ends the tunnel, where its sessions %s',
  async (sessionsOfStopped) => {
    const { taskId, states, socket } = await named(sessionsOfStopped)
    stage.simulator.ecs.deploy(CLUSTER, SERVICE)
    // A silent session shows that its host is gone only where something is sent.
    const sending = setInterval(() => socket.write('more'), 100)
    await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('failed'), PATIENCE).finally(() => clearInterval(sending))
    expect(states.at(-1)).toMatchObject({
      error: {
        code: 'unknown-instance',
        message: expect.stringContaining(`app of task ${taskId} in ${CLUSTER} has stopped`),
      },
    })
  },
  60_000,
)

test('a service without a good task is waited for, and the forward goes on in the task that comes', async () => {
  const { events, states } = await start(`ecs:${CLUSTER}/${SERVICE}/app`, 'end')
  stage.simulator.ecs.scale(CLUSTER, SERVICE, 0)
  await vi.waitFor(
    () => expect(states.at(-1)).toMatchObject({ kind: 'waiting', for: 'instance', cause: { code: 'no-good-host' } }),
    PATIENCE,
  )
  stage.simulator.ecs.scale(CLUSTER, SERVICE, 1)
  await vi.waitFor(() => expect(states.at(-1)?.kind).toBe('up'), PATIENCE)
  expect(events.map(({ kind }) => kind)).toContain('moved')
}, 60_000)
