// All spans of trying and waiting in one place. The product uses the defaults; tests pass shorter spans.

import { cutText } from '../../../shared/cut'
import { AppError } from '../../../shared/errors'
import { SETTING_RANGES, defaultSettings, type Settings } from '../../../shared/settings'
import { defaultHeartbeat, type HeartbeatTiming } from '../../ssm/channel/heartbeat'

/** Spans in ms. */
export interface Timing {
  readonly heartbeat: HeartbeatTiming
  /** The pause before the second attempt. The first one is immediate. Doubles from attempt to attempt. */
  readonly firstRetryMs: number
  readonly maxRetryMs: number
  /** How long a session without a connection is resumed. After that its tunnel starts a new session. */
  readonly resumeDeadlineMs: number
  /** How long one attempt may take, from the call to the first sign of the agent. */
  readonly attemptMs: number
  /** A socket that lived this long ended its outage: its loss begins a new one. After a shorter life the old outage goes on. */
  readonly steadyMs: number
  /** How long a local connection that comes during an outage is held before it is refused. */
  readonly holdMs: number
  /** How often an offline instance, a taken port and a missing network are checked. */
  readonly pollMs: number
  /** How long the agent of a host of a set is away until its forward moves to another host. */
  readonly failoverMs: number
  /** How often the agent of a host of a set is asked for while its session is up and silent. */
  readonly askHostMs: number
  /** How long a second socket of an open session may take to prove itself. */
  readonly proveMs: number
  /** The age of a socket, in minutes of the service, at which a session is resumed ahead while the end of its keys is unknown. */
  readonly resumeAheadMinutes: number
  /** The length of a minute in the limits of the service and of a forward. Tests shorten it. */
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
  failoverMs: defaultSettings.failoverSeconds * 1_000,
  askHostMs: 60_000,
  proveMs: 10_000,
  resumeAheadMinutes: defaultSettings.resumeAheadMinutes,
  minuteMs: 60_000,
}

/**
 * The spans of the command line: CULVERT_RESUME_AHEAD_MINUTES replaces the setting of that name. Throws `usage` for a value outside its
 * range.
 */
export function timingFrom(env: NodeJS.ProcessEnv): Timing {
  const given = env['CULVERT_RESUME_AHEAD_MINUTES'] ?? ''
  if (given === '') return defaultTiming
  const [from, to] = SETTING_RANGES.resumeAheadMinutes
  const resumeAheadMinutes = Number(given)
  if (!Number.isInteger(resumeAheadMinutes) || resumeAheadMinutes < from || resumeAheadMinutes > to) {
    const text = `CULVERT_RESUME_AHEAD_MINUTES is "${cutText(given, 20)}": set it to a whole number from ${from} to ${to}.`
    throw new AppError('usage', text)
  }
  return { ...defaultTiming, resumeAheadMinutes }
}

/** The product's spans, with those that a person can set. `settings` is called at each use, so a change holds from the next use on. */
export function timingOf(settings: () => Settings): Timing {
  return {
    ...defaultTiming,
    get holdMs() {
      return settings().holdSeconds * 1_000
    },
    get resumeDeadlineMs() {
      return settings().resumeMinutes * 60_000
    },
    get failoverMs() {
      return settings().failoverSeconds * 1_000
    },
    get resumeAheadMinutes() {
      return settings().resumeAheadMinutes
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
