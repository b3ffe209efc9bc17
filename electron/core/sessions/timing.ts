// How long things are tried and waited for, in one place: a test compresses the hours, the product keeps the defaults.

import type { Settings } from '../../../shared/settings'
import { defaultHeartbeat, type HeartbeatTiming } from '../../ssm/channel/heartbeat'

/** Spans in ms. */
export interface Timing {
  readonly heartbeat: HeartbeatTiming
  /** Before the second attempt; the first is immediate. Doubles from attempt to attempt. */
  readonly firstRetryMs: number
  readonly maxRetryMs: number
  /** How long a session without a connection is tried to be resumed; then its tunnel starts a new one. */
  readonly resumeDeadlineMs: number
  /** How long one attempt may take, from the call to the first sign of the agent. */
  readonly attemptMs: number
  /** A socket that lived this long ends an outage: its loss begins a new one. After shorter ones the old one goes on. */
  readonly steadyMs: number
  /** How long a local connection that comes during an outage is held before it is refused. */
  readonly holdMs: number
  /** How often an instance that is offline, a port that is taken and a missing network are looked at. */
  readonly pollMs: number
  /** How long a minute of the service's limits, and of a forward's own, takes: a minute, but in tests. */
  readonly minuteMs: number
}

/** Source: specification §10.4 and Appendix A: at least the service's default idle timeout, 20 min. */
export const defaultTiming: Timing = {
  heartbeat: defaultHeartbeat,
  firstRetryMs: 200,
  maxRetryMs: 30_000,
  resumeDeadlineMs: 20 * 60_000,
  attemptMs: 45_000,
  steadyMs: 10_000,
  holdMs: 30_000,
  pollMs: 10_000,
  minuteMs: 60_000,
}

/** The product's spans with those that a person may set: asked for each time, so that a change holds from the next use on. */
export function timingOf(settings: () => Settings): Timing {
  return {
    ...defaultTiming,
    get holdMs() {
      return settings().holdSeconds * 1_000
    },
    get resumeDeadlineMs() {
      return settings().resumeMinutes * 60_000
    },
    heartbeat: {
      get pingMs() {
        return settings().pingSeconds * 1_000
      },
      get deadMs() {
        return settings().deadSeconds * 1_000
      },
    },
  }
}
