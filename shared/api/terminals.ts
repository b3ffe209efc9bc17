// Requests about terminals.

import { request } from './request'
import { isNull, recordOf } from './shape'

/** The output of a terminal, as far as it is kept. */
export interface Replay {
  /** Where it begins: larger than what was asked for where bytes are gone. */
  readonly startOffset: number
  /** Queries in the output up to this byte have their answer. */
  readonly answeredOffset: number
  /** From `startOffset` to the newest. */
  readonly bytes: Uint8Array
}

/** See shared/api/requests.ts. */
export const terminalRequests = {
  /**
   * Opens a shell; answered at once, its state tells the rest. The size is sent to the instance as its first message.
   * `environment` absent: the shown one. `instanceName` is what to call an instance that the shown environment does not list.
   */
  'terminal.open': request(
    ({ object, id, cells, text, environmentRef }) =>
      object({
        instanceId: id,
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
  /** What the user typed or pasted, as text. */
  'terminal.write': request(({ object, id, text }) => object({ terminalId: id, text: text(1_048_576) }), isNull),
  /** Tells the instance the size of this window's screen. Ignored while another window holds the terminal. */
  'terminal.resize': request(({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }), isNull),
  /**
   * Makes this window the one that holds the terminal: its screen has this size, and answers. Taken from any other. Queries in the
   * output up to byte `answeredOffset` have their answer.
   */
  'terminal.hold': request(
    ({ object, id, cells }) => object({ terminalId: id, cols: cells, rows: cells }),
    recordOf<{ readonly answeredOffset: number }>({ answeredOffset: 'number' }),
  ),
  /**
   * What this window's screen answers to queries in the output up to byte `offset`. Sent to the instance if this window holds
   * the terminal and no answer was sent for that output before, else dropped.
   */
  'terminal.answer': request(
    ({ object, id, count, text }) => object({ terminalId: id, offset: count, text: text(16_384) }),
    isNull,
  ),
  /** The output from byte `fromOffset` on, as far as it is kept: the newest 4 MiB. For windows that come later. */
  'terminal.replay': request(
    ({ object, id, count }) => object({ terminalId: id, fromOffset: count }),
    recordOf<Replay>({ startOffset: 'number', answeredOffset: 'number', bytes: 'bytes' }),
  ),
  /** Ends the session and forgets the terminal. */
  'terminal.close': request(({ object, id }) => object({ terminalId: id }), isNull),
}
