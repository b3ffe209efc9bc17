// All spans of an ephemeral session in one place. The product uses the defaults; tests pass shorter ones.

/** Spans in ms. */
export interface EphemeralTiming {
  /** How often Culvert sends a beat. */
  readonly beatMs: number
  /** How much older than the lease a beat may be: one beat and one look of the watcher. */
  readonly slackMs: number
  /** How long the watcher waits for the person's session. */
  readonly firstMs: number
  /** How often AWS is asked about a task that starts, and how often at most after a while. */
  readonly pollMs: number
  readonly maxPollMs: number
  /** How long a task may take from RunTask until its exec agent runs. A large image is pulled in minutes. */
  readonly startMs: number
  /** How long the exec agent of a running container may take to connect. */
  readonly agentMs: number
  /** How long the watcher's proof may take once the agent runs. */
  readonly proofMs: number
  /** How much longer the first line of a session may take to come here. */
  readonly silenceMs: number
  /** How long the status of an ended job is asked for: AWS notices an ended container within half a minute. */
  readonly statusMs: number
  /** How often the time is compared with the end of the session, and how long before that end a person is warned. */
  readonly lookMs: number
  readonly warnMs: readonly number[]
  /** The length of a minute in leases and in times to live. */
  readonly minuteMs: number
}

/** The spans of the product. */
export const defaultEphemeralTiming: EphemeralTiming = {
  beatMs: 15_000,
  slackMs: 17_000,
  firstMs: 5 * 60_000,
  pollMs: 1_500,
  maxPollMs: 5_000,
  startMs: 15 * 60_000,
  agentMs: 3 * 60_000,
  proofMs: 30_000,
  silenceMs: 10_000,
  statusMs: 2 * 60_000,
  lookMs: 3_000,
  warnMs: [10 * 60_000, 60_000],
  minuteMs: 60_000,
}

/** The spans with a shorter minute, for tests of the whole product: CULVERT_EPHEMERAL_MINUTE_MS is its length. */
export function ephemeralTimingFrom(env: NodeJS.ProcessEnv): EphemeralTiming {
  const minuteMs = Number(env['CULVERT_EPHEMERAL_MINUTE_MS'] ?? '')
  if (!Number.isInteger(minuteMs) || minuteMs < 10 || minuteMs >= defaultEphemeralTiming.minuteMs)
    return defaultEphemeralTiming
  const scale = minuteMs / defaultEphemeralTiming.minuteMs
  const scaled = (ms: number): number => Math.max(20, Math.round(ms * scale))
  const { beatMs, slackMs, pollMs, maxPollMs, lookMs, warnMs } = defaultEphemeralTiming
  return {
    ...defaultEphemeralTiming,
    beatMs: scaled(beatMs),
    slackMs: Math.max(2_000, scaled(slackMs)),
    pollMs: Math.max(100, scaled(pollMs)),
    maxPollMs: Math.max(200, scaled(maxPollMs)),
    lookMs: scaled(lookMs),
    warnMs: warnMs.map((ms) => scaled(ms)),
    minuteMs,
  }
}
