// How long a session, and the tunnel or terminal that it carries, is expected to live. Types only; all times are epoch ms.

/** What is known of the end of keys that cannot be renewed here. `ended`: AWS has refused them, or `endsAt` is past. */
export type KeysForecast =
  | { readonly kind: 'ending'; readonly endsAt: number }
  | { readonly kind: 'ended'; readonly endsAt?: number }
  | { readonly kind: 'unknown' }

/** The expected ends of a session, as far as they are known. */
export interface Forecast {
  /** When it reaches the account's maximum duration, or a saved target's. Absent: there is no maximum, or it is not known yet. */
  readonly endsAt?: number
  /** When it ends for being idle if no data passes until then. Absent: data has passed within the last minute. */
  readonly idleEndsAt?: number
  /** When the service closes its socket, about an hour after it was opened. The session is resumed then. */
  readonly recycleAt?: number
  /** Absent: the keys are permanent, or are renewed without a person. */
  readonly keys?: KeysForecast
  /** How long it stays up if nobody replaces the keys. Absent with keys that are renewed. */
  readonly staysUntil?: number
  /** Present if ResumeSession is known to be denied: each recycle ends the session, and a new one takes its place. */
  readonly isResumeDenied?: true
}
