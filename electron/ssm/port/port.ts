// What a port session is to its owner, in each of its three modes (create.ts chooses). Types only.
//
// Source: specification §5.5, §8.1 to §8.5.

import type { Duplex } from 'node:stream'
import type { AppError } from '../../../shared/errors'
import type { ChannelReceiver } from '../channel/handlers'
import type { ReceiveBudget } from './budget'

/** The connections of one port session. It is the receiver of the session's channel. */
export interface Port extends ChannelReceiver {
  readonly mode: 'mux' | 'basic' | 'raw'
  /** Whether the agent understands the TerminateSession flag. */
  readonly canTerminateByFlag: boolean
  /**
   * How long a connection whose local program has finished writing stays open for an answer without a byte, ms. In basic
   * mode others wait in line behind it.
   */
  readonly halfCloseLingerMs: number
  /**
   * Opens a connection to the session's destination. Mux: as many as wanted at once. Basic: waits for its turn, writes are held
   * until then. Raw: once; a second call throws `protocol`. Throws `session-ended` after `destroy`.
   */
  open(): Duplex
  /** Takes a payload of the session in order. Throws `protocol`. */
  receive(payloadType: number, payload: Buffer): void
  /** The far end hung up and ended the session: a raw connection ends, others never got their own end and fail with `error`. */
  hangUp(error: AppError): void
  /** Ends every connection with `error`. */
  destroy(error: AppError): void
}

/** Sends bytes of the session; `done` is called when there is room for more. */
export type WriteBytes = (bytes: Buffer, done: () => void) => void

/** What every port needs. */
export interface PortOptions {
  readonly budget: ReceiveBudget
  /** See `Port`. */
  readonly canTerminateByFlag: boolean
}

/**
 * Appendix A: there is no half-close on the wire, and a FIN would lose the late response (D10). The linger of a session that
 * others do not wait for.
 */
export const HALF_CLOSE_LINGER_MS = 30_000
