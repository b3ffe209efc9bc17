// How the three legs of a pipe look, from a forward's state or from the result of "Check now". Pure.
//
//   this computer --session--> Session Manager --agent--> instance --destination--> destination
//
// Nothing flows beyond the leg that is cut: the legs after it are dry.

import type { ErrorCode, WireError } from '../../../shared/errors'
import type { CheckedLeg, ForwardView } from '../../../shared/model/forward'
import { roundTripWords } from './figures'

/** One leg of a pipe. */
export interface LegLook {
  /**
   * `planned`: not set up, as in the editor. `dry`: set up, but carrying nothing. `full`: connected. `flow`: connected, and
   * bytes are moving. `cut`: the path breaks here.
   */
  readonly look: 'planned' | 'dry' | 'full' | 'flow' | 'cut'
  /** A figure or a sentence beside the leg. */
  readonly text?: string
}

/** In order, starting at this computer. */
export type Legs = readonly [LegLook, LegLook, LegLook]

const DRY: LegLook = { look: 'dry' }

const AGENT_CODES: ReadonlySet<ErrorCode> = new Set([
  'agent-offline',
  'agent-too-old',
  'not-supported',
  'unknown-instance',
  'wrong-region',
  'ambiguous-name',
  'no-good-host',
  'document-missing',
])

/** With these errors nothing has left this computer. */
const LOCAL_CODES: ReadonlySet<ErrorCode> = new Set(['port-in-use', 'port-not-allowed', 'unknown-target'])

/** The legs, cut at the place that the error points to. */
function cutBy({ code }: WireError): Legs {
  const cut: LegLook = { look: 'cut' }
  const full: LegLook = { look: 'full' }
  if (LOCAL_CODES.has(code)) return [DRY, DRY, DRY]
  if (AGENT_CODES.has(code)) return [full, cut, DRY]
  if (code === 'destination-refused' || code === 'destination-forbidden') return [full, full, cut]
  return [cut, DRY, DRY]
}

/** The legs of a forward according to its state. */
export function legsOf(view: ForwardView): Legs {
  const { state, health, destination } = view
  switch (state.kind) {
    case 'off':
    case 'connecting':
      return [DRY, DRY, DRY]
    case 'up': {
      // The session is open and the check timed out: it was the agent that did not answer.
      if (destination?.error.code === 'timeout') return [{ look: 'full' }, { look: 'cut' }, DRY]
      if (destination !== undefined) return cutBy(destination.error)
      const isMoving = health !== undefined && health.bytesUpPerSecond + health.bytesDownPerSecond > 0
      const leg: LegLook = { look: isMoving ? 'flow' : 'full' }
      return [leg, leg, leg]
    }
    case 'reconnecting':
    case 'waiting':
      return cutBy(state.cause)
    case 'failed':
      return cutBy(state.error)
  }
}

function checkedLook(parts: readonly (CheckedLeg | undefined)[]): LegLook {
  const failed = parts.find((part) => part?.outcome === 'failed')
  if (failed !== undefined) return { look: 'cut', text: failed.error?.message ?? 'No answer.' }
  if (parts.every((part) => part?.outcome === 'ok')) {
    const took = parts.find((part) => part?.tookMs !== undefined)?.tookMs
    return { look: 'full', text: took === undefined ? 'reached' : roundTripWords(Math.max(1, took)) }
  }
  return { look: 'dry', text: 'not tried' }
}

/** The legs according to a check. Its first leg covers the network and Session Manager together. */
export function checkedLegs(found: readonly CheckedLeg[]): Legs {
  const of = (name: CheckedLeg['leg']): CheckedLeg | undefined => found.find(({ leg }) => leg === name)
  return [checkedLook([of('network'), of('service')]), checkedLook([of('agent')]), checkedLook([of('destination')])]
}

/** The result of a check in a sentence, for people who do not see the pipe. */
export function checkSentence(found: readonly CheckedLeg[]): string {
  const failed = found.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) return failed.error?.message ?? 'One leg gave no answer.'
  const agent = found.find(({ leg, outcome }) => leg === 'agent' && outcome === 'ok')
  if (agent === undefined) return 'Nothing could be tried.'
  const took = agent.tookMs === undefined ? '' : ` in ${roundTripWords(Math.max(1, agent.tookMs))}`
  const isWhole = found.every(({ outcome }) => outcome === 'ok')
  return isWhole
    ? `Every leg works. The instance answers${took}.`
    : `The instance answers${took}. Its destination was not tried.`
}
