// Takes the sentinel and the exit status behind it out of a stream of output.
//
// Output passes at once. Only an end that could be the beginning of a sentinel waits for the next bytes, because the border of a
// message may cut the sentinel anywhere.

import type { Sentinel } from './quoting'

/** Longest number and its end, as in "255;". */
const STATUS_BYTES = 4

/** Filters one command's output. */
export class SentinelFilter {
  readonly #sentinel: Buffer
  #held = Buffer.alloc(0)
  #status: number | undefined

  constructor({ first, second }: Sentinel) {
    this.#sentinel = Buffer.from(first + second)
  }

  /** The command's exit status, once its sentinel has come. */
  get status(): number | undefined {
    return this.#status
  }

  /**
   * Takes a piece of output and returns what may be printed of it and of what was held. What is still held when the
   * output ends is the beginning of a sentinel that never came, and is not for printing.
   */
  push(chunk: Uint8Array): Buffer {
    const bytes = Buffer.concat([this.#held, chunk])
    this.#held = Buffer.alloc(0)
    // A background process of the command may print more after the sentinel: that is output too.
    if (this.#status !== undefined) return bytes
    const at = bytes.indexOf(this.#sentinel)
    if (at === -1) {
      const keep = this.#overlap(bytes)
      this.#held = bytes.subarray(bytes.length - keep)
      return bytes.subarray(0, bytes.length - keep)
    }
    const end = at + this.#sentinel.length
    const match = /^(\d{1,3});/.exec(bytes.toString('latin1', end, end + STATUS_BYTES))
    if (match?.[1] !== undefined) {
      this.#status = Number(match[1])
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end + match[0].length)])
    }
    // A sentinel without a status was printed by a command that knows it: that is output, and must not hold up the rest.
    if (bytes.length >= end + STATUS_BYTES) {
      return Buffer.concat([bytes.subarray(0, end), this.push(bytes.subarray(end))])
    }
    this.#held = bytes.subarray(at)
    return bytes.subarray(0, at)
  }

  /** How many bytes at the end of `bytes` are the beginning of a sentinel. */
  #overlap(bytes: Buffer): number {
    for (let length = Math.min(bytes.length, this.#sentinel.length - 1); length > 0; length -= 1) {
      if (bytes.subarray(bytes.length - length).equals(this.#sentinel.subarray(0, length))) return length
    }
    return 0
  }
}
