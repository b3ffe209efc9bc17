// One AWS account and region, or the Demo: its instances, its identity, and the sessions that are opened in it.
//
// The command line and the core of the windows both use it. Neither of them calls StartSession itself.

import { setMaxListeners } from 'node:events'
import { AppError } from '../../../shared/errors'
import type { EcsCalls } from '../../../shared/ecscalls'
import type { Examination } from '../../../shared/examination'
import type { DocumentUse, SessionDocument } from '../../../shared/model/document'
import type { Identity } from '../../../shared/model/environment'
import type { Instance, TagPair } from '../../../shared/model/instance'
import type { ConnectionStatus, OtherKeys } from '../../../shared/session'
import type { SessionPages, SessionQuery } from '../../../shared/sessionlisting'
import type { Budgets } from '../tunnels/budgets'
import type { DemoControls } from './demo'
import { Joined } from '../async/joined'
import { ContainerShells } from './containershells'
import { Login } from './login'
import { startPortable, type PortableOptions, type PortableStart } from '../sessions/portable'
import { openRawSession, type RawSession, type RawSessionOptions } from '../sessions/raw'
import type { SessionRules } from '../sessions/request/documents'
import { DEFAULT_COMMAND } from '../sessions/request/exec'
import type { SessionService } from '../sessions/parts'
import { ResumePermission } from '../sessions/resume/permission'
import type { Wakeable } from '../sessions/wakeable'
import { beginTrial, type Trial, type TrialOptions } from '../sessions/trial'
import type { Shell, ShellOptions } from '../sessions/shell'
import { Finder, type FinderOptions, type FoundHost, type HostWish, type SetTarget } from './finding'
import type { Directory, Listing } from './targets'
import { lastHostsInMemory } from '../store/lasthosts'
import { defaultTiming, type Timing } from '../sessions/timing'
import { tellUnended } from './unended'
import { openTunnel, startTunnel } from '../tunnels/tunnel'
import { OwnEnds } from '../tunnels/ownends'
import type { Tunnel, TunnelOptions } from '../tunnels/parts'

// GetDocument answers within a second.
const READ_MS = 10_000

/** The calls to AWS that an environment needs; the composition root supplies them. */
export interface EnvironmentService extends SessionService, Directory, AsyncDisposable {
  readonly otherKeys: OtherKeys
  /** The calls to Amazon ECS. */
  readonly ecs: EcsCalls
  identity(signal: AbortSignal): Promise<Identity>
  /** Rejects with `document-missing`, and with `usage` for a document of another type. */
  sessionDocument(name: string, signal: AbortSignal): Promise<SessionDocument>
  /** The sessions to `target` that have not ended, each with the reason that was given at its start. */
  activeSessions(
    target: string,
    signal: AbortSignal,
  ): Promise<readonly { readonly sessionId: string; readonly reason: string }[]>
  /** The sessions of the account and region, of every user. Nothing is asked before the first page is. */
  sessions(query: SessionQuery): SessionPages
  /** Whether the agent of a target is connected now. */
  connectionStatus(target: string, signal: AbortSignal): Promise<ConnectionStatus>
}

/** What the settings of an environment say of its sessions. Asked at each start of a session. */
export interface EnvironmentRules {
  /** The document for a use; undefined: AWS's own. */
  documentFor(use: DocumentUse): string | undefined
  /** See `SessionRules`. */
  reason(signal: AbortSignal): Promise<string | undefined>
  /** The command of shells in the containers of a service, CLUSTER/NAME; undefined: none is remembered. */
  containerCommand?(service: string): string | undefined
}

type Own = 'ownEnds' | 'service' | 'budget' | 'connectionBudget' | 'wakeables' | 'permission' | 'timing' | 'rules'

/** What an environment passes on as it is. */
type FromService = 'sessionDocument' | 'activeSessions' | 'sessions' | 'connectionStatus' | 'preferences'

