// One AWS environment, or the Demo: what is there, and the sessions that can be opened in it.
//
// The doors and the window's core both stand on this; neither knows of StartSession.

import type { Identity, Instance } from '../../shared/model'
import { ReceiveBudget } from '../ssm/budget'
import { openRawSession, type RawSession, type RawSessionOptions } from './rawsession'
import type { SessionService } from './session'
import { openShell, type Shell, type ShellOptions } from './shell'
import { resolveTarget, type Directory } from './targets'
import { openTunnel, type Tunnel, type TunnelOptions } from './tunnel'

/** What an environment needs of AWS; given by the composition root. */
export interface EnvironmentService extends SessionService, Directory, AsyncDisposable {
  identity(signal: AbortSignal): Promise<Identity>
  listInstances(
    signal: AbortSignal,
  ): Promise<{ readonly instances: readonly Instance[]; readonly notices: readonly string[] }>
}

type Own = 'service' | 'budget'

/** An open environment. Disposing closes its connections to AWS; whoever opened sessions disposes them first. */
export interface Environment extends AsyncDisposable {
  /** "Demo", or the profile's name. */
  readonly name: string
  readonly region: string
  readonly isDemo: boolean
  identity(signal: AbortSignal): Promise<Identity>
  /** Every instance; `notices` tell what could not be asked for. */
  listInstances(
    signal: AbortSignal,
  ): Promise<{ readonly instances: readonly Instance[]; readonly notices: readonly string[] }>
  /** See `targets.ts`. */
  resolveTarget(text: string, signal: AbortSignal): Promise<Instance>
  openShell(options: Omit<ShellOptions, Own>): Promise<Shell>
  openTunnel(options: Omit<TunnelOptions, Own>): Promise<Tunnel>
  openRawSession(options: Omit<RawSessionOptions, Own>): Promise<RawSession>
}

/** Makes an environment over `service`, which it owns. */
export function createEnvironment(options: {
  readonly name: string
  readonly isDemo: boolean
  readonly service: EnvironmentService
}): Environment {
  const { name, isDemo, service } = options
  const own = { service, budget: new ReceiveBudget() }
  return {
    name,
    isDemo,
    region: service.region,
    identity: (signal) => service.identity(signal),
    listInstances: (signal) => service.listInstances(signal),
    resolveTarget: (text, signal) => resolveTarget(text, service, signal),
    openShell: (shell) => openShell({ ...shell, ...own }),
    openTunnel: (tunnel) => openTunnel({ ...tunnel, ...own }),
    openRawSession: (raw) => openRawSession({ ...raw, ...own }),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
