// How far a spool was delivered: position.json in its folder, beside the counters of the drain.
//
// Written whole under another name and renamed, without a flush: after a power cut an older position may be there, and some records are
// sent again. A position that cannot be read stands for the beginning.

import { join } from 'node:path'
import * as z from 'zod'
import { readRegular } from '../../store/regularfile'
import { replaceFile } from '../../store/replacing'

const whole = z.number().int().nonnegative()

const schema = z.object({
  /** The number of the file, and the byte in it. Everything before was delivered. */
  segment: whole,
  offset: whole,
  /** The end of a batch that was sent and is not known to have arrived: it is sent again with the same records. */
  tried: whole,
  delivered: whole,
  dropped: whole,
  refused: whole,
})

/** See the schema. */
export type Position = z.infer<typeof schema>

const BEGINNING: Position = { segment: 0, offset: 0, tried: 0, delivered: 0, dropped: 0, refused: 0 }

/** Reads the position of a spool's folder. Never rejects. */
export async function readPosition(folder: string): Promise<Position> {
  try {
    const bytes = await readRegular(join(folder, 'position.json'))
    return schema.parse(JSON.parse(bytes?.toString('utf8') ?? ''))
  } catch {
    return BEGINNING
  }
}

/** Writes positions; of those that wait only the newest. */
export class PositionFile {
  readonly #folder: string
  #newest: Position | undefined
  #writing: Promise<void> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Resolves once this position, or a newer one, is in the file, or cannot be: then records are sent again at worst. Never rejects. */
  async write(position: Position): Promise<void> {
    this.#newest = position
    while (this.#newest !== undefined || this.#writing !== undefined) {
      this.#writing ??= this.#writeNewest().finally(() => {
        this.#writing = undefined
      })
      await this.#writing
    }
  }

  async #writeNewest(): Promise<void> {
    const position = this.#newest
    this.#newest = undefined
    const path = join(this.#folder, 'position.json')
    await replaceFile(path, JSON.stringify(position)).catch(() => undefined)
  }
}
