// What crosses the connection between a holder and the command that attends to it: frames of a kind, a length and so many bytes. Pure.
//
//   kind  1 byte    0 a word (JSON), 1 output, 2 errors, 3 input
//   size  4 bytes   big-endian, at most 65,536
//   bytes
//
// Both ends are Culvert, of one user, yet neither trusts the other's lengths: a frame that is too long or of another kind throws.

import { AppError } from '../../../../shared/errors'

/** The kinds of frames. Input goes to the holder, output and errors come from it, words go both ways. */
export const FrameKind = { word: 0, output: 1, errors: 2, input: 3 } as const

/** One of the kinds. */
export type FrameKind = (typeof FrameKind)[keyof typeof FrameKind]

/** One frame. */
export interface Frame {
  readonly kind: FrameKind
  readonly bytes: Buffer
}

const HEAD_BYTES = 5
const MAX_BYTES = 65_536

function isKind(value: number): value is FrameKind {
  return value === 0 || value === 1 || value === 2 || value === 3
}

/** Encodes bytes as frames of one kind; more than 65,536 bytes become several. Nothing becomes nothing. */
export function encodeFrames(kind: FrameKind, bytes: Uint8Array): Buffer {
  const parts: Buffer[] = []
  for (let start = 0; start < bytes.length; start += MAX_BYTES) {
    const part = bytes.subarray(start, start + MAX_BYTES)
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUInt8(kind, 0)
    head.writeUInt32BE(part.length, 1)
    parts.push(head, Buffer.from(part))
  }
  return Buffer.concat(parts)
}

/** Encodes a word. Throws `internal` for one that is longer than a frame: our own are short. */
export function encodeWord(word: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(word))
  if (bytes.length > MAX_BYTES) throw new AppError('internal', 'A word to the other Culvert is too long. Report this.')
  return encodeFrames(FrameKind.word, bytes)
}

/** Reads frames out of pieces of any size. Holds at most one frame that is not whole. */
export class FrameReader {
  #pieces: Buffer[] = []
  #heldBytes = 0
  /** How many bytes are needed before there is something to read. Until then pieces are only kept: no byte is copied twice. */
  #neededBytes = HEAD_BYTES

  /** The frames that are whole with this piece. Throws `protocol`; do not use the reader afterwards. */
  read(piece: Buffer): readonly Frame[] {
    this.#pieces.push(piece)
    this.#heldBytes += piece.length
    if (this.#heldBytes < this.#neededBytes) return []
    const frames: Frame[] = []
    let rest = Buffer.concat(this.#pieces)
    this.#neededBytes = HEAD_BYTES
    while (rest.length >= HEAD_BYTES) {
      const kind = rest.readUInt8(0)
      const size = rest.readUInt32BE(1)
      if (!isKind(kind) || size > MAX_BYTES) {
        throw new AppError('protocol', 'The other Culvert sent what this one does not know. Use the same version.')
      }
      this.#neededBytes = HEAD_BYTES + size
      if (rest.length < this.#neededBytes) break
      frames.push({ kind, bytes: rest.subarray(HEAD_BYTES, this.#neededBytes) })
      rest = rest.subarray(this.#neededBytes)
      this.#neededBytes = HEAD_BYTES
    }
    // A copy: a slice would keep the memory of all pieces.
    this.#pieces = rest.length === 0 ? [] : [Buffer.from(rest)]
    this.#heldBytes = rest.length
    return frames
  }
}
