// The inputs and the limits of a session: aws requests sessions, core and ssm use them. Never sent to a window.

import type { ExecRequest } from './ecscalls'
import type { SessionAbout } from './sessionnote'

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
  /** Signed with a raw `+` of the query as a space, as AWS's own signer does; with `%2B` for it; not signed. For the doctor. */
  readonly form?: 'space' | 'plus' | 'unsigned'
  /** Dialled in place of the stream URL, which it is with a signature in its query. Absent: the stream URL itself. */
  readonly url?: string
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
  /** The session is one of ecs:ExecuteCommand in this container; document, parameters and reason are then absent. */
  readonly exec?: ExecRequest
  /** For the ledger of this installation; never sent to AWS. */
  readonly about?: SessionAbout
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

/** Whether the agent of a target is connected to the service now, in AWS's words. */
export type ConnectionStatus = 'connected' | 'notconnected'

/** Where the account's preferences send the output of sessions. */
export interface LogPlaces {
  /** A bucket of S3, and the beginning of the names of its objects. */
  readonly bucket?: string
  readonly prefix?: string
  /** A log group of CloudWatch. */
  readonly group?: string
}

/** The account's limits on each session. */
export interface SessionLimits {
  readonly idleTimeoutMs: number
  /** Absent: no limit. */
  readonly maxDurationMs?: number
  /** Absent: nowhere, or not known. */
  readonly logs?: LogPlaces
  /** Whether these limits were read from the account. Else they are the service's defaults. */
  readonly isRead: boolean
}

/**
 * What is known of the end of an account's keys. `lasting`: permanent, or renewed without a person. `ending`: they end at `endsAt`
 * (epoch ms) and cannot be renewed here. `unknown`: temporary keys that cannot be renewed here and whose end is not known.
 */
export type KeysOutlook =
  | { readonly kind: 'lasting' }
  | { readonly kind: 'ending'; readonly endsAt: number }
  | { readonly kind: 'unknown' }

/** Keys that a person hands over. Secrets: never logged, never in a message to a window. */
export interface HandedKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Epoch ms; absent: not known. */
  readonly endsAt?: number
}

/** How a person gives new keys to this process, for errors. */
export interface HandOver {
  /** `culvert credentials`, with what names this process. */
  readonly command: string
  /** Whether this process has a window, where a profile that is offered is taken by a click. */
  readonly hasWindow: boolean
}

/** The keys that may take the place of an account's own. */
export interface OtherKeys {
  /** The profile that a person may choose, once the keys of the environment have ended; undefined: none is offered. */
  offered(): string | undefined
  /**
   * Takes keys for the rest of this process, if they are of the same account and role. Resolves with their owner; `risk`: a sentence
   * about a role under another session name. Rejects with `access-denied` for another owner, with both named.
   */
  take(keys: HandedKeys, signal: AbortSignal): Promise<{ readonly arn: string; readonly risk?: string }>
  /** Takes the keys of a profile from now on, in place of those of the environment. Rejects as a look-up does, and as `take`. */
  takeProfile(profile: string, signal: AbortSignal): Promise<void>
}

/** The calls to AWS that a session makes. Each rejects with an `AppError`, or with the signal's reason once that is aborted. */
export interface SessionCalls {
  readonly region: string
  /** The SSM endpoint that the user set, by option, environment or profile; undefined: AWS's own. */
  readonly endpointUrl: string | undefined
  /** Scheme, host and port that the user set in place of those of every stream URL: `wss://HOST`. */
  readonly messageEndpoint?: string | undefined
  /** What is known of the end of the keys that were used last; `lasting` before there were any. */
  keysOutlook(): KeysOutlook
  startSession(request: StartSessionRequest, signal: AbortSignal): Promise<SessionTicket>
  /** Rejects with `session-gone` where there is nothing left to resume. */
  resumeSession(sessionId: string, signal: AbortSignal): Promise<SessionTicket>
  /** A session that does not exist counts as ended. */
  terminateSession(sessionId: string, signal: AbortSignal): Promise<void>
  /** Has KMS make the key of an encrypted session. Rejects with `access-denied`, and with `key-denied` where KMS refuses the key. */
  generateDataKey(request: DataKeyRequest, signal: AbortSignal): Promise<DataKey>
  /** The account's limits of a session; the service's defaults where they cannot be read. Sessions do not wait for the answer. */
  preferences(signal: AbortSignal): Promise<SessionLimits>
  /**
   * The stream URL with a signature in its query, which opens the data channel without credentials for a minute; undefined where there are
   * no credentials. Absent: not offered here.
   */
  presignUpgrade?(streamUrl: string, signal: AbortSignal): Promise<string | undefined>
  /** The forms in which the upgrade is tried, first to last; at least one. Only unsigned for a presigned URL and without credentials. */
  signUpgrade(streamUrl: string, signal: AbortSignal): Promise<readonly UpgradeAttempt[]>
}
