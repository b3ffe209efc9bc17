// A random fault script from a seed: every kind of fault several times, in an order and at times that the seed decides.
//
// The simulator plays `faults` by itself; `acts` are what happens on our side of the wire meanwhile. The same seed and duration
// make the same script; how sockets and timers fall into it differs from run to run.

import { Dice } from '../../electron/simulator/faults/dice'
import type { FaultOrder, FaultScript } from '../../electron/simulator/faults/orders'

/** What a person or the operating system does: a login that writes new keys, a wake from sleep. */
export interface Act {
  readonly atMs: number
  readonly kind: 'login' | 'wake'
}

/** Both halves of a script. */
export interface Script {
  readonly faults: FaultScript
  readonly acts: readonly Act[]
}

// From one fault to the next, on average.
const STEP_MS = 140
// From credentials that expire to a login: nothing can be resumed meanwhile.
const LOGIN_MS = 700

type Card = (dice: Dice) => FaultOrder

const span = (dice: Dice, from: number, to: number): number => Math.round(dice.between(from, to))

const THINGS_THAT_PASS: readonly (readonly [operation: string, code: string, status: number])[] = [
  ['ResumeSession', 'ThrottlingException', 400],
  ['ResumeSession', 'InternalServerError', 500],
  ['ResumeSession', 'ServiceUnavailable', 503],
  ['ResumeSession', 'ExpiredTokenException', 400],
  ['ResumeSession', 'ExpiredTokenException', 403],
  ['ResumeSession', 'DoesNotExistException', 400],
  ['StartSession', 'ThrottlingException', 400],
  ['StartSession', 'InternalServerError', 500],
  ['StartSession', 'TargetNotConnected', 400],
  ['GenerateDataKey', 'ThrottlingException', 400],
  ['DescribeInstanceInformation', 'ThrottlingException', 400],
]

function apiError(dice: Dice): FaultOrder {
  const [operation, code, status] = dice.pick(THINGS_THAT_PASS)!
  const common = { kind: 'api-error', operation, code, status, forMs: span(dice, 300, 1_500) } as const
  // A session that is said to be gone is gone for one tunnel, not for all.
  return code === 'DoesNotExistException' ? { ...common, count: 1 } : { ...common, rate: dice.between(0.3, 1) }
}

const messageClass = (dice: Dice) => dice.pick(['data', 'acknowledge', 'control', undefined] as const)

/** One card for each kind of fault; recycles and timeouts come by the clock. */
const DECK: readonly Card[] = [
  () => ({ kind: 'cut', how: 'close-1000' }),
  () => ({ kind: 'cut', how: 'rst' }),
  () => ({ kind: 'cut', how: 'fin' }),
  // A network that goes away takes all of them; rarely, or nothing would ever idle out.
  (dice) => ({ kind: 'cut', how: 'rst', session: dice.chance(0.2) ? 'all' : 'any' }),
  (dice) => ({ kind: 'cut', how: 'black-hole', forMs: span(dice, 300, 3_000) }),
  (dice) => ({ kind: 'cut', leg: 'agent', how: 'close-1000', forMs: span(dice, 50, 800) }),
  (dice) => ({ kind: 'cut', leg: 'agent', how: 'rst', forMs: span(dice, 50, 800) }),
  (dice) => ({ kind: 'cut', leg: 'agent', how: 'fin', forMs: span(dice, 50, 800) }),
  (dice) => ({ kind: 'cut', leg: 'agent', how: 'black-hole', forMs: span(dice, 50, 1_500) }),
  (dice) => ({ kind: 'refuse-upgrades', status: dice.pick([403, 502, 503])!, forMs: span(dice, 200, 900) }),
  (dice) => ({ kind: 'traffic', session: 'all', delayMs: span(dice, 5, 120), forMs: span(dice, 300, 1_200) }),
  (dice) => ({ kind: 'traffic', jitterMs: span(dice, 10, 200), forMs: span(dice, 500, 2_000) }),
  (dice) => ({ kind: 'traffic', bytesPerSecond: span(dice, 30_000, 300_000), forMs: span(dice, 500, 2_000) }),
  (dice) => ({
    kind: 'traffic',
    messageClass: messageClass(dice),
    direction: dice.pick(['up', 'down'] as const),
    loss: dice.between(0.005, 0.05),
    forMs: span(dice, 300, 1_500),
  }),
  // One session of one class may have nothing to lose; all of them have.
  (dice) => ({ kind: 'traffic', session: 'all', loss: dice.between(0.005, 0.05), forMs: span(dice, 300, 1_500) }),
  (dice) => ({ kind: 'traffic', session: 'all', duplicate: dice.between(0.01, 0.3), forMs: span(dice, 300, 1_500) }),
  (dice) => ({
    kind: 'traffic',
    session: 'all',
    messageClass: messageClass(dice),
    reorder: dice.between(0.01, 0.2),
    forMs: span(dice, 300, 1_500),
  }),
  (dice) => ({ kind: 'malformed', session: 'all', count: span(dice, 1, 10) }),
  apiError,
  apiError,
  (dice) => ({ kind: 'expire-credentials', status: dice.pick([400, 403] as const)! }),
  (dice) => ({ kind: 'spoil-token', how: dice.pick(['expired', 'used'] as const)!, count: span(dice, 1, 3) }),
  (dice) => ({ kind: 'kill-agent', sessions: 'end', forMs: span(dice, 300, 1_500) }),
  (dice) => ({ kind: 'kill-agent', sessions: 'keep', forMs: span(dice, 300, 1_500) }),
  () => ({ kind: 'pause' }),
  (dice) => ({ kind: 'replace', sessions: dice.pick(['end', 'lose'] as const)! }),
]

/** Makes the script of a seed. It ends with everything lifted at `durationMs`. */
export function makeScript(seed: number, durationMs: number): Script {
  const dice = new Dice(seed)
  const steps: { readonly atMs: number; readonly order: FaultOrder }[] = []
  const acts: Act[] = []
  let hand: Card[] = []
  for (let atMs = STEP_MS; atMs < durationMs - LOGIN_MS; atMs += dice.between(0, 2 * STEP_MS)) {
    if (hand.length === 0) hand = dice.shuffle(DECK)
    const order = hand.pop()!(dice)
    steps.push({ atMs, order })
    if (order.kind === 'expire-credentials') acts.push({ atMs: atMs + LOGIN_MS, kind: 'login' })
    if (dice.chance(0.05)) acts.push({ atMs, kind: 'wake' })
  }
  steps.push({ atMs: durationMs, order: { kind: 'clear' } })
  return { faults: { seed, steps }, acts }
}
