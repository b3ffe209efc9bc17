// One AWS environment, or the Demo: what is there, and the sessions that can be opened in it.
//
// The doors and the window's core both stand on this; neither knows of StartSession.

import { setMaxListeners } from 'node:events'
import type { Identity } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { Budgets } from '../tunnels/budgets'
import type { DemoControls } from './demo'
import { Joined } from '../async/joined'
import { Login } from './login'
import { openRawSession, type RawSession, type RawSessionOptions } from '../sessions/raw'
import type { SessionService } from '../sessions/parts'
import type { Wakeable } from '../sessions/wakeable'
import { openShell, type Shell, type ShellOptions } from '../sessions/shell'
import { resolveTarget, type Directory, type Listing } from './targets'
import { defaultTiming, type Timing } from '../sessions/timing'
import { openTunnel, startTunnel } from '../tunnels/tunnel'
import type { Tunnel, TunnelOptions } from '../tunnels/parts'

/** What an environment needs of AWS; given by the composition root. */
export interface EnvironmentService extends SessionService, Directory, AsyncDisposable {
  identity(signal: AbortSignal): Promise<Identity>
  /** The sessions to `target` that have not ended, with the reasons they were started with. */
  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]>
}

type Own = 'service' | 'budget' | 'connectionBudget' | 'wakeables' | 'timing'

/** An open environment. Disposing closes its connections to AWS; whoever opened sessions disposes them first. */
export interface Environment extends AsyncDisposable {
  /** "Demo", or the profile's name. */
  readonly name: string
  readonly region: string
  readonly isDemo: boolean
  /** Present in the Demo. */
  readonly demo?: DemoControls
  /** Aborted, with the `AppError` that says why, once the environment can no longer be used. Open another one then. */
  readonly life: AbortSignal
  /** Whether its sign-in holds. When it is back, all that waits for it tries at once. */
  readonly login: Login
  /** What a wake reaches. Add what waits for something here, and delete it again. */
  readonly wakeables: Set<Wakeable>
  identity(signal: AbortSignal): Promise<Identity>
  /** Calls during a listing share its answer. */
  listInstances(signal: AbortSignal): Promise<Listing>
  /** See `targets.ts`. */
  resolveTarget(text: string, signal: AbortSignal): Promise<Instance>
  openShell(options: Omit<ShellOptions, Own>): Promise<Shell>
  /** See `tunnel.ts`. */
  openTunnel(options: Omit<TunnelOptions, Own> & { readonly signal: AbortSignal }): Promise<Tunnel>
  /** See `tunnel.ts`. */
  startTunnel(options: Omit<TunnelOptions, Own>): Tunnel
  openRawSession(options: Omit<RawSessionOptions, Own>): Promise<RawSession>
  /** See `EnvironmentService`. */
  activeSessions: EnvironmentService['activeSessions']
  /** Ends a session that nobody here holds; one that no longer exists counts as ended. */
  endSession(sessionId: string, signal: AbortSignal): Promise<void>
  /** Makes everything look at once whether it is still connected, and try at once what waits. Any number of times. */
  wake(): void
}

/** Makes an environment over `service`, which it owns. */
export function createEnvironment(options: {
  readonly name: string
  readonly isDemo: boolean
  readonly service: EnvironmentService
  readonly budgets: Budgets
  /** See `Environment`; absent: it can be used until it is disposed. */
  readonly life?: AbortSignal
  readonly timing?: Timing
}): Environment {
  const { name, isDemo } = options
  const { receive: budget, connections: connectionBudget } = options.budgets
  const wakeables = new Set<Wakeable>()
  const life = options.life ?? new AbortController().signal
  const login = new Login({
    now: Date.now,
    onBack: () => {
      for (const wakeable of wakeables) wakeable.reached()
    },
  })
  const service = login.watch(options.service)
  // Each forward and terminal in it listens.
  setMaxListeners(0, life)
  const listing = new Joined((signal) => service.listInstances(signal))
  const directory: Directory = {
    region: service.region,
    listInstances: (signal) => listing.get(signal),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
  }
  const own = { service, budget, connectionBudget, wakeables, timing: options.timing ?? defaultTiming }
  return {
    name,
    isDemo,
    life,
    login,
    wakeables,
    region: service.region,
    identity: (signal) => service.identity(signal),
    listInstances: (signal) => listing.get(signal),
    resolveTarget: (text, signal) => resolveTarget(text, directory, signal),
    openShell: (shell) => openShell({ ...shell, ...own }),
    openTunnel: (tunnel) => openTunnel({ ...tunnel, ...own }),
    startTunnel: (tunnel) => startTunnel({ ...tunnel, ...own }),
    openRawSession: (raw) => openRawSession({ ...raw, ...own }),
    activeSessions: (target, signal) => service.activeSessions(target, signal),
    endSession: (sessionId, signal) => service.terminateSession(sessionId, signal),
    wake: () => {
      for (const wakeable of wakeables) wakeable.wake()
    },
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
