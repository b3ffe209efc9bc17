// Opens what the account knows of sessions: the history, generated and real, and the sessions of other people.

import { Dice } from '../faults/dice'
import { TokenBucket } from '../api/throttle'
import type { DescribingOptions } from '../api/describesessions'
import type { Identity } from '../iam/identity'
import type { World } from '../world/world'
import type { Cast } from './generated'
import { makeHistory } from './generated'
import { SessionHistory } from './history'
import { demoOwners } from './owners'
import { OtherPeople } from './people'

const DAY_MS = 86_400_000
const KEPT_DAYS = 30
/** The sessions of other people on the day before the start. */
const DAYS_SESSIONS = 60
const SEED = 20_201

/** The options of the account's sessions. Everything has a default. */
export interface HistoryOptions {
  /** Ended sessions of the last 30 days, generated, the same at every start but for their dates; none by default. */
  readonly sessions?: number
  /** Whether sessions of other people come and go on the service's clock, with a day's history at the start; false by default. */
  readonly hasOtherPeople?: boolean
  /** How long a session that ends is Terminating; 0 by default: it is Terminated at once. */
  readonly terminatingMs?: number
  readonly describing?: DescribingOptions
}

/** What the account knows of sessions that are not the gateway's. Dispose it with the simulator. */
export interface AccountHistory extends Disposable {
  readonly history: SessionHistory
  /** Undefined: only callers of this simulator have sessions. */
  readonly people: OtherPeople | undefined
  /** The owner of a session of the history or of other people. */
  ownerOf(sessionId: string): Identity | undefined
  /** Whether a call of DescribeSessions is within the rate; counts it. */
  mayDescribe(): boolean
}

/** Opens the history of an account. `minuteMs` is how long a minute of the service takes. */
export function openHistory(
  { sessions = 0, hasOtherPeople = false, terminatingMs = 0, describing = {} }: HistoryOptions,
  account: { readonly world: World; readonly accountId: string; readonly self: Identity; readonly minuteMs: number },
): AccountHistory {
  const { world, accountId, self, minuteMs } = account
  const targets = (): readonly string[] =>
    world.instances.flatMap(({ id, pingStatus }) => (pingStatus === 'Online' ? [id] : []))
  const cast: Cast = { owners: demoOwners(accountId, self), targets: targets(), dice: new Dice(SEED) }
  const now = Date.now()
  const records = [
    ...makeHistory(cast, sessions, { now, spanMs: KEPT_DAYS * DAY_MS }),
    ...makeHistory(cast, hasOtherPeople ? DAYS_SESSIONS : 0, { now, spanMs: DAY_MS }),
  ]
  const history = new SessionHistory(records, { terminatingMs })
  const people = hasOtherPeople
    ? new OtherPeople({ cast, dice: cast.dice, history, now: () => Date.now(), targets })
    : undefined
  people?.start(minuteMs)
  const bucket = describing.rate && new TokenBucket(describing.rate)
  return {
    history,
    people,
    ownerOf: (id) => people?.ownerOf(id) ?? history.find(id)?.owner,
    mayDescribe: () => bucket?.take(performance.now()) !== false,
    [Symbol.dispose]: () => people?.[Symbol.dispose](),
  }
}
