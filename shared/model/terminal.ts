// Terminals of windows. Types only.

import type { WireError } from '../errors'
import type { EnvironmentRef } from './environment'
import type { TimeLeft } from './forward'

/** Columns and rows of a terminal. */
export interface TerminalSize {
  readonly cols: number
  readonly rows: number
}

/** A terminal, kept until a person closes it. */
export interface TerminalView {
  readonly id: string
  readonly instance: { readonly id: string; readonly name: string }
  /** Where its sessions are opened, and what that is called. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  /** What the instance was told. */
  readonly size: TerminalSize
  /** The window whose screen has this size and answers what programs ask their terminal. Absent: no window does. */
  readonly heldBy?: string
  readonly state:
    | { readonly kind: 'connecting' }
    | ({ readonly kind: 'open' } & TimeLeft)
    | {
        readonly kind: 'reconnecting'
        readonly sinceAt: number
        readonly attempt: number
        /** Absent: an attempt is under way. */
        readonly retryAt?: number
        /** What has to be there before an attempt can succeed. */
        readonly waitsFor?: 'login' | 'network'
        readonly cause: WireError
      }
    /** `text` is why, as a sentence; "" where its program ended. With `error` it failed rather than ended. */
    | { readonly kind: 'ended'; readonly at: number; readonly text: string; readonly error?: WireError }
}
