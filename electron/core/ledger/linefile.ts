// Files of lines: one that this process appends to, and reading those of others.
//
// No caller waits for an append: lines of the same turn are written together, in their order. Where the disk refuses them they are kept,
// within a bound, and written with the next line.

import { constants } from 'node:fs'
import { mkdir, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../../../shared/errors'
import { openRegular } from '../store/regularfile'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700

/** Lines that a disk has refused: some hours of a busy app. */
const MAX_WAITING = 2_000

/** What is read without giving the process a turn: some 10 ms. */
const BLOCK_BYTES = 1_048_576

const LINE_BREAK = 0x0a

/** Far more than the longest line has. What is longer is no line. */
const MAX_LINE_BYTES = 4_000_000

/** A file that grows by lines; made with its folder by the first one. */
export class AppendedFile {
  readonly path: string
  readonly #onProblem: (error: unknown) => void
  #waiting: string[] = []
  /** Never rejects. */
  #writing: Promise<void> | undefined
  #isTorn: boolean
  #sizeBytes = 0

  /** `isTorn`: the file ends within a line. `onProblem` hears of each failed write; it must not throw. */
  constructor(path: string, options: { readonly isTorn: boolean; readonly onProblem: (error: unknown) => void }) {
    this.path = path
    this.#isTorn = options.isTorn
    this.#onProblem = options.onProblem
  }

  /** The size after the last write. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Adds a line that has its line break. Never throws, never waits. */
  add(line: string): void {
    this.#waiting.push(line)
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift()
    this.#writing ??= this.#writeAll()
  }

  /** Resolves once nothing is being written. Never rejects. */
  async written(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve()
    let batch: string[] = []
    try {
      while (this.#waiting.length > 0) {
        batch = this.#waiting
        this.#waiting = []
        await this.#append(batch.join(''))
      }
    } catch (error) {
      this.#waiting = [...batch, ...this.#waiting].slice(-MAX_WAITING)
      this.#onProblem(error)
    } finally {
      this.#writing = undefined
    }
  }

  async #append(text: string): Promise<void> {
    const { O_APPEND, O_CREAT, O_WRONLY } = constants
    const flags = O_APPEND | O_CREAT | O_WRONLY
    const file = await openRegular(this.path, flags, FILE_MODE).catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw error
      await mkdir(dirname(this.path), { recursive: true, mode: FOLDER_MODE })
      return openRegular(this.path, flags, FILE_MODE)
    })
    let before
    try {
      before = (await file.stat()).size
      const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text)
      await file.appendFile(bytes)
      this.#isTorn = false
      this.#sizeBytes = before + bytes.length
    } catch (error) {
      // The whole text is written again later: a part of it must not stay.
      if (before !== undefined) await truncate(this.path, before).catch(() => (this.#isTorn = true))
      throw error
    } finally {
      await file.close()
    }
  }
}

/** What reading a file has found. */
export interface ReadLines {
  /** Where the next reading goes on: behind the last line break. */
  readonly end: number
  /** Lines that `take` has refused. */
  readonly broken: number
  /** Whether the last line has no line break, because its writing was cut off or is under way. It is not given to `take`. */
  readonly isTorn: boolean
}

/**
 * Gives the lines of a file behind byte `from` to `take`, which says whether it could read each. Reads at most `maxBytes`; resolves with
 * undefined where the file is larger. Rejects as the system does, and for what is no file.
 */
export async function readLines(
  path: string,
  { from = 0, maxBytes }: { readonly from?: number; readonly maxBytes: number },
  take: (line: string) => boolean,
): Promise<ReadLines | undefined> {
  const file = await openRegular(path, constants.O_RDONLY)
  try {
    const { size } = await file.stat()
    if (size > maxBytes) return undefined
    let broken = 0
    let position = from
    /** The beginning of a line whose end is not read yet. */
    let rest = Buffer.alloc(0)
    /** Whether that line is too long: it is dropped up to its end. */
    let isTooLong = false
    while (position < size) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(BLOCK_BYTES, size - position)), { position })
      if (bytesRead === 0) break
      position += bytesRead
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
      let start = 0
      for (let end = bytes.indexOf(LINE_BREAK); end !== -1; end = bytes.indexOf(LINE_BREAK, start)) {
        if (end > start && !isTooLong && !take(bytes.toString('utf8', start, end))) broken += 1
        isTooLong = false
        start = end + 1
      }
      rest = bytes.subarray(start)
      if (!isTooLong && rest.length <= MAX_LINE_BYTES) continue
      if (!isTooLong) broken += 1
      isTooLong = true
      rest = Buffer.alloc(0)
    }
    return { end: position - rest.length, broken, isTorn: isTooLong || rest.length > 0 }
  } finally {
    await file.close()
  }
}
