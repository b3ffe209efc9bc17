// Requests about terminals.

import { request } from './request'
import { isNull, recordOf } from './shape'

/** The kept part of a terminal's output. */
export interface Replay {
  /** The offset of the first byte; larger than the requested one if earlier bytes are no longer kept. */
  readonly startOffset: number
  /** Queries in the output up to this byte are already answered. */
  readonly answeredOffset: number
  /** The bytes from `startOffset` to the newest. */
  readonly bytes: Uint8Array
}

/** See shared/api/requests.ts. */
export const terminalRequests = {
  /**
   * Opens a shell. Answered at once; its state reports the progress. The size is sent to the instance as its first message.
   * Give `instanceId`, or `target` for a host that is chosen from a set. `environment` absent: the shown one. `instanceName` is the
   * label of an instance that the shown environment does not list, or of the set. Rejects with `usage` if neither is given.
   */
  'terminal.open': request(
    ({ object, id, cells, text, environmentRef, forwardFields }) =>
      object({
        instanceId: id.exactOptional(),
        target: forwardFields.target.exactOptional(),
        environment: environmentRef.exactOptional(),
        instanceName: text(256).exactOptional(),
        cols: cells,
        rows: cells,
      }),
    recordOf<{ readonly terminalId: string }>({ terminalId: 'text' }),
  ),
  /** Opens a new session in a terminal that has ended; its earlier output stays. */
  'terminal.restart': request(({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }), isNull),
  /** Cuts short the wait of a terminal that is reconnecting. */
  'terminal.retry': request(({ object, id }) => object({ terminalId: id }), isNull),
  /** Text that the person typed or pasted. */
  'terminal.write': request(({ object, id, text }) => object({ terminalId: id, text: text(1_048_576) }), isNull),
  /** Sends the size of this window's screen to the instance. Ignored while another window holds the terminal. */
  'terminal.resize': request(({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }), isNull),
  /**
   * Makes this window hold the terminal, in place of any other: the terminal takes this screen's size, and this screen answers
   * queries. Queries in the output up to byte `answeredOffset` are already answered.
   */
  'terminal.hold': request(
    ({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }),
    recordOf<{ readonly answeredOffset: number }>({ answeredOffset: 'number' }),
  ),
  /**
   * The answers of this window's screen to queries in the output up to byte `offset`. Sent to the instance if this window
   * holds the terminal and no answer was sent for that output before, else dropped.
   */
  'terminal.answer': request(
    ({ object, id, count, text }) => object({ terminalId: id, offset: count, text: text(16_384) }),
    isNull,
  ),
  /** The output from byte `fromOffset` on, as far as it is kept: the newest 4 MiB. For windows that are opened later. */
  'terminal.replay': request(
    ({ object, id, count }) => object({ terminalId: id, fromOffset: count }),
    recordOf<Replay>({ startOffset: 'number', answeredOffset: 'number', bytes: 'bytes' }),
  ),
  /** Ends the session and removes the terminal. */
  'terminal.close': request(({ object, id }) => object({ terminalId: id }), isNull),
}
