// What a session is started with and bound by: spoken by aws, which asks for it, and by core and ssm, which use it. Never by a window.

/** What opens a data channel. Secrets: never logged, never in a message to a window. */
export interface SessionTicket {
  readonly sessionId: string
  /** "" only from a resume: the address before is used again. */
  readonly streamUrl: string
  /** Single use, good for seconds. */
  readonly tokenValue: string
}

/** One form of a WebSocket upgrade. */
export interface UpgradeAttempt {
  /** Headers that sign the upgrade; none where it goes unsigned. */
  readonly headers: Readonly<Record<string, string>>
  /** Call once the service has accepted this form: it is then tried first. */
  readonly worked: () => void
}

/** What a session is to be. */
export interface StartSessionRequest {
  /** `i-…`, `mi-…` or `ecs:…`. */
  readonly target: string
  /** Absent: the account's own, a shell. */
  readonly document?: string
  readonly parameters?: Readonly<Record<string, readonly string[]>>
  /** At most 256 characters; kept in the session's history. */
  readonly reason?: string
}

/** What a data key is asked for with. The context binds it to one session and one target. */
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

/** What the account allows each session. */
export interface SessionLimits {
  readonly idleTimeoutMs: number
  /** Absent: without end. */
  readonly maxDurationMs?: number
  /** Whether the account has said so. Else these are the service's defaults. */
  readonly isRead: boolean
}
