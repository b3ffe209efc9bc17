// The account's preferences for sessions: how long one may live, and where their output is kept.
//
// They are for forecasts only: no session waits for them. If they may not be read, the service's defaults apply. Read at most
// once an hour. Source: specification §1.5, §10.6.

import * as z from 'zod'
import type { LogPlaces, SessionLimits } from '../../shared/session'
import { AppError } from '../../shared/errors'

/** The account-owned document that holds them. */
export const PREFERENCES_DOCUMENT = 'SSM-SessionManagerRunShell'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const CALL_MS = 20_000
const DEFAULT_IDLE_MS = 20 * MINUTE_MS
const UNREAD: SessionLimits = { idleTimeoutMs: DEFAULT_IDLE_MS, isRead: false }

// A string in the console's documents; "" is unset. What is out of the service's range counts as unset.
const minutes = (max: number): z.ZodType<number | undefined> =>
  z
    .unknown()
    .transform((value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value))
    .transform((value) => (typeof value === 'number' && value >= 1 && value <= max ? value : undefined))

// "" is unset.
const name = (max: number): z.ZodType<string | undefined> =>
  z
    .unknown()
    .transform((value) => (typeof value === 'string' && value !== '' && value.length <= max ? value : undefined))

const document = z.object({
  inputs: z
    .object({
      idleSessionTimeout: minutes(60).optional(),
      maxSessionDuration: minutes(1_440).optional(),
      // The longest names that S3 and CloudWatch Logs have.
      s3BucketName: name(63).optional(),
      s3KeyPrefix: name(1_024).optional(),
      cloudWatchLogGroupName: name(512).optional(),
    })
    .optional(),
})

type Inputs = NonNullable<z.infer<typeof document>['inputs']>

function logsOf({ s3BucketName, s3KeyPrefix, cloudWatchLogGroupName }: Inputs): LogPlaces | undefined {
  if (s3BucketName === undefined && cloudWatchLogGroupName === undefined) return undefined
  return {
    ...(s3BucketName === undefined ? {} : { bucket: s3BucketName }),
    ...(s3KeyPrefix === undefined ? {} : { prefix: s3KeyPrefix }),
    ...(cloudWatchLogGroupName === undefined ? {} : { group: cloudWatchLogGroupName }),
  }
}

/** Reads the document's JSON text. A missing or malformed value is the service's default. Never throws. */
export function parsePreferences(content: string): SessionLimits {
  const parsed = document.safeParse(parseJson(content))
  if (!parsed.success) return UNREAD
  const inputs = parsed.data.inputs ?? {}
  const { idleSessionTimeout, maxSessionDuration } = inputs
  const logs = logsOf(inputs)
  return {
    isRead: true,
    idleTimeoutMs: idleSessionTimeout === undefined ? DEFAULT_IDLE_MS : idleSessionTimeout * MINUTE_MS,
    ...(maxSessionDuration === undefined ? {} : { maxDurationMs: maxSessionDuration * MINUTE_MS }),
    ...(logs === undefined ? {} : { logs }),
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The preferences of one account: asked for when they are wanted, by one call at a time, and kept for an hour. */
export class PreferencesReader {
  readonly #fetch: (signal: AbortSignal) => Promise<string>
  readonly #now: () => number
  #kept: { readonly preferences: SessionLimits; readonly until: number } | undefined
  #asking: Promise<SessionLimits> | undefined

  /** `fetch` gives the document's text. */
  constructor(fetch: (signal: AbortSignal) => Promise<string>, now: () => number = Date.now) {
    this.#fetch = fetch
    this.#now = now
  }

  /** The defaults where they cannot be read. Rejects with the signal's reason only. */
  async get(signal: AbortSignal): Promise<SessionLimits> {
    signal.throwIfAborted()
    if (this.#kept !== undefined && this.#now() < this.#kept.until) return this.#kept.preferences
    // Several sessions may share one call, so the signal of one of them must not end it.
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    const preferences = await this.#asking
    signal.throwIfAborted()
    return preferences
  }

  async #ask(): Promise<SessionLimits> {
    try {
      return this.#keep(parsePreferences(await this.#fetch(AbortSignal.timeout(CALL_MS))))
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal'
      // An account without the document has the service's defaults: that answer is kept as well.
      if (code === 'document-missing') return this.#keep({ ...UNREAD, isRead: true })
      // After a temporary failure the next session asks again.
      return code === 'access-denied' ? this.#keep(UNREAD) : UNREAD
    }
  }

  #keep(preferences: SessionLimits): SessionLimits {
    this.#kept = { preferences, until: this.#now() + HOUR_MS }
    return preferences
  }
}
