// One AWS account and region, or the Demo: its instances, its identity, and the sessions that are opened in it.
//
// The command line and the core of the windows both use it. Neither of them calls StartSession itself.

import { setMaxListeners } from 'node:events'
import type { AppError } from '../../../shared/errors'
import type { Identity } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { Budgets } from '../tunnels/budgets'
import type { DemoControls } from './demo'
import { Joined } from '../async/joined'
import { Login } from './login'
import { openRawSession, type RawSession, type RawSessionOptions } from '../sessions/raw'
import type { SessionService } from '../sessions/parts'
import { ResumePermission } from '../sessions/permission'
import type { Wakeable } from '../sessions/wakeable'
import { openShell, type Shell, type ShellOptions } from '../sessions/shell'
import { resolveTarget, type Directory, type Listing } from './targets'
import { defaultTiming, type Timing } from '../sessions/timing'
import { tellUnended } from './unended'
import { openTunnel, startTunnel } from '../tunnels/tunnel'
import type { Tunnel, TunnelOptions } from '../tunnels/parts'

/** The calls to AWS that an environment needs; the composition root supplies them. */
export interface EnvironmentService extends SessionService, Directory, AsyncDisposable {
  identity(signal: AbortSignal): Promise<Identity>
  /** The sessions to `target` that have not ended, each with the reason that was given at its start. */
  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]>
}

type Own = 'service' | 'budget' | 'connectionBudget' | 'wakeables' | 'permission' | 'timing'

/** An open environment. Disposing closes its connections to AWS. Dispose the sessions in it before. */
export interface Environment extends AsyncDisposable {
  /** "Demo", or the profile's name. */
  readonly name: string
  readonly region: string
  readonly isDemo: boolean
  /** The outages that a person can try; present in the Demo only. */
  readonly demo?: DemoControls
  /** Aborted with an `AppError` when the environment can no longer be used. Open another one then. */
  readonly life: AbortSignal
  /** The state of its sign-in. When a sign-in works again, everything that waits for it tries again at once. */
  readonly login: Login
  /** Everything that `wake` reaches. An object adds itself while it waits or runs, and deletes itself afterwards. */
  readonly wakeables: Set<Wakeable>
  identity(signal: AbortSignal): Promise<Identity>
  /** Lists every instance. Calls during a listing share its answer. */
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
  /** Ends a session by its id, such as one of an earlier run. A session that no longer exists counts as ended. */
  endSession(sessionId: string, signal: AbortSignal): Promise<void>
  /** Makes every session check its connection now, and every wait try again now. May be called any number of times. */
  wake(): void
}

/** Makes an environment over `service`, which it owns. */
export function createEnvironment(options: {
  readonly name: string
  readonly isDemo: boolean
  readonly service: EnvironmentService
  readonly budgets: Budgets
  /** See `Environment`; absent: usable until it is disposed. */
  readonly life?: AbortSignal
  readonly timing?: Timing
  /** Called once if this environment's sessions may not be ended. Must not throw. */
  readonly onUnended?: (error: AppError, environment: string) => void
}): Environment {
  const { name, isDemo, onUnended } = options
  const { receive: budget, connections: connectionBudget } = options.budgets
  const wakeables = new Set<Wakeable>()
  const life = options.life ?? new AbortController().signal
  const login = new Login({
    now: Date.now,
    onBack: () => {
      for (const wakeable of wakeables) wakeable.reached()
    },
  })
  const watched = login.watch(options.service)
  const service = {
    ...watched,
    terminateSession: tellUnended(
      (sessionId, signal) => watched.terminateSession(sessionId, signal),
      (error) => onUnended?.(error, name),
    ),
  }
  // Each forward and terminal in the environment adds a listener.
  setMaxListeners(0, life)
  const listing = new Joined((signal) => service.listInstances(signal))
  const directory: Directory = {
    region: service.region,
    listInstances: (signal) => listing.get(signal),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
  }
  const own = {
    service,
    budget,
    connectionBudget,
    wakeables,
    permission: new ResumePermission(),
    timing: options.timing ?? defaultTiming,
  }
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
