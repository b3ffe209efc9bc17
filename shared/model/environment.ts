// An environment: one AWS profile in one region, or the Demo. Types only; times are epoch ms.

import type { WireError } from '../errors'

/** The AWS identity in use. */
export interface Identity {
  readonly accountId: string
  readonly arn: string
}

/** Identifies an environment: the Demo, or an AWS profile in a region. Absent fields follow the AWS files and variables. */
export type EnvironmentRef =
  | { readonly kind: 'demo' }
  | { readonly kind: 'aws'; readonly profile?: string; readonly region?: string }

/** The sign-in of an environment has ended, or never existed. `sinceAt`: when Culvert noticed, epoch ms. */
export interface LoginEnd {
  readonly sinceAt: number
  readonly error: WireError
  /** A profile whose keys may take the place of those of the environment variables, which have ended: a person may choose it. */
  readonly offered?: string
}

/** The source of the credentials of an environment without a profile name. */
export interface AmbientProfile {
  /** "Environment variables", or the value of AWS_PROFILE, or "default". */
  readonly name: string
  /** Whether credentials come from environment variables of Culvert's process, and not from a profile of the AWS files. */
  readonly isVariables: boolean
}

/** The environment shown in the windows. */
export interface EnvironmentView {
  readonly ref: EnvironmentRef
  /** "Demo", or the profile's name, or `ambient`'s name without one. */
  readonly name: string
  readonly ambient?: AmbientProfile
  /** "" until it is known. */
  readonly region: string
  readonly identity?: Identity
  readonly state:
    | { readonly kind: 'opening' }
    | { readonly kind: 'open' }
    | { readonly kind: 'failed'; readonly error: WireError }
  /** Present in the Demo once it is open: whether its shells are real shells of this computer, or simulated. */
  readonly hasRealShells?: boolean
  /** The outage of the Demo in progress. */
  readonly outage?: DemoOutage
  /** Set when a list, a forward or a terminal finds that the sign-in has ended; removed once a call is answered again. */
  readonly login?: LoginEnd
}

/** An outage of the Demo that a person can try: cut connections, a minute without network, or expired keys. */
export type OutageKind = 'cut' | 'network' | 'keys'

/** An outage of the Demo in progress. Times are epoch ms. */
export type DemoOutage =
  | { readonly kind: 'network'; readonly endsAt: number }
  /** Until a person logs in to the Demo. */
  | { readonly kind: 'keys'; readonly sinceAt: number }

/** A profile of the AWS files. */
export interface ProfileChoice {
  readonly name: string
  /** Absent: the profile has no region. */
  readonly region?: string
}
