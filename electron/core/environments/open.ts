// The composition root of one environment: puts AWS, or the Demo, under it. The command line needs no more of core.

import type { Diagnose } from '../../../shared/diagnostics'
import { AppError } from '../../../shared/errors'
import { openAccount } from '../../aws/account'
import type { AskCode, Renewals } from '../../aws/credentials/renewal'
import { ambientProfile } from '../../aws/profiles/profiles'
import { watchCredentials } from '../../aws/profiles/watch'
import type { Budgets } from '../tunnels/budgets'
import { DemoControls } from './demo'
import { createEnvironment, type Environment, type EnvironmentService } from './environment'
import { watchNetwork } from '../sessions/interfaces'
import type { Timing } from '../sessions/timing'

const DEMO_NAME = 'Demo'

/** A started Demo: where it listens and the credentials that it made for this start. */
export interface DemoProcess extends AsyncDisposable {
  readonly endpointUrl: string
  readonly region: string
  readonly credentials: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
  }
  /** Whether its shells are shells of this computer; absent: they are. Otherwise they only pretend. */
  readonly hasRealShells?: boolean
  /** Resolves once it has ended, with how, in a few words: "it ended with SIGKILL". Absent: it lives as long as this process. */
  readonly ended?: Promise<string>
}

/** Which environment to open. What is absent comes from `env` and the AWS files it points to. */
export interface EnvironmentOptions {
  readonly profile?: string
  readonly region?: string
  readonly endpointUrl?: string
  /** Opens the Demo instead of AWS. */
  readonly demo?: boolean
  readonly env: NodeJS.ProcessEnv
  /** Starts the Demo's process; given by the door, which knows how processes are started there. */
  readonly spawnDemo: () => Promise<DemoProcess>
  /** The process's: every environment gets the same. */
  readonly budgets: Budgets
  /** The usual spans where absent. */
  readonly timing?: Timing
  /** Asks for the code of a second factor; absent: nobody can be asked. */
  readonly askCode?: AskCode
  /** Shared by the environments that are opened with the same `env`. */
  readonly renewals?: Renewals
  /** Takes entries for the diagnostic log; absent: there is none. */
  readonly diagnose?: Diagnose
}

/** Puts something around an environment's service before it is used. */
type Wrap = (service: EnvironmentService) => EnvironmentService

/** Opens an environment. Rejects with `region-missing`, `profile-unknown`, `simulator-failed`, … */
export async function openEnvironment(options: EnvironmentOptions, wrap: Wrap = asItIs): Promise<Environment> {
  const { env, profile, region, endpointUrl, askCode, renewals, budgets, diagnose } = options
  if (options.demo === true) return openDemo(options, wrap)
  const service = await openAccount({
    env,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(askCode === undefined ? {} : { askCode }),
    ...(renewals === undefined ? {} : { renewals }),
    ...(diagnose === undefined ? {} : { diagnose }),
  })
  const environment = createEnvironment({
    name: profile ?? ambientProfile(env).name,
    isDemo: false,
    service: wrap(service),
    budgets,
    ...timingOf(options),
  })
  // A login in another terminal is what waiting sessions wait for.
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
  // The next Demo has another endpoint and other credentials: this environment is of no use any more.
  void demo.ended?.then((how) => {
    if (!isClosed) life.abort(demoEnded(how))
  })
  // No AWS variables and no files: nothing of the user's real account may reach the Demo.
  const { diagnose } = options
  const service = await openAccount({ endpointUrl, region, credentials: () => controls.keys, env: {}, diagnose })
  const environment = createEnvironment({
    name: DEMO_NAME,
    isDemo: true,
    service: wrap(service),
    budgets: options.budgets,
    life: life.signal,
    ...timingOf(options),
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

function timingOf({ timing }: EnvironmentOptions): { readonly timing?: Timing } {
  return timing === undefined ? {} : { timing }
}
