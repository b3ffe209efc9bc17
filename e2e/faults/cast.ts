// The cast of a round: its tunnels and what each carries, which agents they meet, whether the account encrypts, how AWS
// answers the resume of an open session.
//
// The same seed makes the same cast. Without encryption, and with a current agent, a port session is multiplexed; that is what
// most tunnels are in every round.

import { Dice } from '../../electron/simulator/faults/dice'
import type { OpenResume } from '../../electron/simulator/gateway/openresume'
import type { Workload } from './traffic'

/** One tunnel of a round. */
export interface TunnelRole {
  readonly workload: Workload
  /** To an agent that is too old to multiplex: one connection after the other. */
  readonly isBasic: boolean
  /** On the set of all Auto Scaling groups, whose instances are replaced; else on one instance for good. */
  readonly isOnSet: boolean
}

/** A round's cast. */
export interface Cast {
  /** The account's preferences name a KMS key. Ports are encrypted as well, which no real agent does. */
  readonly isEncrypted: boolean
  readonly tunnels: readonly TunnelRole[]
  /** What AWS does with the resume of an open session. */
  readonly openResume: OpenResume
  /** How many shells are used beside the tunnels, one session after the other. */
  readonly shells: number
}

const SHELLS = 2
/** The answers that let a session go on; the most probable one twice. */
const OPEN_RESUMES: readonly OpenResume[] = ['replaces', 'replaces', 'both-live', 'waits', 'refused']
/** A burst opens a hundred connections at once, and an old agent takes one at a time. */
const SEQUENTIAL: readonly Workload[] = ['up', 'down', 'echo']

const WORKLOADS: readonly Workload[] = [
  ...Array.from({ length: 5 }, () => 'up' as const),
  ...Array.from({ length: 4 }, () => 'down' as const),
  ...Array.from({ length: 5 }, () => 'echo' as const),
  ...Array.from({ length: 3 }, () => 'burst' as const),
  ...Array.from({ length: 3 }, () => 'idle' as const),
]

/** Chooses the cast of a seed: every second round is encrypted, every fourth tunnel that can be is basic. */
export function castOf(seed: number): Cast {
  // Not the numbers that the script is made of.
  const dice = new Dice(~seed)
  return {
    isEncrypted: dice.chance(0.5),
    tunnels: WORKLOADS.map((workload, index) => {
      const isBasic = SEQUENTIAL.includes(workload) && dice.chance(0.25)
      // The first of two kinds. Agents of the groups multiplex.
      const isOnSet = (workload === 'echo' || workload === 'idle') && WORKLOADS.indexOf(workload) === index
      return { workload, isBasic: isBasic && !isOnSet, isOnSet }
    }),
    shells: SHELLS,
    openResume: dice.pick(OPEN_RESUMES) ?? 'replaces',
  }
}
