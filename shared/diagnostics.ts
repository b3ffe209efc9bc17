// What goes into the diagnostic log: what happens below the states that a person is told. Types only.
//
// The log exists only where CULVERT_LOG is set. An entry never holds bytes of a session, keys or tokens.

/** One entry. Times are in ms. */
export type Diagnostic =
  /** A frame that made no sense, or that had no room. It was not acknowledged, so a good copy comes again. */
  | { readonly kind: 'frame-dropped'; readonly sessionId: string; readonly why: string }
  /** A message that was sent again; `attempt` counts from 2. */
  | {
      readonly kind: 'retransmission'
      readonly sessionId: string
      readonly sequence: number
      readonly attempt: number
    }
  /** A lost socket was replaced. */
  | { readonly kind: 'resume'; readonly sessionId: string; readonly pausedMs: number; readonly attempts: number }
  /** A call of AWS's control plane that has ended. `error` is AWS's name of it. */
  | {
      readonly kind: 'call'
      readonly operation: string
      readonly tookMs: number
      readonly attempts?: number
      readonly requestId?: string
      readonly error?: string
    }

/** Takes an entry. Never throws, never waits. */
export type Diagnose = (entry: Diagnostic) => void
