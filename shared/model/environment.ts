// An environment: one AWS profile in one region, or the Demo. Types only; times are epoch ms.

import type { WireError } from '../errors'

/** Who we are at AWS. */
export interface Identity {
  readonly accountId: string
  readonly arn: string
}

/** Names an environment: the Demo, or an AWS profile in a region. What is absent is what the AWS files and variables say. */
export type EnvironmentRef =
  | { readonly kind: 'demo' }
  | { readonly kind: 'aws'; readonly profile?: string; readonly region?: string }

/** The sign-in of an environment has ended, or there never was one. `sinceAt`: when that was learnt, epoch ms. */
export interface LoginEnd {
  readonly sinceAt: number
  readonly error: WireError
}

/** What an environment without a profile's name stands for. */
export interface AmbientProfile {
  /** "Environment variables", or the profile that AWS_PROFILE names, or "default". */
  readonly name: string
  /** Whether credentials come from environment variables of Culvert's process: no profile of the AWS files then. */
  readonly isVariables: boolean
}

/** The environment that the windows show. */
export interface EnvironmentView {
  readonly ref: EnvironmentRef
  /** "Demo", or the profile's name, or what stands for it (`ambient`). */
  readonly name: string
  readonly ambient?: AmbientProfile
  /** "" until it is known. */
  readonly region: string
  readonly identity?: Identity
  readonly state:
    | { readonly kind: 'opening' }
    | { readonly kind: 'open' }
    | { readonly kind: 'failed'; readonly error: WireError }
  /** Present in the Demo once it is open: whether its shells are shells of this computer, or only pretend. */
  readonly hasRealShells?: boolean
  /** What a person has let happen to the Demo, while it lasts. */
  readonly outage?: DemoOutage
  /** Present from when a list, a forward or a terminal learns that the sign-in has ended until a call is answered again. */
  readonly login?: LoginEnd
}

/** An outage of the Demo that a person can try: its connections cut, a minute without network, keys that expire. */
export type OutageKind = 'cut' | 'network' | 'keys'

/** An outage of the Demo that lasts. Times are epoch ms. */
export type DemoOutage =
  | { readonly kind: 'network'; readonly endsAt: number }
  /** Until somebody logs in to the Demo. */
  | { readonly kind: 'keys'; readonly sinceAt: number }

/** A profile that the AWS files have. */
export interface ProfileChoice {
  readonly name: string
  /** The profile's own, else that of the environment variables. Absent: neither names one. */
  readonly region?: string
}
