// The composition root of one environment: opens it over AWS or over the Demo. The command line needs nothing else of core.

import type { Diagnose } from '../../../shared/diagnostics'
import type { EnvironmentSettings } from '../../../shared/environmentsettings'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { HandOver } from '../../../shared/session'
import { openAccount } from '../../aws/account'
import type { AskCode, Renewals } from '../../aws/credentials/renewal'
import { logIn, type LoginDone, type LoginOptions } from '../../aws/login/login'
import { UpgradeForms } from '../../aws/upgradeforms'
import { ambientProfile } from '../../aws/profiles/profiles'
import { watchCredentials } from '../../aws/profiles/watch'
import type { Budgets } from '../tunnels/budgets'
import { DemoControls } from './demo'
import { createEnvironment, type Environment, type EnvironmentRules, type EnvironmentService } from './environment'
import { lastHostsIn } from '../store/lasthosts'
import { readTargetFile } from '../store/targetfile'
import { readInstallation } from '../store/installation'
import { watchNetwork } from '../sessions/resume/interfaces'
import type { Timing } from '../sessions/timing'

const DEMO_NAME = 'Demo'

/** A started Demo: its endpoint, and the credentials that it made for this start. */
export interface DemoProcess extends AsyncDisposable {
  readonly endpointUrl: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
  }
  /** Whether its shells are real shells of this computer; absent: yes. Otherwise they are simulated. */
  readonly hasRealShells?: boolean
  /** Resolves when the process has ended, with a few words: "it ended with SIGKILL". Absent: it lives as long as this process. */
  readonly ended?: Promise<string>
}

/** Asks a person for the reason of sessions in an environment. Rejects with `usage` where none is given. */
export type AskReason = (
  environment: { readonly name: string; readonly region: string },
  signal: AbortSignal,
) => Promise<string>

/** Which environment to open. Absent fields are taken from `env` and the AWS files that it points to. */
export interface EnvironmentOptions {
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  /** The host of ssmmessages, in place of the one that the service names. */
  readonly messageEndpoint?: string
  /** Opens the Demo instead of AWS. */
  readonly demo?: boolean
  readonly env: NodeJS.ProcessEnv
  /** Starts the Demo's process. The door supplies it, because each door starts processes in another way. */
  readonly spawnDemo: () => Promise<DemoProcess>
  /** The budgets of the process, shared by all environments. */
  readonly budgets: Budgets
  /** Absent: `defaultTiming`. */
  readonly timing?: Timing
  /** Asks a person for the code of a second factor; absent: a profile that needs one fails. */
  readonly askCode?: AskCode
  /** Shared by the environments that are opened with the same `env`. */
  readonly renewals?: Renewals
  /** Shared by the environments of the process. */
  readonly upgradeForms?: UpgradeForms
  /** Says which proxy the system has for a URL, in the words of a PAC script; absent: only the environment's are used. */
  readonly resolveProxy?: (url: string) => Promise<string>
  /** Takes entries for the diagnostic log; absent: there is none. */
  readonly diagnose?: Diagnose
  /**
   * Where the id of this installation is kept, for the names of roles, and the saved targets. Absent: the names depend on the profile
   * alone, and there are no saved targets.
   */
  readonly dataDirectory?: string
  /** The settings that are saved for an environment, by its name and region. Asked at each start of a session. Absent: none. */
  readonly settingsOf?: (name: string, region: string) => EnvironmentSettings
  /** Asks for the reason of a session, where the settings require one. Absent: such a session rejects with `usage`. */
  readonly askReason?: AskReason
  /** How new keys are handed over to this process, for errors. Absent: it takes none. */
  readonly handOver?: HandOver
  /** Called with a sentence about the environment's keys that a person should know of. Must not throw. */
  readonly onNotice?: (text: string) => void
  /** Called once if the account does not let this caller end its sessions. Must not throw. */
  readonly onUnended?: (error: AppError, environment: string) => void
}

/** Creates the memory of upgrades that the environments of one process share. */
export function createUpgradeForms(): UpgradeForms {
  return new UpgradeForms()
}

/** Logs in to IAM Identity Center for a profile; see aws/login/login.ts. No environment is opened for it. */
export function logInTo(options: LoginOptions): Promise<LoginDone> {
  return logIn(options)
}

/** An environment that is being opened. */
export interface Opened {
  readonly name: string
  /** How another process opens it too, as far as that depends on files and not on the variables of this process. */
  readonly environment: EnvironmentRef
}

/** Wraps the service of an environment before it is used. */
type Wrap = (service: EnvironmentService, opened: Opened) => EnvironmentService

