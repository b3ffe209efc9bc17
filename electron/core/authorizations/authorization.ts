// An authorization: which session may be started once, by the holder of a token, and within which limits. Types only; times are epoch ms.

import type { EnvironmentRef, Identity } from '../../../shared/model/environment'
import type { DocumentChoice } from '../../../shared/model/document'
import type { Instance } from '../../../shared/model/instance'
import type { Environment } from '../environments/environment'

/** The kind of session, in Boundary's words: `tcp` forwards a port, `ssh` is a raw connection to one, `shell` a terminal. */
export type AuthorizedSession =
  | { readonly kind: 'tcp'; readonly remotePort: number; readonly remoteHost?: string }
  | { readonly kind: 'ssh'; readonly remotePort: number }
  | { readonly kind: 'shell' }

/** What is authorized. */
export interface WantedAuthorization {
  readonly session: AuthorizedSession
  readonly target: Instance
  /** The environment of the session. Asked again when the token is redeemed: an environment that has ended is opened anew. */
  readonly environment: () => Promise<Environment>
  /** The environment's name, region and caller, as they were when it was authorized. `ref`: how the app opens it. */
  readonly scope: {
    readonly ref?: EnvironmentRef
    readonly name: string
    readonly region: string
    readonly identity: Identity
  }
  /** Local connections in all, not at once; undefined: without limit. A shell takes one. */
  readonly connectionLimit: number | undefined
  readonly expiresAfterMs: number
  readonly document?: DocumentChoice
  readonly reason?: string
}

/** An authorization that a holder keeps. */
export interface Authorization extends Omit<WantedAuthorization, 'expiresAfterMs'> {
  /** 12 hexadecimal digits: the record in the ledger, where there is one. `pending:` and it stand for a session's id until there is one. */
  readonly id: string
  readonly createdAt: number
  readonly expiresAt: number
}
