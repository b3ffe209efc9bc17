// The interface of a port session, which each of its three modes implements. create.ts chooses the mode.
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
  /** The far end ended the session. A raw connection ends in order; in the other modes every connection fails with `error`. */
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
 * The linger of raw and mux connections. There is no half-close on the wire: a FIN sent at once would lose a late response (D10).
 * Source: specification, Appendix A.
 */
export const HALF_CLOSE_LINGER_MS = 30_000
