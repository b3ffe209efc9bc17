// The inputs and the limits of a session: aws requests sessions, core and ssm use them. Never sent to a window.

/** The credentials that open a data channel. Secrets: never logged, never in a message to a window. */
export interface SessionTicket {
  readonly sessionId: string
  /** "" only from a resume: the address before is used again. */
  readonly streamUrl: string
  /** Valid once, for a few seconds. */
  readonly tokenValue: string
}

/** One form of a WebSocket upgrade. */
export interface UpgradeAttempt {
  /** Headers that sign the upgrade; none where it goes unsigned. */
  readonly headers: Readonly<Record<string, string>>
  /** Call once the service has accepted this form: it is then tried first. */
  readonly worked: () => void
}

/** The parameters of a new session. */
export interface StartSessionRequest {
  /** `i-…`, `mi-…` or `ecs:…`. */
  readonly target: string
  /** Absent: the account's default, a shell. */
  readonly document?: string
  readonly parameters?: Readonly<Record<string, readonly string[]>>
  /** At most 256 characters; stored in the session's history. */
  readonly reason?: string
}

/** The parameters of a data key. The context binds the key to one session and one target. */
export interface DataKeyRequest {
  /** An ARN, an id or an alias, as the agent named it. */
  readonly kmsKeyId: string
  readonly encryptionContext: Readonly<Record<string, string>>
}

/** A data key. `plaintext` is a secret: the caller zeroes it. */
export interface DataKey {
  readonly ciphertextBlob: Uint8Array
  /** 64 bytes. */
  readonly plaintext: Uint8Array
}

/** The account's limits on each session. */
export interface SessionLimits {
  readonly idleTimeoutMs: number
  /** Absent: no limit. */
  readonly maxDurationMs?: number
  /** Whether these limits were read from the account. Else they are the service's defaults. */
  readonly isRead: boolean
}
