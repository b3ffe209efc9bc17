// The sessions of one environment for `culvert sessions`: pages of AWS as rows, with what the ledger of this installation knows.
//
// A page that AWS throttles, or that fails in a way that passes, is asked for again after a pause, which stderr tells; five failures in
// a row are the end. Without a ledger no session is known as left over, and everything else works.

import { stat } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { asAppError } from '../../../shared/errors'
import type { AccountSession, SessionFilters, SessionPlace } from '../../../shared/model/accountsession'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { ListedSession, SessionQuery } from '../../../shared/sessionlisting'
import { Canceling } from '../../core/accountsessions/canceling'
import { isAuthorizedIn, passes, pendingRow } from '../../core/accountsessions/pending'
import { rowOf } from '../../core/accountsessions/row'
import type { OwnRecords } from '../../core/accountsessions/holder'
import type { SessionSources } from '../../core/accountsessions/sources'
import { Trouble } from '../../core/accountsessions/trouble'
import type { Environment } from '../../core/environments/environment'
import { openLedger, type Ledger } from '../../core/ledger/ledger'
import type { Arguments } from '../arguments'
import { environmentRefOf } from '../context'

const MAX_FAILURES = 5

/** What loading needs. */
export interface LoadOptions {
  readonly environment: Environment
  readonly args: Arguments
  /** Where the ledger is. */
  readonly dataDirectory: string
  readonly signal: AbortSignal
  /** Gets a sentence for stderr. */
  readonly tell: (text: string) => void
  /** Waits; for tests. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** The sessions of an environment. Dispose it to close the ledger. */
export interface KnownSessions extends AsyncDisposable {
  readonly ref: EnvironmentRef
  readonly sources: SessionSources
  /** The ARN of this identity; undefined: AWS does not say. */
  readonly identity: string | undefined
  /** Reads every page of a query. Rejects as the calls do. */
  pages(query: SessionQuery, take: (sessions: readonly ListedSession[]) => void): Promise<void>
  /** The rows of authorizations of this environment that are pending and pass the filters. */
  pending(filters: SessionFilters): AccountSession[]
  /** Makes the row of a session. */
  row(session: ListedSession): AccountSession
}

const noRecords: OwnRecords = {
  installation: '',
  bySession: () => undefined,
  byId: () => undefined,
  authorizations: () => [],
  onChange: () => () => undefined,
  refresh: () => Promise.resolve(),
}

/** Reads the ledger. Undefined where there is no data directory, which is not made for this, or it cannot be read: that is told. */
async function ledgerOf({ dataDirectory: directory, tell }: LoadOptions): Promise<Ledger | undefined> {
  const isThere = await stat(directory).then(
    () => true,
    () => false,
  )
  if (!isThere) return undefined
  try {
    const ledger = await openLedger({ directory, door: 'command' })
    await ledger.read()
    if (ledger.problem !== undefined) tell(ledger.problem)
    return ledger
  } catch (error) {
    tell(`${asAppError(error).message} No session is known as left over.`)
    return undefined
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal })
}

/** Opens the sessions of an environment: asks for the identity, the names of instances and the ledger. Rejects with the signal's reason only. */
export async function openKnown(options: LoadOptions): Promise<KnownSessions> {
  const { environment, args, signal, tell } = options
  const [ledger, identity, instances] = await Promise.all([
    ledgerOf(options),
    environment.identity(signal).catch(() => undefined),
    environment.listInstances(signal).catch(() => undefined),
  ])
  signal.throwIfAborted()
  const { name, region } = environment
  const ref = environmentRefOf(args, environment)
  const place: SessionPlace = { ref, name, region }
  const records = ledger ?? noRecords
  const names = new Map((instances?.instances ?? []).map((instance) => [instance.id, instance.name]))
  const sources: SessionSources = {
    environment: () => Promise.resolve(environment),
    nameOf: () => name,
    instancesOf: () => instances?.instances,
    records,
    carried: () => new Map(),
    canceling: new Canceling(),
    now: () => Date.now(),
  }
  return {
    ref,
    sources,
    identity: identity?.arn,
    pending: (filters) =>
      records
        .authorizations()
        .filter((record) => isAuthorizedIn(record, place, identity?.arn) && passes(record, filters))
        .map((record) => pendingRow(record, place)),
    row: (session) =>
      rowOf(session, {
        place,
        records,
        identity: identity?.arn,
        nameOf: (target) => names.get(target),
        carrierOf: () => undefined,
        isCanceling: (id) => sources.canceling.has(id),
        share: (text) => text,
        nowAt: Date.now(),
      }),
    pages: (query, take) => everyPage(query, take, { environment, signal, tell, pause: options.pause ?? pause }),
    [Symbol.asyncDispose]: async () => {
      await ledger?.close()
    },
  }
}

async function everyPage(
  query: SessionQuery,
  take: (sessions: readonly ListedSession[]) => void,
  means: Required<Pick<LoadOptions, 'environment' | 'signal' | 'tell' | 'pause'>>,
): Promise<void> {
  const { environment, signal, tell } = means
  const pages = environment.sessions(query)
  const trouble = new Trouble()
  let failures = 0
  while (!pages.isDone) {
    try {
      const page = await pages.next(signal)
      trouble.passed()
      failures = 0
      take(page)
    } catch (error) {
      signal.throwIfAborted()
      trouble.failed(asAppError(error), Date.now())
      failures += 1
      if (trouble.isFinal || failures === MAX_FAILURES) throw error
      const waitMs = Math.max(0, (trouble.known?.retryAt ?? 0) - Date.now())
      tell(`${asAppError(error).message} Asking again in ${String(Math.ceil(waitMs / 1_000))} s.`)
      await means.pause(waitMs, signal)
    }
  }
}

/** Reads the time span of `--since`: `30m`, `2h`, `7d`. Throws `usage`. */
export function sinceMs(args: Arguments): number | undefined {
  const text = args.value('since')
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  const unitMs = unit === 'm' ? 60_000 : unit === 'h' ? 3_600_000 : 86_400_000
  const ms = Number(count) * unitMs
  if (!(ms > 0) || ms > 30 * 86_400_000)
    throw args.usage(`--since takes a time such as 30m, 2h or 7d, up to 30d, not "${text}"`)
  return ms
}
