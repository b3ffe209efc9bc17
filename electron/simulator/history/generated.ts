// Sessions of the Demo's owners, generated: the same at every start, but for their dates, which depend on now.

import type { Dice } from '../faults/dice'
import type { DescribedSession } from './history'
import type { Owner } from './owners'

const MINUTE_MS = 60_000
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LONGEST_MINUTES = 180
/** The share of sessions whose agent failed, and of those with just-in-time access, which last an hour at most. */
const FAILED = 0.04
const JUST_IN_TIME = 0.06
const JUST_IN_TIME_MINUTES = 60

/** What sessions are generated from. */
export interface Cast {
  readonly owners: readonly Owner[]
  /** Ids of instances and hybrid nodes. */
  readonly targets: readonly string[]
  readonly dice: Dice
}

// Both forms of ids that were seen at AWS; see gateway/sessions.ts.
function makeId(prefix: string, dice: Dice): string {
  const text = (length: number, letters: string): string =>
    Array.from({ length }, () => letters.charAt(Math.floor(dice.roll() * letters.length))).join('')
  return dice.chance(0.5) ? `${prefix}-${text(26, LETTERS)}` : `${prefix}-0${text(16, '0123456789abcdef')}`
}

/** Makes a session that is connected since `startedAt` (epoch ms). */
export function makeSession({ owners, targets, dice }: Cast, startedAt: number): DescribedSession {
  const owner = dice.pick(owners)
  if (owner === undefined) throw new Error('There is no owner to choose from.')
  const isJustInTime = owner.identity.kind === 'role' && dice.chance(JUST_IN_TIME)
  return {
    id: makeId(owner.identity.sessionPrefix, dice),
    target: dice.pick(targets) ?? '',
    status: 'Connected',
    startedAt: Math.round(startedAt),
    endedAt: undefined,
    documentName: dice.pick(owner.documents) ?? '',
    owner: owner.identity,
    reason: dice.pick(owner.reasons),
    maxMinutes: isJustInTime ? JUST_IN_TIME_MINUTES : undefined,
    accessType: isJustInTime ? 'JustInTime' : 'Standard',
  }
}

/** Makes `count` sessions that have ended, spread over the last `spanMs` before `now`. */
export function makeHistory(
  cast: Cast,
  count: number,
  { now, spanMs }: { now: number; spanMs: number },
): DescribedSession[] {
  const { dice } = cast
  return Array.from({ length: count }, (_, index) => {
    const session = makeSession(cast, now - (spanMs * (index + dice.roll())) / count)
    // A session that would still run ends earlier.
    const mostMs = Math.min((session.maxMinutes ?? LONGEST_MINUTES) * MINUTE_MS, now - session.startedAt)
    return {
      ...session,
      status: dice.chance(FAILED) ? 'Failed' : 'Terminated',
      endedAt: Math.round(session.startedAt + mostMs * dice.roll()),
    }
  })
}
