// What the tests of this room share: an account whose sessions a test decides, over a real environment, and a clock that a test moves.

import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { ListedSession, SessionPages, SessionQuery } from '../../../shared/sessionlisting'
import { createEnvironment, type Environment } from '../environments/environment'
import type { LedgerRecord } from '../ledger/record'
import { processBudgets } from '../tunnels/budgets'
import { Canceling } from './canceling'
import { hasEnded } from './row'
import type { Carried, SessionSources } from './sources'

/** The person of these tests, and another one. */
export const ann = 'arn:aws:sts::111122223333:assumed-role/ops/ann'
export const bob = 'arn:aws:iam::111122223333:user/bob'

/** This installation, as marks have it. */
export const installation = '0a1b2c3d4e5f'

/** An hour of these tests, in ms. */
export const HOUR_MS = 3_600_000

/** A session of the account that is open. */
export function session(sessionId: string, more: Partial<ListedSession> = {}): ListedSession {
  return { sessionId, status: 'Connected', owner: bob, target: 'i-1', reason: '', startAt: 1_000_000, ...more }
}

/** A record of this installation. */
export function record(more: Partial<LedgerRecord> = {}): LedgerRecord {
  return {
    id: '00aa11bb22cc',
    installation,
    pid: 1,
    isAlive: true,
    environment: { kind: 'aws', profile: 'ops' },
    environmentName: 'ops',
    region: 'eu-west-1',
    target: 'i-1',
    type: 'port',
    startedAt: 1_000_000,
    states: [{ state: 'active', startAt: 1_001_000 }],
    ...more,
  }
}

/** An account as AWS would list it. */
export class TestAccount {
  /** Its sessions, by id. */
  readonly sessions = new Map<string, ListedSession>()
  /** Every page that was asked for. */
  readonly asked: SessionQuery[] = []
  readonly terminated: string[] = []
  pageSize = 2
  /** What AWS answers with while it is set. */
  failure: AppError | undefined
  /** What STS answers with while it is set. */
  identityFailure: AppError | undefined
  /** The number of the one page that is throttled, from 1. */
  failAt: number | undefined
  instances: readonly Instance[] = []
  readonly environment: Environment

  constructor(name = 'ops', arn = ann) {
    this.environment = createEnvironment({
      name,
      isDemo: false,
      budgets: processBudgets(),
      service: serviceOf({
        identity: () =>
          this.identityFailure === undefined
            ? Promise.resolve({ accountId: '111122223333', arn })
            : Promise.reject(this.identityFailure),
        preferences: () => Promise.resolve({ idleTimeoutMs: 1_200_000, isRead: true, logs: { bucket: 'logs' } }),
        listInstances: () => Promise.resolve({ instances: [...this.instances], notices: [] }),
        sessions: (query) => this.#pages(query),
        terminateSession: (sessionId) => {
          if (this.failure !== undefined) return Promise.reject(this.failure)
          this.terminated.push(sessionId)
          return Promise.resolve()
        },
      }),
    })
  }

  add(...sessions: readonly ListedSession[]): void {
    for (const one of sessions) this.sessions.set(one.sessionId, one)
  }

  #pages(query: SessionQuery): SessionPages {
    const found = [...this.sessions.values()].filter(
      (one) =>
        hasEnded(one) === (query.state === 'History') &&
        (query.owner === undefined || one.owner === query.owner) &&
        (query.target === undefined || one.target === query.target) &&
        (query.status === undefined || one.status === query.status) &&
        (query.sessionId === undefined || one.sessionId === query.sessionId) &&
        (one.startAt ?? 0) >= (query.startedSince ?? 0) &&
        (one.startAt ?? 0) < (query.startedBefore ?? Infinity),
    )
    const pages = Array.from({ length: Math.max(1, Math.ceil(found.length / this.pageSize)) }, (_, index) =>
      found.slice(index * this.pageSize, (index + 1) * this.pageSize),
    )
    return {
      get isDone() {
        return pages.length === 0
      },
      next: () => {
        this.asked.push(query)
        if (this.asked.length === this.failAt) return Promise.reject(new AppError('throttled', 'Slower.'))
        if (this.failure !== undefined) return Promise.reject(this.failure)
        return Promise.resolve(pages.shift() ?? [])
      },
    }
  }
}

/** What lists read, of accounts that a test decides. */
export interface TestSources extends SessionSources {
  readonly accounts: Map<string, TestAccount>
  readonly records: SessionSources['records'] & { readonly all: LedgerRecord[]; tell(recordId: string): void }
  readonly carriedNow: Map<string, Carried>
  nowAt: number
}

/** Makes them, with the account of the profile "ops". */
export function testSources(): TestSources {
  const accounts = new Map([['ops', new TestAccount()]])
  const all: LedgerRecord[] = []
  const listeners = new Set<(recordId: string) => void>()
  const carriedNow = new Map<string, Carried>()
  const nameOf = (ref: EnvironmentRef): string => (ref.kind === 'demo' ? 'Demo' : (ref.profile ?? 'default'))
  const sources: TestSources = {
    accounts,
    carriedNow,
    nowAt: 100 * HOUR_MS,
    environment: (ref) => {
      const account = accounts.get(nameOf(ref))
      return account === undefined
        ? Promise.reject(new AppError('profile-unknown', `There is no profile ${nameOf(ref)}.`))
        : Promise.resolve(account.environment)
    },
    nameOf,
    instancesOf: () => undefined,
    records: {
      all,
      installation,
      bySession: (sessionId) => all.find((one) => one.sessionId === sessionId),
      byId: (id) => all.find((one) => one.id === id),
      authorizations: () => all.filter(({ authorizedBy, sessionId }) => authorizedBy && sessionId === undefined),
      onChange: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      refresh: () => Promise.resolve(),
      tell: (recordId) => {
        for (const listener of listeners) listener(recordId)
      },
    },
    carried: () => carriedNow,
    canceling: new Canceling(),
    now: () => sources.nowAt,
  }
  return sources
}
