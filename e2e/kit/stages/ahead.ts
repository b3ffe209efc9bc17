// What the tests of resuming ahead share: a tunnel whose keys are four variables of the environment, on a compressed clock.

import { processBudgets } from '../../../electron/core/tunnels/budgets'
import type { Environment } from '../../../electron/core/environments/environment'
import { openEnvironment } from '../../../electron/core/environments/open'
import { defaultTiming, type Timing } from '../../../electron/core/sessions/timing'
import type { Tunnel } from '../../../electron/core/tunnels/parts'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../electron/simulator/simulator'
import type { Diagnostic } from '../../../shared/diagnostics'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { KeysOutlook } from '../../../shared/session'
import { ECHO, open } from './lifetimes'

/** A minute of the service: an hour is 1.8 s, and a socket of 15 minutes is resumed ahead after 0.45 s. */
export const MINUTE_MS = 30

/** A simulator, an environment over it, and one tunnel to the echo that is up. */
export interface AheadStage extends AsyncDisposable {
  readonly simulator: Simulator
  readonly environment: Environment
  readonly tunnel: Tunnel
  readonly states: readonly (TunnelState & { readonly toldAt: number })[]
  readonly events: readonly TunnelEvent[]
  /** The outcome of each resume ahead, with its time. */
  readonly outcomes: readonly { readonly outcome: string; readonly at: number }[]
  /** Kinds of states, without repetitions. */
  kinds(): string[]
}

/** Opens simulator and environment with keys from environment variables. `outlook` says when the keys end. */
export async function openAhead(
  options: SimulatorOptions = {},
  more: { readonly timing?: Partial<Timing>; readonly outlook?: KeysOutlook } = {},
): Promise<AheadStage> {
  const simulator = await startSimulator({
    isPaced: false,
    shellDelayMs: 0,
    upgradePolicy: 'signed-only',
    clock: { minuteMs: MINUTE_MS },
    idleMinutes: 10_000,
    ...options,
  })
  const { accessKeyId, secretAccessKey, sessionToken } = simulator.credentials
  const outcomes: { outcome: string; at: number }[] = []
  const { outlook } = more
  const environment = await openEnvironment(
    {
      endpointUrl: simulator.endpointUrl,
      env: {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_SESSION_TOKEN: sessionToken,
        AWS_REGION: simulator.region,
        // Nothing of the real home directory is looked at.
        HOME: '/nonexistent',
      },
      budgets: processBudgets(),
      timing: { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50, minuteMs: MINUTE_MS, ...more.timing },
      spawnDemo: () => Promise.reject(new Error('there is no Demo here')),
      diagnose: (entry: Diagnostic) => {
        if (entry.kind === 'resume-ahead') outcomes.push({ outcome: entry.outcome, at: Date.now() })
      },
    },
    (service) => (outlook === undefined ? service : Object.assign(service, { keysOutlook: () => outlook })),
  )
  const states: (TunnelState & { toldAt: number })[] = []
  const events: TunnelEvent[] = []
  const tunnel = await environment.openTunnel({
    target: simulator.world.instances.find((each) => each.tags['Name'] === 'web-2')?.id ?? '',
    remotePort: ECHO,
    signal: new AbortController().signal,
    onState: (state) => states.push({ ...state, toldAt: Date.now() }),
    onEvent: (event) => events.push(event),
  })
  return {
    simulator,
    environment,
    tunnel,
    states,
    events,
    outcomes,
    kinds: () => states.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]),
    [Symbol.asyncDispose]: async () => {
      await tunnel[Symbol.asyncDispose]()
      await environment[Symbol.asyncDispose]()
      await simulator[Symbol.asyncDispose]()
    },
  }
}

/** A connection over which numbered lines go to the echo and back, one after the other. */
export interface Conversation {
  /** How many lines have come back, each whole and in its place. */
  readonly count: () => number
  /** Why it has ended; undefined while it goes on. */
  readonly end: () => string | undefined
  readonly stop: () => void
}

/** Talks over a connection to `port` until `stop`. */
export async function converse(port: number): Promise<Conversation> {
  const socket = await open(port)
  let [count, end, said, isStopped] = [0, undefined as string | undefined, '', false]
  const line = (): string => `line ${count} `.padEnd(64, '.')
  const ended = (why: string): void => {
    end ??= why
  }
  socket.on('error', (error) => ended(String(error)))
  socket.on('close', () => ended('closed'))
  socket.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.length < line().length) return
    if (said !== line()) ended(`${said} instead of ${line()}`)
    said = ''
    count += 1
    if (isStopped) socket.destroy()
    else if (end === undefined) setTimeout(() => socket.write(line()), 2)
  })
  socket.write(line())
  return {
    count: () => count,
    end: () => end,
    stop: () => {
      isStopped = true
    },
  }
}
