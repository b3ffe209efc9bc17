// How the simulated account is set up: who is in it, what they may do, its preferences, what AWS offers it. Types only.

import type { RandomChallenge } from './agent/keys'
import type { Logging } from './api/describesessions'
import type { OwnDocument } from './api/documents'
import type { UserKeys } from './api/keyring'
import type { StatementInput } from './iam/policy'
import type { RoleOptions } from './iam/roles'

/** The account. Everything has a default. */
export interface AccountOptions {
  readonly region?: string
  readonly accountId?: string
  /** IAM users of the account, with their long-term keys. */
  readonly users?: readonly (UserKeys & { readonly name: string })[]
  /** Roles that may be assumed, by name, beside the one of the simulator's own credentials. */
  readonly roles?: Readonly<Record<string, RoleOptions>>
  /** What a role or user may do, by its name; everything unless said otherwise. The order `policy` replaces it. */
  readonly policies?: Readonly<Record<string, readonly StatementInput[]>>
  /** Documents of the account's own, by name. */
  readonly documents?: Readonly<Record<string, OwnDocument>>
  /** The account's preferences name a KMS key: shells and commands are encrypted. */
  readonly encryption?: {
    /** `alias/culvert-demo` unless said otherwise, which is the account's one key. */
    readonly kmsKeyId?: string
    /** 'offered' unless said otherwise. */
    readonly randomChallenge?: RandomChallenge
    /** Ports too, which no real agent does. */
    readonly hasPorts?: boolean
  }
  /** Where the account's preferences send the output of sessions; nowhere by default. */
  readonly logging?: Logging
  /** Minutes of the service's clock without a stream message after which a session ends; 20. */
  readonly idleMinutes?: number
  /** Minutes after which a session ends whatever it does; none. */
  readonly maxMinutes?: number
  /** Whether hybrid nodes have sessions; true unless said otherwise. */
  readonly hasAdvancedTier?: boolean
  /** Whether ports of remote hosts are forwarded; true unless said otherwise. */
  readonly hasRemoteHosts?: boolean
}