/** Opens an environment. Rejects with `region-missing`, `profile-unknown`, `simulator-failed`, … */
export async function openEnvironment(options: EnvironmentOptions, wrap: Wrap = asItIs): Promise<Environment> {
  const { env, profile, region, endpointUrl, messageEndpoint, askCode, renewals, upgradeForms, budgets } = options
  const { diagnose, dataDirectory, resolveProxy, settingsOf, handOver, onNotice } = options
  if (options.demo === true) return openDemo(options, wrap)
  const ambient = ambientProfile(env)
  const name = profile ?? ambient.name
  const hasProfile = profile !== undefined || !ambient.isVariables
  const service = await openAccount({
    env,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(messageEndpoint === undefined ? {} : { messageEndpoint }),
    savedMessageEndpoint: (found) => settingsOf?.(name, found).messageEndpoint,
    ...(askCode === undefined ? {} : { askCode }),
    ...(renewals === undefined ? {} : { renewals }),
    ...(upgradeForms === undefined ? {} : { upgradeForms }),
    ...(resolveProxy === undefined ? {} : { resolveProxy }),
    ...(diagnose === undefined ? {} : { diagnose }),
    ...(dataDirectory === undefined ? {} : { installation: () => readInstallation(dataDirectory) }),
    ...(handOver === undefined ? {} : { handOver }),
    ...(onNotice === undefined ? {} : { onNotice }),
  })
  const environment = createEnvironment({
    name,
    isDemo: false,
    service: wrap(service, {
      name,
      environment: { kind: 'aws', ...(hasProfile ? { profile: name } : {}), region: service.region },
    }),
    examination: service.examination,
    budgets,
    rules: rulesFor(name, service.region, options),
    ...shared(options),
  })
  // A login in another terminal changes the AWS files: sessions that wait for it try again.
  const watch = watchCredentials(env, () => environment.wake())
  const network = watchNetwork(() => environment.wake())
  return {
    ...environment,
    [Symbol.asyncDispose]: async () => {
      watch[Symbol.dispose]()
      network[Symbol.dispose]()
      await environment[Symbol.asyncDispose]()
    },
  }
}

function asItIs(service: EnvironmentService): EnvironmentService {
  return service
}

async function openDemo(options: EnvironmentOptions, wrap: Wrap): Promise<Environment> {
  const demo = await options.spawnDemo()
  const { endpointUrl, region } = demo
  const controls = new DemoControls({ demo, wake: () => environment.wake() })
  const life = new AbortController()
  let isClosed = false
  // The next Demo process has another endpoint and other credentials, so this environment cannot be used any more.
  void demo.ended?.then((how) => {
    if (!isClosed) life.abort(demoEnded(how))
  })
  // No AWS variables and no files: no data of the user's real account may reach the Demo.
  const { diagnose } = options
  const service = await openAccount({ endpointUrl, region, credentials: () => controls.keys, env: {}, diagnose })
  const environment = createEnvironment({
    name: DEMO_NAME,
    isDemo: true,
    service: wrap(service, { name: DEMO_NAME, environment: { kind: 'demo' } }),
    examination: service.examination,
    budgets: options.budgets,
    rules: rulesFor(DEMO_NAME, region, options),
    life: life.signal,
    ...shared(options),
  })
  return {
    ...environment,
    demo: controls,
    [Symbol.asyncDispose]: async () => {
      isClosed = true
      controls[Symbol.dispose]()
      await environment[Symbol.asyncDispose]()
      await demo[Symbol.asyncDispose]()
    },
  }
}

function demoEnded(how: string): AppError {
  return new AppError(
    'simulator-failed',
    `The Demo's process has ended by itself (${how}). Its sessions are gone; it is started again when it is used.`,
  )
}

/** The saved targets and the last hosts are read from the files of the data directory, which another process may hold. */
function shared({
  timing,
  onUnended,
  dataDirectory,
}: EnvironmentOptions): Pick<Parameters<typeof createEnvironment>[0], 'timing' | 'onUnended' | 'hosts'> {
  return {
    ...(dataDirectory === undefined
      ? {}
      : { hosts: { savedTargets: () => readTargetFile(dataDirectory), lastHosts: lastHostsIn(dataDirectory) } }),
    ...(timing === undefined ? {} : { timing }),
    ...(onUnended === undefined ? {} : { onUnended }),
  }
}

/** What the saved settings say of an environment's sessions, read at each of them. */
function rulesFor(
  name: string,
  region: string,
  { settingsOf, askReason }: Pick<EnvironmentOptions, 'settingsOf' | 'askReason'>,
): EnvironmentRules {
  const settings = (): EnvironmentSettings => settingsOf?.(name, region) ?? {}
  return {
    documentFor: (use) => settings().documents?.[use],
    containerCommand: (service) => settings().containerCommands?.[service],
    reason: async (signal) => {
      if (settings().isReasonRequired !== true) return undefined
      if (askReason !== undefined) return askReason({ name, region }, signal)
      throw new AppError('usage', `Sessions in ${name} (${region}) need a reason by its settings: give one.`)
    },
  }
}
