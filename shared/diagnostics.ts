// The entries of the diagnostic log: events below the states that a person sees. Types only.
//
// The log is written only if CULVERT_LOG is set. An entry never contains bytes of a session, keys or tokens.

import type { ErrorCode } from './errors'

/** One entry. Times are in ms. */
export type Diagnostic =
  /** A frame that was invalid or found no room. It was not acknowledged, so the peer sends it again. */
  | { readonly kind: 'frame-dropped'; readonly sessionId: string; readonly why: string }
  /** A message was sent again; `attempt` counts from 2. */
  | {
      readonly kind: 'retransmission'
      readonly sessionId: string
      readonly sequence: number
      readonly attempt: number
    }
  /** A lost socket was replaced. */
  | { readonly kind: 'resume'; readonly sessionId: string; readonly pausedMs: number; readonly attempts: number }
  /** An open session was resumed before its socket was lost; `outcome` is how the new socket fared, or the code of the error. */
  | {
      readonly kind: 'resume-ahead'
      readonly sessionId: string
      readonly outcome: 'taken' | 'silent' | 'closed' | ErrorCode
    }
  /** A completed call of AWS's control plane. `error` is AWS's name of the error. */
  | {
      readonly kind: 'call'
      readonly operation: string
      readonly tookMs: number
      readonly attempts?: number
      readonly requestId?: string
      readonly error?: string
    }

/** Takes an entry. Never throws, never blocks. */
export type Diagnose = (entry: Diagnostic) => void
