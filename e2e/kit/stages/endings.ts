// What the tests of endings share: tunnels on a gateway that a test scripts, and clients of them.

import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import { ConnectionBudget } from '../../../electron/core/tunnels/budgets'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'
import { startTunnel } from '../../../electron/core/tunnels/tunnel'
import type { Tunnel, TunnelOptions } from '../../../electron/core/tunnels/parts'
import { ReceiveBudget } from '../../../electron/ssm/port/budget'
import type { TunnelState } from '../../../shared/model/forward'
import { startGateway, type Gateway, type GatewayOptions } from '../wire/gateway'
import { ResumePermission } from '../../../electron/core/sessions/resume/permission'

/** A signal that never aborts. */
export const never = new AbortController().signal

/** Timing with short waits. */
export const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }

/** The gateway of this test, once `begin` has started it. */
export let gateway: Gateway
const tunnels: Tunnel[] = []
const clients: Socket[] = []

/** Something that a test waits for, and how it is told. */
export function event<T = void>(): { readonly come: Promise<T>; readonly tell: (value: T) => void } {
  let tell: (value: T) => void = () => undefined
  const come = new Promise<T>((resolve) => {
    tell = resolve
  })
  return { come, tell }
}

/** Starts the gateway of this test. */
export async function begin(options: GatewayOptions): Promise<void> {
  gateway = await startGateway(options)
}

/** A tunnel on the gateway. `reached` resolves at its next state that is meant. */
export function start(more: Partial<TunnelOptions> = {}) {
  const states: TunnelState[] = []
  const watchers: { readonly isMeant: (state: TunnelState) => boolean; readonly tell: (state: TunnelState) => void }[] =
    []
  const tunnel = startTunnel({
    service: gateway.service,
    budget: new ReceiveBudget(),
    connectionBudget: new ConnectionBudget(undefined),
    wakeables: new Set(),
    permission: new ResumePermission(),
    timing: quick,
    target: 'i-0123456789abcdef0',
    remotePort: 7,
    onEvent: () => undefined,
    ...more,
    onState: (state) => {
      states.push(state)
      for (const { isMeant, tell } of watchers) if (isMeant(state)) tell(state)
    },
  })
  tunnels.push(tunnel)
  return {
    tunnel,
    states,
    reached: (isMeant: (state: TunnelState) => boolean) =>
      new Promise<TunnelState>((resolve) => watchers.push({ isMeant, tell: resolve })),
  }
}

/** Whether a tunnel is up. */
export const isUp = ({ kind }: TunnelState): boolean => kind === 'up'

/** Connects to a port; closed after the test. */
export function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  clients.push(socket)
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Closes clients, tunnels and gateway after each test; call it at the top of a test file. */
export function stageGateway(): void {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy()
    await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
    await gateway[Symbol.asyncDispose]()
  })
}
