// What the tests of tunnels share: the core and the simulator, tunnels that tell their states, and clients of them.

import { connect, type Socket } from 'node:net'
import { afterEach, expect, vi } from 'vitest'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'
import type { Tunnel, TunnelOptions } from '../../../electron/core/tunnels/parts'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { openStage, type Stage } from '../aws/environment'

const quick: Timing = { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 }

/** The core and the simulator of this test, once `begin` has opened them. */
export let stage: Stage
let target: string
const tunnels: Tunnel[] = []

/** Opens core and simulator. */
export async function begin(timing: Partial<Timing> = {}): Promise<void> {
  stage = await openStage({}, { ...quick, ...timing })
  target = idOf('web-2')
}

function idOf(name: string): string {
  return stage.simulator.world.instances.find((each) => each.tags['Name'] === name)!.id
}

interface Running {
  readonly tunnel: Tunnel
  readonly states: TunnelState[]
  readonly events: TunnelEvent[]
  readonly kinds: () => string[]
  /** Waits for a state from now on or the one that is. */
  readonly reach: (kind: TunnelState['kind']) => Promise<TunnelState>
}

/** Starts a tunnel to the echo; ended after the test. */
export function start(more: Partial<TunnelOptions> = {}): Running {
  const states: TunnelState[] = []
  const events: TunnelEvent[] = []
  const watchers = new Set<() => void>()
  const tunnel = stage.environment.startTunnel({
    target,
    remotePort: 7,
    onState: (state) => {
      states.push(state)
      for (const look of watchers) look()
    },
    onEvent: (event) => events.push(event),
    ...more,
  })
  tunnels.push(tunnel)
  return {
    tunnel,
    states,
    events,
    kinds: () => states.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]),
    reach: (kind) =>
      new Promise((resolve) => {
        const look = (): void => {
          const last = states.at(-1)
          if (last?.kind !== kind) return
          watchers.delete(look)
          resolve(last)
        }
        watchers.add(look)
        look()
      }),
  }
}

/** Connects to a port. */
export function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Sends bytes to the echo port and waits for them to come back. */
export async function echo(socket: Socket, text: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    let said = ''
    const hear = (chunk: Buffer): void => {
      said += chunk.toString()
      if (said.length < text.length) return
      socket.off('data', hear)
      resolve(said)
    }
    socket.on('data', hear)
    socket.once('error', reject)
  })
  socket.write(text)
  return answer
}

/** Resolves with how a socket ends: its error, or `end`. */
export function endOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('error', (error) => resolve(String(error)))
    socket.once('end', () => resolve('end'))
  })
}

/** Makes the next resumes fail with a code. */
export function refuseResumes(count: number, code: string, status?: number): void {
  for (let time = 0; time < count; time += 1) {
    stage.simulator.failNext('ResumeSession', { code, ...(status === undefined ? {} : { status }) })
  }
}

/** Ends tunnels after each test and shows that no session is left; call it at the top of a test file. */
export function stageTunnels(): void {
  afterEach(async () => {
    await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
    await stage.close()
  })
}
