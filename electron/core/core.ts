// The composition root: puts AWS (or the Demo) under an environment, and an environment under a window.
//
// The only file of core that imports aws. Owns what it opens; disposing ends sessions first and the environment last.

import type * as z from 'zod'
import { requestSchemas, type EventName, type Events, type RequestName, type Responses } from '../../shared/api'
import { AppError } from '../../shared/errors'
import type { Identity, Snapshot } from '../../shared/model'
import { openAccount } from '../aws/account'
import { createEnvironment, type Environment } from './environment'
import { OpenForwards } from './openforwards'
import { Terminals } from './terminals'

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
}

/** Opens an environment. Rejects with `region-missing`, `profile-unknown`, `simulator-failed`, … */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { env, profile, region, endpointUrl } = options
  if (options.demo === true) return openDemo(options)
  const service = await openAccount({
    env,
    ...(profile === undefined ? {} : { profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
  })
  return createEnvironment({ name: profile ?? env['AWS_PROFILE'] ?? 'default', isDemo: false, service })
}

async function openDemo(options: EnvironmentOptions): Promise<Environment> {
  const demo = await options.spawnDemo()
  const { endpointUrl, region, credentials } = demo
  // No AWS variables and no files: nothing of the user's real account may reach the Demo.
  const service = await openAccount({ endpointUrl, region, credentials, env: {} })
  const environment = createEnvironment({ name: DEMO_NAME, isDemo: true, service })
  return {
    ...environment,
    [Symbol.asyncDispose]: async () => {
      await environment[Symbol.asyncDispose]()
      await demo[Symbol.asyncDispose]()
    },
  }
}

type EventListener = <N extends EventName>(name: N, event: Events[N]) => void

/** The product behind a window. */
export interface Core extends AsyncDisposable {
  /** Answers a request by name. Rejects with `usage` for what no schema allows, and with the codes of what it does. */
  handle(name: string, parameters: unknown): Promise<unknown>
  /** Subscribes to all events; returns the unsubscribe. */
  subscribe(listener: EventListener): () => void
}

type Route = (parameters: unknown) => Promise<unknown>

// Checks the parameters, then runs: no request reaches the product unparsed.
function route<S extends z.ZodType, N extends RequestName>(
  name: N,
  schema: S,
  run: (parameters: z.infer<S>) => Promise<Responses[N]>,
): Route {
  return (parameters) => {
    const result = schema.safeParse(parameters)
    if (result.success) return run(result.data)
    const [issue] = result.error.issues
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
    const why = `${where}${issue?.message ?? 'malformed'}`
    return Promise.reject(new AppError('usage', `The request ${name} was refused (${why}). Check what was entered.`))
  }
}

/** Opens an environment and serves windows on it. Rejects as `openEnvironment` does. */
export async function createCore(options: EnvironmentOptions): Promise<Core> {
  const environment = await openEnvironment(options)
  const life = new AbortController()
  const listeners = new Set<EventListener>()
  let identity: Identity | undefined

  const emit: EventListener = (name, event) => {
    for (const listener of listeners) listener(name, event)
  }
  const changed = (): void => emit('snapshot', snapshot())
  const forwards = new OpenForwards(environment, changed)
  const terminals = new Terminals(environment, {
    changed,
    output: (terminalId, offset, bytes) =>
      emit('terminal.output', { terminalId, offset, base64: bytes.toString('base64') }),
  })
  const snapshot = (): Snapshot => ({
    environment: {
      name: environment.name,
      region: environment.region,
      isDemo: environment.isDemo,
      ...(identity === undefined ? {} : { identity }),
    },
    forwards: forwards.views,
    terminals: terminals.views,
  })
  // Shown when it is known; a caller that may not ask for it loses nothing else.
  environment.identity(life.signal).then(
    (found) => {
      identity = found
      changed()
    },
    () => undefined,
  )

  const routes: Record<RequestName, Route> = {
    'instances.list': route('instances.list', requestSchemas['instances.list'], async () => {
      const { instances } = await environment.listInstances(life.signal)
      return instances
    }),
    'snapshot.get': route('snapshot.get', requestSchemas['snapshot.get'], () => Promise.resolve(snapshot())),
    'terminal.open': route('terminal.open', requestSchemas['terminal.open'], async ({ instanceId, cols, rows }) => ({
      terminalId: await terminals.open(instanceId, { cols, rows }),
    })),
    'terminal.write': route('terminal.write', requestSchemas['terminal.write'], async ({ terminalId, text }) => {
      await terminals.write(terminalId, text)
      return null
    }),
    'terminal.resize': route('terminal.resize', requestSchemas['terminal.resize'], ({ terminalId, cols, rows }) => {
      terminals.resize(terminalId, { cols, rows })
      return Promise.resolve(null)
    }),
    'terminal.replay': route('terminal.replay', requestSchemas['terminal.replay'], ({ terminalId, fromOffset }) => {
      const { startOffset, bytes } = terminals.replay(terminalId, fromOffset)
      return Promise.resolve({ startOffset, base64: bytes.toString('base64') })
    }),
    'terminal.close': route('terminal.close', requestSchemas['terminal.close'], async ({ terminalId }) => {
      await terminals.close(terminalId)
      return null
    }),
    'forward.open': route('forward.open', requestSchemas['forward.open'], (request) => forwards.open(request)),
    'forward.close': route('forward.close', requestSchemas['forward.close'], async ({ forwardId }) => {
      await forwards.close(forwardId)
      return null
    }),
  }

  return {
    handle: async (name, parameters) => {
      const known = Object.entries(routes).find(([candidate]) => candidate === name)
      if (known === undefined) throw new AppError('usage', `There is no request ${JSON.stringify(name)}.`)
      return known[1](parameters)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([forwards[Symbol.asyncDispose](), terminals[Symbol.asyncDispose]()])
      life.abort(new AppError('session-ended', 'Culvert is closing.'))
      await environment[Symbol.asyncDispose]()
    },
  }
}
