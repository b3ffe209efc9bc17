// smux version 1 frames: encode, and an incremental parser over a byte stream.
//
// Header, 8 bytes, little-endian: version u8 = 1, command u8, length u16, stream id u32; then `length` bytes of data.
// The frames of one direction are one byte stream over the Output payloads in sequence order: a message may end
// anywhere inside a frame. The data of a PSH frame is passed on as it arrives: at the agent's pace of 1,024 bytes a
// millisecond, a frame of 32 KiB takes 32 ms. Only the header is gathered. Source: xtaci/smux frame.go; specification §8.4.

import { AppError } from '../../../shared/errors'

const VERSION = 1
const HEADER_BYTES = 8

/** Commands of smux version 1. `update` belongs to version 2 and is skipped. */
export const FrameCommand = { syn: 0, fin: 1, push: 2, nop: 3, update: 4 } as const

/** One of {@link FrameCommand}. */
export type FrameCommand = (typeof FrameCommand)[keyof typeof FrameCommand]

/** Most data bytes in a frame that we send (smux MaxFrameSize); any u16 length is accepted. */
export const MAX_FRAME_DATA_BYTES = 32_768

/** A piece of a received frame: all of it, or a part of the data of a PSH frame. `data` is a view of the chunk it came in. */
export interface FramePiece {
  readonly command: FrameCommand
  readonly streamId: number
  /** Empty but for PSH. */
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
 * Cuts a byte stream into frames. Holds at most one incomplete header.
 * `push` throws `protocol` on a bad version or an unknown command; the parser is unusable after that.
 */
export class FrameParser {
  readonly #header = Buffer.alloc(HEADER_BYTES)
  #headerBytes = 0
  #command: FrameCommand = FrameCommand.nop
  #streamId = 0
  /** Bytes of data that are still to come in the current frame. */
  #dataBytes = 0

  /**
   * Takes the next bytes of the stream and returns what they bring, in order. A PSH frame comes as one or more pieces, without an
   * empty one unless the frame is empty. Any other frame comes once, when its last byte is there; data in it has no meaning and is
   * skipped.
   */
  push(chunk: Buffer): FramePiece[] {
    const pieces: FramePiece[] = []
    let rest = chunk
    while (rest.length > 0) {
      if (this.#headerBytes < HEADER_BYTES) {
        rest = this.#gatherHeader(rest)
        if (this.#headerBytes < HEADER_BYTES) break
        if (this.#dataBytes === 0) pieces.push(this.#finish(NO_DATA))
        continue
      }
      const data = rest.subarray(0, this.#dataBytes)
      rest = rest.subarray(data.length)
      this.#dataBytes -= data.length
      const isPush = this.#command === FrameCommand.push
      if (this.#dataBytes === 0) pieces.push(this.#finish(isPush ? data : NO_DATA))
      else if (isPush) pieces.push({ command: this.#command, streamId: this.#streamId, data })
    }
    return pieces
  }

  /** Takes what the header still needs from `chunk` and returns the rest. A header that is complete is read. */
  #gatherHeader(chunk: Buffer): Buffer {
    const count = chunk.copy(this.#header, this.#headerBytes)
    this.#headerBytes += count
    if (this.#headerBytes === HEADER_BYTES) {
      const version = this.#header.readUInt8(0)
      if (version !== VERSION) throw new AppError('protocol', `The peer speaks multiplexer version ${version}, not 1.`)
      this.#command = commandOf(this.#header.readUInt8(1))
      this.#dataBytes = this.#header.readUInt16LE(2)
      this.#streamId = this.#header.readUInt32LE(4)
    }
    return chunk.subarray(count)
  }

  /** The last piece of the current frame. A header comes next. */
  #finish(data: Buffer): FramePiece {
    this.#headerBytes = 0
    return { command: this.#command, streamId: this.#streamId, data }
  }
}