/** An open environment. Disposing closes its connections to AWS. Dispose the sessions in it before. */
export interface Environment extends AsyncDisposable, Pick<EnvironmentService, FromService> {
  /** "Demo", or the profile's name. */
  readonly name: string
  readonly region: string
  readonly isDemo: boolean
  /** The outages that a person can try; present in the Demo only. */
  readonly demo?: DemoControls
  /** The doctor's calls; absent in environments of tests. */
  readonly examination?: Examination
  /** What is known of the end of the keys that were used last. */
  keysOutlook: EnvironmentService['keysOutlook']
  /** Aborted with an `AppError` when the environment can no longer be used. Open another one then. */
  readonly life: AbortSignal
  /** The state of its sign-in. When a sign-in works again, everything that waits for it tries again at once. */
  readonly login: Login
  /** Everything that `wake` reaches. An object adds itself while it waits or runs, and deletes itself afterwards. */
  readonly wakeables: Set<Wakeable>
  identity(signal: AbortSignal): Promise<Identity>
  /**
   * Lists every instance. Calls during a listing share its answer. With `tags`, at least those that bear every one of them: the services
   * leave out most others, and the caller compares the tags.
   */
  listInstances(signal: AbortSignal, tags?: readonly TagPair[]): Promise<Listing>
  /** The instance of `findHost`. */
  resolveTarget(text: string, signal: AbortSignal, wish?: HostWish): Promise<Instance>
  /** Finds the host of a TARGET as a person types it. See `finding.ts`. */
  findHost(text: string, wish: HostWish, signal: AbortSignal): Promise<FoundHost>
  /** Finds a host of a set or of a saved target. See `finding.ts`. */
  findHostIn(target: SetTarget, wish: HostWish, signal: AbortSignal): Promise<FoundHost>
  openShell(options: Omit<ShellOptions, Own>): Promise<Shell>
  /** See `tunnel.ts`. */
  openTunnel(options: Omit<TunnelOptions, Own> & { readonly signal: AbortSignal }): Promise<Tunnel>
  /** See `tunnel.ts`. */
  startTunnel(options: Omit<TunnelOptions, Own>): Tunnel
  openRawSession(options: Omit<RawSessionOptions, Own>): Promise<RawSession>
  /** See `portable.ts`. */
  startPortable(options: Omit<PortableOptions, 'service' | 'rules'>): Promise<PortableStart>
  /** See `trial.ts`. */
  beginTrial(options: Omit<TrialOptions, Own>): Promise<Trial>
  /** Describes one instance by its id; undefined when neither EC2 nor Systems Manager knows it here. */
  describeTarget: EnvironmentService['describeTarget']
  /** See `EnvironmentService`. */
  readonly ecs: EcsCalls
  /** See `EnvironmentRules`. */
  documentFor: EnvironmentRules['documentFor']
  /** The reason that the settings require of a session. See `SessionRules`. */
  requiredReason: SessionRules['reason']
  /** The command of shells in the containers of a service, CLUSTER/NAME. */
  containerCommand(service: string): string
  /** The keys that may take the place of the environment's own. Everything that waits goes on at once with them. */
  readonly otherKeys: OtherKeys
  /** Sessions that this app ends while a forward goes on. */
  readonly ownEnds: OwnEnds
  /** Ends any session of the account that a person has chosen. A refusal is told to the caller alone. */
  cancelSession(sessionId: string, signal: AbortSignal): Promise<void>
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
  /** Absent: there are no saved targets, and the last host of a set is remembered as long as the environment is open. */
  readonly hosts?: Partial<Pick<FinderOptions, 'savedTargets' | 'lastHosts' | 'random'>>
  /** Absent: AWS's documents, and no reason is required. */
  readonly rules?: EnvironmentRules
  /** Called once if this environment's sessions may not be ended. Must not throw. */
  readonly onUnended?: (error: AppError, environment: string) => void
  readonly examination?: Examination
}): Environment {
  const { name, isDemo, onUnended, examination } = options
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
    // A copy would keep the endpoint of this moment.
    get messageEndpoint() {
      return watched.messageEndpoint
    },
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
    listInstances: (signal, tags = []) =>
      tags.length === 0 ? listing.get(signal) : service.listInstances(signal, tags),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
  }
  const finder = new Finder({
    directory,
    ecs: service.ecs,
    name,
    isDemo,
    savedTargets: () => Promise.resolve([]),
    lastHosts: lastHostsInMemory(),
    random: Math.random,
    ...options.hosts,
  })
  const wake = (): void => {
    for (const wakeable of wakeables) wakeable.wake()
  }
  const otherKeys: OtherKeys = {
    offered: () => service.otherKeys.offered(),
    take: async (keys, signal) => {
      const taken = await service.otherKeys.take(keys, signal)
      wake()
      return taken
    },
    takeProfile: async (profile, signal) => {
      await service.otherKeys.takeProfile(profile, signal)
      wake()
    },
  }
  const own = {
    service,
    budget,
    connectionBudget,
    wakeables,
    permission: new ResumePermission(),
    ownEnds: new OwnEnds(),
    timing: options.timing ?? defaultTiming,
    ...rulesOf(options.rules, service),
  }
  const shells = new ContainerShells(service)
  return {
    name,
    isDemo,
    ...(examination === undefined ? {} : { examination }),
    life,
    login,
    wakeables,
    region: service.region,
    identity: (signal) => service.identity(signal),
    listInstances: (signal, tags) => directory.listInstances(signal, tags),
    resolveTarget: async (text, signal, wish = {}) => (await finder.find(text, wish, signal)).instance,
    findHost: (text, wish, signal) =>
      finder.find(text, { ...wish, avoid: [...(wish.avoid ?? []), ...shells.full] }, signal),
    findHostIn: (target, wish, signal) => finder.findIn(target, wish, signal),
    openShell: (shell) => shells.open({ ...shell, ...own }),
    openTunnel: (tunnel) => openTunnel({ ...tunnel, ...own }),
    startTunnel: (tunnel) => startTunnel({ ...tunnel, ...own }),
    openRawSession: (raw) => openRawSession({ ...raw, ...own }),
    startPortable: (portable) => startPortable({ ...portable, service, rules: own.rules }),
    documentFor: (use) => own.rules.documentFor(use),
    requiredReason: (signal) => own.rules.reason(signal),
    containerCommand: (service) => options.rules?.containerCommand?.(service) ?? DEFAULT_COMMAND,
    sessionDocument: (name, signal) => service.sessionDocument(name, signal),
    beginTrial: (trial) => beginTrial({ ...trial, ...own }),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
    ecs: service.ecs,
    keysOutlook: () => service.keysOutlook(),
    activeSessions: (target, signal) => service.activeSessions(target, signal),
    sessions: (query) => service.sessions(query),
    connectionStatus: (target, signal) => service.connectionStatus(target, signal),
    preferences: (signal) => service.preferences(signal),
    ownEnds: own.ownEnds,
    cancelSession: async (sessionId, signal) => {
      watched.noted?.(sessionId, { kind: 'state', state: 'canceling' })
      try {
        await watched.terminateSession(sessionId, signal)
      } catch (error) {
        watched.noted?.(sessionId, { kind: 'state', state: 'active' })
        throw error
      }
    },
    endSession: (sessionId, signal) => service.terminateSession(sessionId, signal),
    otherKeys,
    wake,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}

function rulesOf(
  rules: EnvironmentRules | undefined,
  service: Pick<EnvironmentService, 'sessionDocument'>,
): { readonly rules: SessionRules } {
  return {
    rules: {
      documentFor: (use) => rules?.documentFor(use),
      reason: (signal) => rules?.reason(signal) ?? Promise.resolve(undefined),
      readDocument: (name, signal) => readable(name, service, signal),
    },
  }
}

/**
 * Reads a document before a session is started from it. Undefined where it may not be read or AWS does not answer in time: then
 * StartSession tells what is wrong.
 */
async function readable(
  name: string,
  service: Pick<EnvironmentService, 'sessionDocument'>,
  signal: AbortSignal,
): Promise<SessionDocument | undefined> {
  try {
    return await service.sessionDocument(name, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof AppError && (error.code === 'document-missing' || error.code === 'usage')) throw error
    return undefined
  }
}
