// What the tests of whole sessions share: the core and the simulator, and clients of a tunnel.

import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect } from 'vitest'
import type { Tunnel } from '../../../electron/core/tunnels/parts'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { openStage, type Stage } from '../aws/environment'

/** A signal that never aborts. */
export const signal = new AbortController().signal

/** The core and the simulator of this test. */
export let stage: Stage

/** The id of web-2. */
export let target: string

/** Opens a tunnel with what it tells recorded. */
export async function open(remotePort: number, more: { remoteHost?: string; target?: string } = {}) {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const tunnel = await stage.environment.openTunnel({
    target,
    remotePort,
    signal,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
    ...more,
  })
  return { tunnel, states, events }
}

/** Connects to a tunnel. */
export function client(tunnel: Pick<Tunnel, 'port'>, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ host, port: tunnel.port })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Opens core and simulator before each test, and shows after it that no session is left; call it at the top of a test file. */
export function stageSessions(): void {
  beforeEach(async () => {
    stage = await openStage()
    target = stage.simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')!.id
  })
  afterEach(async () => {
    expect(stage.active()).toEqual([])
    await stage.close()
  })
}
