// Answers `culvert up NAME`, `culvert down NAME`, `culvert credentials` and `culvert authorize`, which come through the socket of the data directory.

import * as z from 'zod'
import { AppError, asError, fromWireError } from '../../shared/errors'
import type { ForwardView } from '../../shared/model/forward'
import { troubleWords } from '../../shared/status'
import type { Authorizer } from './authorizations/authorizer'
import { authorizeFor, authorizeRequest, revokeRequest, type AuthorizedAnswer } from './authorizations/control'
import type { Environments } from './environments/environments'
import type { Forwards } from './forwards/forwards'
import { handOverRequest, takeHandedKeys, type HandOverAnswer } from './handed'
import type { Publisher } from './publisher'
import type { Journal } from './store/journal'

/** `culvert up` gets its answer within this time, also where the forward is not up yet. */
export const CONTROL_WAIT_MS = 30_000

const controlRequest = z.union([
  z.strictObject({ forward: z.enum(['up', 'down']), name: z.string().min(1).max(10_000) }),
  handOverRequest,
  authorizeRequest,
  revokeRequest,
])

/** The answer of `up`. */
interface UpAnswer {
  readonly name: string
  readonly localPort: number
  /** The trouble of a forward that is up: "destination refuses since 14:02". Absent: there is none. */
  readonly trouble?: string
}

/**
 * Answers one request: `{forward: 'up', name}` with the name and local port once it is up, `{forward: 'down', name}` with null
 * once its port is free, `{credentials, environment}` once the keys are in use, `{authorize}` with the token, `{revoke}` with whether there was such an authorization. Rejects with `usage`, `unknown-forward`, the error of a
 * failed forward, `timeout` after `waitMs`, the refusal of keys, and the reason of `signal`.
 */
export async function answerControl(
  request: unknown,
  product: {
    readonly forwards: Forwards
    readonly publisher: Publisher
    readonly environments: Environments
    readonly journal: Pick<Journal, 'add'>
    readonly authorizer: Authorizer
  },
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<UpAnswer | HandOverAnswer | AuthorizedAnswer | boolean | null> {
  signal.throwIfAborted()
  const parsed = controlRequest.safeParse(request)
  if (!parsed.success)
    throw new AppError('usage', 'The running Culvert does not understand this. Use the same version.')
  if ('credentials' in parsed.data) return handedOver(parsed.data, product, signal)
  if ('authorize' in parsed.data) return authorizeFor(parsed.data, product, signal)
  if ('revoke' in parsed.data) return product.authorizer.revoke(parsed.data.revoke)
  const { forward: wish, name } = parsed.data
  const { forwards, publisher } = product
  const { id } = forwards.find(name).forward
  if (wish === 'down') {
    await forwards.stop(id)
    return null
  }
  forwards.start(id)
  return settled(id, publisher, { waitMs, signal })
}

/** Gives keys to an environment, tells the journal, and lets everything that waits for them try again. */
async function handedOver(
  { credentials, environment }: z.infer<typeof handOverRequest>,
  { environments, journal }: { readonly environments: Environments; readonly journal: Pick<Journal, 'add'> },
  signal: AbortSignal,
): Promise<HandOverAnswer> {
  const answer = await takeHandedKeys(credentials, { open: environments.open, environment, signal })
  const { environment: name, arn, risk } = answer
  const more = risk === undefined ? '' : ` ${risk}`
  const text = `was given new credentials, of ${arn}.${more}`
  journal.add({ tone: 'up', subject: { kind: 'environment', name }, text })
  environments.wake()
  return answer
}

/** Resolves once the forward is up. */
function settled(
  id: string,
  publisher: Publisher,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<UpAnswer> {
  return new Promise((resolve, reject) => {
    let last: ForwardView | undefined
    const done = (act: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      // The first event comes while `subscribe` runs, before it has returned `unsubscribe`.
      queueMicrotask(() => unsubscribe())
      act()
    }
    const abort = (): void => done(() => reject(asError(signal.reason)))
    signal.addEventListener('abort', abort)
    const timer = setTimeout(() => {
      const state = last?.state.kind ?? 'off'
      const why = last !== undefined && 'cause' in last.state ? ` ${last.state.cause.message}` : ''
      done(() => reject(new AppError('timeout', `It is not up yet (${state}); Culvert goes on trying.${why}`)))
    }, waitMs)
    const look = (): void => {
      last = publisher.state.forwards.find(({ forward }) => forward.id === id)
      if (last === undefined) {
        done(() => reject(new AppError('unknown-forward', 'The forward was deleted meanwhile.')))
        return
      }
      const { state, forward, localPort, isOn } = last
      const trouble = troubleWords(last)
      const answer = { name: forward.name, localPort, ...(trouble === undefined ? {} : { trouble }) }
      if (state.kind === 'up') done(() => resolve(answer))
      else if (state.kind === 'failed') done(() => reject(fromWireError(state.error)))
      else if (!isOn) done(() => reject(new AppError('session-ended', 'It was turned off meanwhile.')))
    }
    const unsubscribe = publisher.subscribe((event) => {
      if (event === 'snapshot' || event === 'snapshot.patch') look()
    })
  })
}
