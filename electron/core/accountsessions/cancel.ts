// Ends sessions that a person has chosen, each on its own: one that may not be ended does not keep the others.
//
// A forward whose session is ended opens another one, because that is what a forward is for, unless the person turns it off: then it is
// turned off first. Such an end is ours, and the forward does not take it for an administrator's (tunnels/outside.ts).

import { pendingRecordId } from '../../../shared/pendingid'
import { AppError, asAppError, toWireError, type WireError } from '../../../shared/errors'
import type { CancelOutcome, SessionCarrier, SessionPlace } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { unlessAborted } from '../async/aborting'
import { environmentKey } from '../environments/environments'
import type { Environment } from '../environments/environment'
import type { Journal } from '../store/journal'
import { notKeptError } from './pending'
import type { SessionSources } from './sources'

/** TerminateSession is throttled like every call of an account. */
const AT_ONCE = 4
/** With the SDK's own tries. */
const CALL_MS = 30_000
/** Ids that a line of the journal names. */
const MAX_NAMED = 10

/** A session that is to be ended. */
export interface WantedEnd {
  readonly environment: EnvironmentRef
  readonly sessionId: string
}

/** What ending sessions needs. */
export interface CancelMeans extends SessionSources {
  readonly journal: { readonly add: (entry: Parameters<Journal['add']>[0]) => unknown }
  /** Every environment that is open: any of them may carry a session of the account. */
  readonly openEnvironments: () => readonly Environment[]
  /** Turns off a forward. */
  readonly turnOff: (carrier: SessionCarrier) => Promise<void>
  /** Revokes an authorization, and ends its session if there is one. Resolves with false where the running Culvert does not keep it. */
  readonly revoke: (recordId: string) => Promise<boolean>
  /** Aborts the wait for AWS's answers: what was asked may be done all the same. */
  readonly signal: AbortSignal
}

/** Ends sessions; resolves once AWS has answered for each. With `turnOff`, forwards that they carry are turned off first. Never rejects. */
export async function cancelSessions(
  wanted: readonly WantedEnd[],
  turnOff: boolean,
  means: CancelMeans,
): Promise<readonly CancelOutcome[]> {
  const queue = [...wanted.entries()]
  const outcomes: CancelOutcome[] = []
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, one] = next
      outcomes[index] = await cancelOne(one, turnOff, means)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.length) }, work))
  note(outcomes, means.journal)
  return outcomes
}

async function cancelOne(
  { environment: ref, sessionId }: WantedEnd,
  turnOff: boolean,
  means: CancelMeans,
): Promise<CancelOutcome> {
  const { canceling, carried } = means
  const signal = AbortSignal.timeout(CALL_MS)
  let place: SessionPlace = { ref, name: means.nameOf(ref), region: ref.kind === 'aws' ? (ref.region ?? '') : '' }
  const pending = pendingRecordId(sessionId)
  if (pending !== undefined) {
    const error = await revoked(pending, means)
    return { place, sessionId, ...(error === undefined ? {} : { error }) }
  }
  canceling.add(sessionId, means.now())
  const carriers = means.openEnvironments()
  try {
    const environment = await means.environment(ref)
    place = { ...place, name: environment.name, region: environment.region }
    const carrier = carried().get(sessionId)?.carrier
    if (turnOff && carrier !== undefined) await means.turnOff(carrier)
    for (const { ownEnds } of [...carriers, environment]) ownEnds.add(sessionId)
    // Its holder would open another session. The session is ended also where the holder cannot be asked.
    const authorization = means.records.bySession(sessionId)?.authorization
    if (authorization !== undefined) await means.revoke(authorization).catch(() => false)
    try {
      await unlessAborted(environment.cancelSession(sessionId, signal), means.signal)
    } catch (error) {
      throw await namedError(asAppError(error), sessionId, { environment, signal })
    }
    return { place, sessionId }
  } catch (error) {
    canceling.delete(sessionId)
    for (const { ownEnds } of carriers) ownEnds.delete(sessionId)
    return { place, sessionId, error: toWireError(error) }
  }
}

/** Revokes a pending authorization; resolves with the error of one that is not revoked. */
async function revoked(recordId: string, { revoke, records }: CancelMeans): Promise<WireError | undefined> {
  try {
    return (await revoke(recordId)) ? undefined : toWireError(notKeptError(recordId, records))
  } catch (error) {
    return toWireError(error)
  }
}

/** A refusal with the permission that is missing, on the ARN of this very session. Other errors pass. */
async function namedError(
  error: AppError,
  sessionId: string,
  { environment, signal }: { readonly environment: Environment; readonly signal: AbortSignal },
): Promise<AppError> {
  if (error.code !== 'access-denied') return error
  const identity = await environment.identity(signal).catch(() => undefined)
  const partition = identity?.arn.split(':')[1] ?? '*'
  const arn = `arn:${partition}:ssm:${environment.region}:${identity?.accountId ?? '*'}:session/${sessionId}`
  const who = identity === undefined ? 'This identity' : identity.arn
  return new AppError(
    'access-denied',
    `${who} may not end this session: ask for an IAM policy that allows ssm:TerminateSession on ${arn}.`,
    { cause: error },
  )
}

/** Writes what was ended, and what was refused, for each environment. */
function note(outcomes: readonly CancelOutcome[], journal: CancelMeans['journal']): void {
  const places = new Map<string, CancelOutcome[]>()
  for (const outcome of outcomes) {
    const key = environmentKey(outcome.place.ref)
    places.set(key, [...(places.get(key) ?? []), outcome])
  }
  for (const all of places.values()) {
    const [first] = all
    if (first === undefined) continue
    const subject = { kind: 'environment', name: first.place.name } as const
    const ended = all.filter(({ error }) => error === undefined)
    const refused = all.filter(({ error }) => error !== undefined)
    if (ended.length > 0) {
      const text = `was asked to end ${counted(ended.length)}.`
      journal.add({ tone: 'idle', subject, text, facts: { Sessions: named(ended) } })
    }
    const why = refused[0]?.error
    if (why !== undefined) {
      const text = `did not end ${counted(refused.length)}.`
      journal.add({ tone: 'failed', subject, text, error: why, facts: { Sessions: named(refused) } })
    }
  }
}

function counted(count: number): string {
  return count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`
}

function named(outcomes: readonly CancelOutcome[]): string {
  const more = outcomes.length - MAX_NAMED
  const ids = outcomes.slice(0, MAX_NAMED).map(({ sessionId }) => sessionId)
  return more > 0 ? `${ids.join(', ')} and ${more.toLocaleString('en')} more` : ids.join(', ')
}
