// Drains: destinations for the output of sessions. Types only; times are epoch ms. Secrets go in by requests and never come back.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'

/** What a person decides of a drain, without its secrets. */
export type DrainDestination =
  | {
      readonly kind: 'https'
      readonly url: string
      /** Headers that are no secrets. */
      readonly headers?: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'elasticsearch'
      readonly url: string
      /** The name of an index or of a data stream; `%{yyyy.MM.dd}` stands for the day (UTC). */
      readonly index: string
      readonly isDataStream: boolean
      /** For `basic`. */
      readonly user?: string
      readonly auth: 'none' | 'basic' | 'api-key'
    }
  | {
      readonly kind: 'syslog'
      readonly host: string
      readonly port: number
      readonly isTls: boolean
      /** PEM of a certificate authority, beside those of the system. */
      readonly ca?: string
    }
  | {
      readonly kind: 'file'
      /** An absolute path. */
      readonly path: string
      /** A new file is begun at this size; `keep` older ones are kept. */
      readonly maxMegabytes: number
      readonly keep: number
    }

/** The secrets of a destination. Absent fields stay as they are; "" removes one. */
export interface DrainSecrets {
  /** HTTPS: the key of the HMAC-SHA256 signature. */
  readonly hmacKey?: string
  /** HTTPS: the value of the Authorization header. */
  readonly authorization?: string
  /** Elasticsearch: the password of `basic`, or the encoded API key. */
  readonly password?: string
  readonly apiKey?: string
}

/** The fields of a drain that a person decides; the core owns the others. */
export interface DrainFields {
  readonly name: string
  readonly environment: EnvironmentRef
  readonly destination: DrainDestination
  /** Whether escape sequences are sent too. */
  readonly isRaw: boolean
  /** Whether a terminal may be opened only while the destination is reached. */
  readonly isRequired: boolean
  readonly isEnabled: boolean
}

/** A saved drain. */
export interface Drain extends DrainFields {
  readonly id: string
  /** The names of the secrets that are stored for it. */
  readonly secrets: readonly (keyof DrainSecrets)[]
}

/** Where secrets are kept: in the system's key store, or in a file of the data directory that this user alone can read. */
export type SecretPlace = 'key-store' | 'file'

/** A saved drain and its state. */
export interface DrainView {
  readonly drain: Drain
  readonly state:
    | { readonly kind: 'off' }
    /** Nothing was sent yet. */
    | { readonly kind: 'idle' }
    | { readonly kind: 'ok'; readonly sinceAt: number }
    /** `retryAt` absent: an attempt is under way. */
    | { readonly kind: 'failing'; readonly sinceAt: number; readonly retryAt?: number; readonly error: WireError }
  /** Records that wait, their bytes, and when the oldest one was made. */
  readonly waiting: { readonly records: number; readonly bytes: number; readonly oldestAt?: number }
  readonly delivered: number
  /** Records that were dropped because the spool was full, and those that the destination refuses. */
  readonly dropped: number
  readonly refused: number
  readonly lastError?: { readonly at: number; readonly error: WireError }
}

/** One record, as every destination gets it in its own form. */
export interface DrainRecord {
  /** Epoch ms. */
  readonly at: number
  /** Counts from 1 in each session, without a gap. */
  readonly sequence: number
  /** At Systems Manager; the record of a pending one before it is known. */
  readonly sessionId: string
  readonly environment: string
  readonly region: string
  readonly account: string
  readonly target: string
  readonly targetName: string
  /** `output`: text of the session. `dropped`: `count` records are missing before this one. `test`: sent by a person. */
  readonly kind: 'output' | 'dropped' | 'test'
  readonly text: string
  /** Present where the line goes on in the next record. */
  readonly isPartial?: true
  readonly count?: number
  readonly operationId: string
  readonly operationUserName: string
  readonly operationUserEmail: string
}
