// The handler of each request. Every request is checked by its schema here before it reaches the product.

import type * as z from 'zod'
import {
  isRequestName,
  requests,
  type RequestName,
  type RequestParameters,
  type Responses,
} from '../../shared/api/requests'
import { parts, type Parts } from '../../shared/schemas'
import { AppError, toWireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { Settings } from '../../shared/settings'
import type { Containers } from './containers/containers'
import { containerHandlers } from './containerroutes'
import { drainHandlers } from './drainroutes'
import type { Drains } from './drains/drains'
import type { Ephemerals } from './ephemeral/ephemerals'
import { ephemeralHandlers } from './ephemeralroutes'
import type { Doctor } from './doctor/running'
import type { DemoControls } from './environments/demo'
import type { Environments } from './environments/environments'
import type { Forwards } from './forwards/forwards'
import { awsDocument } from './sessions/request/awsdocuments'
import { findFreePort } from './tunnels/freeport'
import type { Notices } from './notices'
import type { Questions } from './questions'
import { Logins, type LogIn } from './logins'
import type { ShownEnvironment } from './shown'
import type { AccountSessions } from './accountsessions/accountsessions'
import { sessionHandlers } from './sessionroutes'
import { recordingHandlers } from './recordingroutes'
import type { Recordings } from './recordings/recordings'
import type { Journal } from './store/journal'
import type { SavedTargets } from './targets/targets'
import { terminalHandlers } from './terminalroutes'
import type { Terminals } from './terminals/terminals'

/** The parts of the product that handlers use. */
export interface Product {
  readonly environments: Environments
  readonly shown: ShownEnvironment
  readonly forwards: Forwards
  readonly targets: SavedTargets
  readonly terminals: Terminals
  readonly recordings: Recordings
  readonly drains: Drains
  readonly journal: Journal
  readonly notices: Notices
  readonly questions: Questions
  /** Logs in to a profile's IAM Identity Center. */
  readonly logIn: LogIn
  readonly doctor: Doctor
  readonly accountSessions: AccountSessions
  readonly containers: Containers
  readonly ephemerals: Ephemerals
  /** Never rejects: files that cannot be read are a notice. */
  refreshProfiles(): Promise<void>
  /** Shows an environment and saves the choice. The snapshot tells its progress; a failed save is a notice. */
  selectEnvironment(ref: EnvironmentRef): Promise<void>
  /** Rejects with `usage` and `data-directory`, and changes nothing then. */
  saveSettings(change: Partial<Settings>): Promise<void>
}

/** A handler for each request. `windowId` is the id of the window that asks. */
export type Handlers = {
  readonly [N in RequestName]: (
    parameters: RequestParameters<N>,
    windowId: string,
  ) => Promise<Responses[N]> | Responses[N]
}

/** The map of requests, typed so that the schema of a name yields the parameters of its handler. Checked here once for all names. */
const asked: {
  readonly [N in RequestName]: { readonly parameters: (from: Parts) => z.ZodType<RequestParameters<N>> }
} = requests

/** Checks the parameters of a request. Throws `usage` where its schema refuses them. */
function parse<N extends RequestName>(name: N, parameters: unknown): RequestParameters<N> {
  const result = asked[name].parameters(parts).safeParse(parameters)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  const why = `${where}${issue?.message ?? 'malformed'}`
  throw new AppError('usage', `The request ${name} was refused (${why}). Check what was entered.`)
}

/** Requests by which a person starts or retries something: dismissed questions may come again. */
const TRIES: ReadonlySet<string> = new Set<RequestName>([
  'environment.select',
  'environment.accept',
  'login.begin',
  'instances.refresh',
  'containers.refresh',
  'forward.start',
  'forward.retry',
  'forward.check',
  'terminal.open',
  'terminal.restart',
  'ephemeral.open',
  'ephemeral.derive',
  'terminal.retry',
  'doctor.run',
  'sessions.open',
])

/** Answers a request by its name. Rejects with `usage` for an unknown name and for refused parameters. */
type Answer = (name: string, parameters: unknown, windowId: string) => Promise<unknown>

/** Makes the function that answers requests. */
export function answerRequests(product: Product): Answer {
  const handlers = makeHandlers(product)
  const run = async <N extends RequestName>(name: N, parameters: unknown, windowId: string): Promise<Responses[N]> =>
    handlers[name](parse(name, parameters), windowId)
  return async (name, parameters, windowId) => {
    if (!isRequestName(name)) throw new AppError('usage', `There is no request ${JSON.stringify(name.slice(0, 100))}.`)
    if (TRIES.has(name)) product.questions.rearm()
    return run(name, parameters, windowId)
  }
}

// GetDocument answers within a second.
const READ_MS = 20_000

const DEMO = { kind: 'environment', name: 'Demo' } as const

/** The journal's texts for outages of the Demo. */
const outageTexts = {
  cut: 'had its connections cut, to try an outage.',
  network: 'has no network for a minute, to try an outage.',
  keys: 'had its keys expire, to try an outage.',
} as const

/** The controls of the Demo. Throws `usage` where another environment is shown: outages are for the Demo only. */
async function shownDemo({ shown, environments }: Product): Promise<DemoControls> {
  const { ref } = shown.view
  const demo = ref.kind === 'demo' ? (await environments.get(ref)).demo : undefined
  if (demo === undefined) throw new AppError('usage', 'An outage can be tried in the Demo only. Show the Demo first.')
  return demo
}

function makeHandlers(product: Product): Handlers {
  const { environments, shown, forwards, targets, journal, notices, questions, doctor } = product
  const logins = new Logins(product)
  return {
    ...sessionHandlers(product.accountSessions, shown),
    ...containerHandlers(product.containers),
    ...drainHandlers(product.drains),
    ...ephemeralHandlers(product),
    ...recordingHandlers(product),
    ...terminalHandlers(product),
    'environment.select': async ({ environment }) => {
      await product.selectEnvironment(environment)
      return null
    },
    'environment.refresh': async () => {
      await product.refreshProfiles()
      return null
    },
    'environment.accept': async ({ profile }) => {
      await shown.takeProfile(profile)
      // The other regions of these keys wait as well.
      environments.wake()
      return null
    },
    'login.begin': async ({ profile, isDevice }) => {
      await logins.begin(profile, isDevice)
      return null
    },
    'demo.outage': async ({ kind }) => {
      await (await shownDemo(product)).begin(kind)
      journal.add({ tone: 'idle', subject: DEMO, text: outageTexts[kind] })
      return null
    },
    'demo.recover': async () => {
      await (await shownDemo(product)).recover()
      return null
    },
    'document.read': async ({ name, environment = shown.view.ref }) => {
      try {
        const known = awsDocument(name)
        if (known !== undefined) return { document: known }
        const { sessionDocument } = await environments.get(environment)
        return { document: await sessionDocument(name, AbortSignal.timeout(READ_MS)) }
      } catch (error) {
        return { error: toWireError(error) }
      }
    },
    'instances.refresh': async () => {
      await shown.refresh()
      return null
    },
    'forward.create': async (fields) => ({ forwardId: await forwards.create(shown.view.ref, fields) }),
    'forward.update': async ({ forwardId, ...fields }) => {
      await forwards.update(forwardId, fields)
      return null
    },
    'forward.delete': async ({ forwardId }) => {
      await forwards.delete(forwardId)
      return null
    },
    'forward.start': ({ forwardId }) => {
      forwards.start(forwardId)
      return null
    },
    'forward.stop': async ({ forwardId }) => {
      await forwards.stop(forwardId)
      return null
    },
    'forward.retry': ({ forwardId }) => {
      forwards.retry(forwardId)
      return null
    },
    'forward.acknowledge': ({ forwardId }) => {
      forwards.acknowledge(forwardId)
      return null
    },
    'forward.check': async ({ forwardId }) => ({ legs: await forwards.check(forwardId) }),
    'target.create': async ({ environment = shown.view.ref, ...fields }) => ({
      targetId: await targets.create(environment, fields),
    }),
    'target.update': async ({ targetId, ...fields }) => {
      await targets.update(targetId, fields)
      return null
    },
    'target.delete': async ({ targetId }) => {
      await targets.delete(targetId)
      return null
    },
    'port.suggest': async ({ from }) => ({
      localPort: await findFreePort(
        from,
        forwards.views.map(({ localPort }) => localPort),
      ),
    }),
    'doctor.run': ({ environment = shown.view.ref, ...wanted }) => ({ runId: doctor.run(environment, wanted) }),
    'doctor.stop': ({ runId }) => {
      doctor.stop(runId)
      return null
    },
    'journal.list': (query) => journal.list(query),
    'settings.set': async (change) => {
      await product.saveSettings(change)
      return null
    },
    'notice.dismiss': ({ noticeId }) => {
      notices.dismiss(noticeId)
      return null
    },
    'question.answer': ({ questionId, text }) => {
      questions.answer(questionId, text)
      // Deferred: by then the look-up of credentials has the answer, and retries that wait for the login join it.
      setImmediate(() => environments.wake())
      return null
    },
    'question.dismiss': ({ questionId }) => {
      questions.dismiss(questionId)
      return null
    },
  }
}
