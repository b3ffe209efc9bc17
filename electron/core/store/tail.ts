// Reads a file of lines from its end: the newest lines of a journal without what precedes them.
//
// The file is read in blocks from the last byte towards the first. A line that is cut at the border of two blocks is joined
// before it is decoded, so no character is cut either. Does not own what a line means.

import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { MAX_READ_BYTES, openRegular, readAt } from './regularfile'

const BLOCK_BYTES = 64 * 1024

const LINE_BREAK = 0x0a

/** The state of a file besides its lines. */
export interface Tail {
  /** Whether the last line has no line break, because its writing was cut off. */
  readonly isTorn: boolean
}

/**
 * Gives the lines of a file to `take`, the last one first, until `take` returns false or the file has no more. Lines have no
 * line break; an empty line is not given. Resolves with undefined, and reads nothing, where the file is larger than any of
 * ours, which bounds the length of a line too. Rejects as the system does, and for what is no file.
 */
export async function readTail(path: string, take: (line: string) => boolean): Promise<Tail | undefined> {
  const file = await openRegular(path, constants.O_RDONLY)
  try {
    const sizeBytes = (await file.stat()).size
    return sizeBytes > MAX_READ_BYTES ? undefined : await takeLines(file, sizeBytes, take)
  } finally {
    await file.close()
  }
}

async function takeLines(file: FileHandle, sizeBytes: number, take: (line: string) => boolean): Promise<Tail> {
  let isTorn = false
  /** The parts of the line whose beginning is not read yet, the last one first. */
  let parts: Buffer[] = []
  const isWanted = (): boolean => {
    const line = Buffer.concat(parts.toReversed()).toString('utf8')
    parts = []
    return line === '' || take(line)
  }
  for (let position = sizeBytes; position > 0;) {
    const start = Math.max(0, position - BLOCK_BYTES)
    const block = await readAt(file, start, position - start)
    if (position === sizeBytes) isTorn = block.at(-1) !== LINE_BREAK
    let end = block.length
    for (let at = lastBreak(block, end); at !== -1; at = lastBreak(block, end)) {
      parts.push(block.subarray(at + 1, end))
      end = at
      if (!isWanted()) return { isTorn }
    }
    parts.push(block.subarray(0, end))
    position = start
  }
  isWanted()
  return { isTorn }
}

function lastBreak(block: Buffer, end: number): number {
  return end === 0 ? -1 : block.lastIndexOf(LINE_BREAK, end - 1)
}
