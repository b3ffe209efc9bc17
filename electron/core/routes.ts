// What each request does. Every request is checked by its schema here, before anything of the product sees it.

import type * as z from 'zod'
import {
  isRequestName,
  requests,
  type RequestName,
  type RequestParameters,
  type Responses,
} from '../../shared/api/requests'
import { parts, type Parts } from '../../shared/schemas'
import { AppError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { Settings } from '../../shared/settings'
import type { DemoControls } from './environments/demo'
import { environmentKey, type Environments } from './environments/environments'
import type { Forwards } from './forwards/forwards'
import { findFreePort } from './tunnels/freeport'
import type { Notices } from './notices'
import type { Questions } from './questions'
import type { ShownEnvironment } from './shown'
import type { Journal } from './store/journal'
import type { Terminals } from './terminals/terminals'

/** The parts of the product that requests reach. */
export interface Product {
  readonly environments: Environments
  readonly shown: ShownEnvironment
  readonly forwards: Forwards
  readonly terminals: Terminals
  readonly journal: Journal
  readonly notices: Notices
  readonly questions: Questions
  /** Never rejects: files that cannot be read are a notice. */
  refreshProfiles(): Promise<void>
  /** Shows an environment, and remembers it where that can be written. Its progress is told by the snapshot. */
  selectEnvironment(ref: EnvironmentRef): Promise<void>
  /** Rejects with `usage` and `data-directory`; then nothing has changed. */
  saveSettings(change: Partial<Settings>): Promise<void>
}

/** What does each request, by its name. `windowId` is the asking window's. */
type Handlers = {
  readonly [N in RequestName]: (
    parameters: RequestParameters<N>,
    windowId: string,
  ) => Promise<Responses[N]> | Responses[N]
}

/** The map of requests as a schema for each name: said once for all of them, so that a name's schema fits its handler. */
const asked: {
  readonly [N in RequestName]: { readonly parameters: (from: Parts) => z.ZodType<RequestParameters<N>> }
} = requests

/** The parameters of a request, checked. Throws `usage` for what its schema does not allow. */
function parse<N extends RequestName>(name: N, parameters: unknown): RequestParameters<N> {
  const result = asked[name].parameters(parts).safeParse(parameters)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
  const why = `${where}${issue?.message ?? 'malformed'}`
  throw new AppError('usage', `The request ${name} was refused (${why}). Check what was entered.`)
}

/** Requests by which a person wants something tried. */
const TRIES: ReadonlySet<string> = new Set<RequestName>([
  'environment.select',
  'instances.refresh',
  'forward.start',
  'forward.retry',
  'forward.check',
  'terminal.open',
  'terminal.restart',
  'terminal.retry',
])

/** Answers a request of a window by its name. Rejects with `usage` for what no schema allows. */
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

const DEMO = { kind: 'environment', name: 'Demo' } as const

/** What was done to the Demo, as lines of the journal. */
const outageTexts = {
  cut: 'had its connections cut, to try an outage.',
  network: 'has no network for a minute, to try an outage.',
  keys: 'had its keys expire, to try an outage.',
} as const

/** The controls of the Demo, where that is shown: outages are never tried on what is real. */
async function shownDemo({ shown, environments }: Product): Promise<DemoControls> {
  const { ref } = shown.view
  const demo = ref.kind === 'demo' ? (await environments.get(ref)).demo : undefined
  if (demo === undefined) throw new AppError('usage', 'An outage can be tried in the Demo only. Show the Demo first.')
  return demo
}

function makeHandlers(product: Product): Handlers {
  const { environments, shown, forwards, terminals, journal, notices, questions } = product
  return {
    'environment.select': async ({ environment }) => {
      await product.selectEnvironment(environment)
      return null
    },
    'environment.refresh': async () => {
      await product.refreshProfiles()
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
    'port.suggest': async ({ from }) => ({
      localPort: await findFreePort(
        from,
        forwards.views.map(({ localPort }) => localPort),
      ),
    }),
    'terminal.open': (wanted, windowId) => {
      const { instanceId, environment = shown.view.ref, instanceName = '', ...size } = wanted
      const isShown = environmentKey(environment) === environmentKey(shown.view.ref)
      // An id of one account may be listed in another one too, as a hybrid node's is.
      const name = (isShown ? shown.find(instanceId)?.name : undefined) ?? instanceName
      const place = {
        ref: environment,
        environmentName: isShown ? shown.view.name : environments.nameOf(environment),
        environment: () => environments.get(environment),
        instance: { id: instanceId, name },
      }
      return { terminalId: terminals.open(place, { windowId, size }) }
    },
    'terminal.restart': ({ terminalId, ...size }, windowId) => {
      terminals.restart(terminalId, { windowId, size })
      return null
    },
    'terminal.retry': ({ terminalId }) => {
      terminals.retry(terminalId)
      return null
    },
    'terminal.write': async ({ terminalId, text }) => {
      await terminals.write(terminalId, text)
      return null
    },
    'terminal.resize': ({ terminalId, ...size }, windowId) => {
      terminals.resize(terminalId, { windowId, size })
      return null
    },
    'terminal.hold': ({ terminalId, ...size }, windowId) => terminals.hold(terminalId, { windowId, size }),
    'terminal.answer': async ({ terminalId, ...said }, windowId) => {
      await terminals.answer(terminalId, windowId, said)
      return null
    },
    'terminal.replay': ({ terminalId, fromOffset }) => {
      const { bytes, ...offsets } = terminals.replay(terminalId, fromOffset)
      return { ...offsets, bytes: Uint8Array.from(bytes) }
    },
    'terminal.close': async ({ terminalId }) => {
      await terminals.close(terminalId)
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
      // What waits for the login joins the look-up that has the answer by then.
      setImmediate(() => environments.wake())
      return null
    },
    'question.dismiss': ({ questionId }) => {
      questions.dismiss(questionId)
      return null
    },
  }
}
