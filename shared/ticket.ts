// What starting a session takes and gives: spoken by aws, which asks for it, and core, which uses it. Never by a window.

/** What opens a data channel. Secrets: never logged, never in a message to a window. */
export interface SessionTicket {
  readonly sessionId: string
  readonly streamUrl: string
  /** Single use, good for seconds. */
  readonly tokenValue: string
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
