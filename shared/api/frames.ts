// Terminal output and pieces of recordings over a WebSocket: binary frames from the host to the page. All other messages are text (JSON).
//
//   output:  1 (u8) | offset (f64) | length of the id (u16) | terminal id (UTF-8) | bytes …
//   replay:  2 (u8) | id of the request (f64) | startOffset (f64) | answeredOffset (f64) | bytes …
//   piece:   3 (u8) | id of the request (f64) | nextOffset (f64), -1 at the end | bytes …
//
// Numbers are big-endian. An f64 holds every byte offset and every id exactly.

import type { TerminalOutput } from './events'
import type { RecordingPiece } from './recordings'
import type { Replay } from './terminals'

const OUTPUT = 1
const REPLAY = 2
const PIECE = 3
const OUTPUT_HEADER_BYTES = 11
const REPLAY_HEADER_BYTES = 25
const PIECE_HEADER_BYTES = 17

/** The content of a frame: an event, or the answer to the request `id`. */
export type Frame =
  | { readonly kind: 'output'; readonly output: TerminalOutput }
  | { readonly kind: 'replay'; readonly id: number; readonly replay: Replay }
  | { readonly kind: 'piece'; readonly id: number; readonly piece: RecordingPiece }

/** Encodes an output event. Copies the bytes. */
export function encodeOutput({ terminalId, offset, bytes }: TerminalOutput): Uint8Array {
  const name = new TextEncoder().encode(terminalId)
  const frame = new Uint8Array(OUTPUT_HEADER_BYTES + name.length + bytes.length)
  const header = new DataView(frame.buffer)
  header.setUint8(0, OUTPUT)
  header.setFloat64(1, offset)
  header.setUint16(9, name.length)
  frame.set(name, OUTPUT_HEADER_BYTES)
  frame.set(bytes, OUTPUT_HEADER_BYTES + name.length)
  return frame
}

/** Encodes a replay, the answer to the request `id`. Copies the bytes. */
export function encodeReplay(id: number, { startOffset, answeredOffset, bytes }: Replay): Uint8Array {
  const frame = new Uint8Array(REPLAY_HEADER_BYTES + bytes.length)
  const header = new DataView(frame.buffer)
  header.setUint8(0, REPLAY)
  header.setFloat64(1, id)
  header.setFloat64(9, startOffset)
  header.setFloat64(17, answeredOffset)
  frame.set(bytes, REPLAY_HEADER_BYTES)
  return frame
}

/** Encodes a piece of a recording, the answer to the request `id`. Copies the bytes. */
export function encodePiece(id: number, { bytes, nextOffset = -1 }: RecordingPiece): Uint8Array {
  const frame = new Uint8Array(PIECE_HEADER_BYTES + bytes.length)
  const header = new DataView(frame.buffer)
  header.setUint8(0, PIECE)
  header.setFloat64(1, id)
  header.setFloat64(9, nextOffset)
  frame.set(bytes, PIECE_HEADER_BYTES)
  return frame
}

/** Decodes a frame; undefined if it is not valid. Its bytes are a view into `data`, not a copy. */
export function decodeFrame(data: ArrayBuffer): Frame | undefined {
  const view = new DataView(data)
  const kind = view.byteLength === 0 ? 0 : view.getUint8(0)
  if (kind === OUTPUT && view.byteLength >= OUTPUT_HEADER_BYTES) {
    const idBytes = view.getUint16(9)
    if (view.byteLength < OUTPUT_HEADER_BYTES + idBytes) return undefined
    const terminalId = new TextDecoder().decode(new Uint8Array(data, OUTPUT_HEADER_BYTES, idBytes))
    const bytes = new Uint8Array(data, OUTPUT_HEADER_BYTES + idBytes)
    return { kind: 'output', output: { terminalId, offset: view.getFloat64(1), bytes } }
  }
  if (kind === REPLAY && view.byteLength >= REPLAY_HEADER_BYTES) {
    const bytes = new Uint8Array(data, REPLAY_HEADER_BYTES)
    const replay = { startOffset: view.getFloat64(9), answeredOffset: view.getFloat64(17), bytes }
    return { kind: 'replay', id: view.getFloat64(1), replay }
  }
  if (kind === PIECE && view.byteLength >= PIECE_HEADER_BYTES) {
    const bytes = new Uint8Array(data, PIECE_HEADER_BYTES)
    const nextOffset = view.getFloat64(9)
    return { kind: 'piece', id: view.getFloat64(1), piece: { bytes, ...(nextOffset < 0 ? {} : { nextOffset }) } }
  }
  return undefined
}
