// smux version 1 frames: encode, and an incremental parser over a byte stream.
//
// Header, 8 bytes, little-endian: version u8 = 1, command u8, length u16, stream id u32; then `length` bytes of data.
// The frames of one direction are one byte stream over the Output payloads in sequence order: a message may end
// anywhere inside a frame. Source: xtaci/smux frame.go; specification §8.4.

import { AppError } from '../../../shared/errors'
import { ownBytes } from './ownbytes'

const VERSION = 1
const HEADER_BYTES = 8

/** Commands of smux version 1. `update` belongs to version 2 and is skipped. */
export const FrameCommand = { syn: 0, fin: 1, push: 2, nop: 3, update: 4 } as const

/** One of {@link FrameCommand}. */
export type FrameCommand = (typeof FrameCommand)[keyof typeof FrameCommand]

/** Most data bytes in a frame that we send (smux MaxFrameSize); any u16 length is accepted. */
export const MAX_FRAME_DATA_BYTES = 32_768

/** A frame as received. `data` is a view of the chunk it came in unless it crossed chunks. */
export interface Frame {
  readonly command: FrameCommand
  readonly streamId: number
  readonly data: Buffer
}

const NO_DATA = Buffer.alloc(0)

/** Encodes the 8-byte header of a frame that carries `dataBytes` bytes. */
export function encodeFrameHeader(command: FrameCommand, streamId: number, dataBytes = 0): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt8(VERSION, 0)
  header.writeUInt8(command, 1)
  header.writeUInt16LE(dataBytes, 2)
  header.writeUInt32LE(streamId, 4)
  return header
}

function commandOf(value: number): FrameCommand {
  switch (value) {
    case 0:
      return FrameCommand.syn
    case 1:
      return FrameCommand.fin
    case 2:
      return FrameCommand.push
    case 3:
      return FrameCommand.nop
    case 4:
      return FrameCommand.update
    default:
      throw new AppError('protocol', `The peer sent an unknown multiplexer command (${value}).`)
  }
}

/**
 * Cuts a byte stream into frames. Holds at most one incomplete frame (8 + 65,535 bytes).
 * `push` throws `protocol` on a bad version or an unknown command; the parser is unusable after that.
 */
export class FrameParser {
  #held: Buffer[] = []
  #heldBytes = 0

  /** Takes the next bytes of the stream and returns the frames they complete, in order. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    let rest = chunk
    if (this.#heldBytes > 0) {
      this.#held.push(ownBytes(chunk))
      this.#heldBytes += chunk.length
      if (this.#heldBytes < this.#needed()) return frames
      rest = Buffer.concat(this.#held)
      this.#held = []
      this.#heldBytes = 0
    }
    while (rest.length >= HEADER_BYTES) {
      const version = rest.readUInt8(0)
      if (version !== VERSION) throw new AppError('protocol', `The peer speaks multiplexer version ${version}, not 1.`)
      const command = commandOf(rest.readUInt8(1))
      const dataBytes = rest.readUInt16LE(2)
      if (rest.length < HEADER_BYTES + dataBytes) break
      const streamId = rest.readUInt32LE(4)
      const data = dataBytes === 0 ? NO_DATA : rest.subarray(HEADER_BYTES, HEADER_BYTES + dataBytes)
      frames.push({ command, streamId, data })
      rest = rest.subarray(HEADER_BYTES + dataBytes)
    }
    if (rest.length > 0) {
      this.#held.push(ownBytes(rest))
      this.#heldBytes = rest.length
    }
    return frames
  }

  // Bytes that complete the frame at the head, as far as they are known; avoids joining the pieces for each chunk.
  #needed(): number {
    const head = this.#held[0]
    if (head === undefined || head.length < HEADER_BYTES) return HEADER_BYTES
    return HEADER_BYTES + head.readUInt16LE(2)
  }
}
