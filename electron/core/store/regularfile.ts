// Opens and reads files of the data directory, and refuses what is no regular file.
//
// A pipe, a device or a socket in the place of a file would hang the process or give bytes without end. So the kind is checked
// before and after opening, files are opened without waiting, and the size of a read is bounded. Symbolic links are followed:
// some people keep such files elsewhere.

import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'

/** Far more than any file of ours has. */
export const MAX_READ_BYTES = 64 * 1024 * 1024

const CHUNK_BYTES = 256 * 1024

/** Windows has neither pipes nor devices in directories, nor this flag. */
const NO_WAIT = constants.O_NONBLOCK ?? 0

/** Something else stands in the place of a file. `code` is shown where the system's error code would be. */
class NotAFile extends Error {
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

function check(found: Stats): void {
  if (found.isFile()) return
  if (found.isDirectory()) throw new NotAFile('EISDIR')
  const kinds = [
    [found.isFIFO(), 'it is a pipe'],
    [found.isSocket(), 'it is a socket'],
    [found.isCharacterDevice() || found.isBlockDevice(), 'it is a device'],
  ] as const
  throw new NotAFile(kinds.find(([is]) => is)?.[1] ?? 'it is no file')
}

/** Opens a file that is there, or makes it with `mode` where `flags` say so. Never waits; rejects for what is no file. */
export async function openRegular(path: string, flags: number, mode?: number): Promise<FileHandle> {
  try {
    // Checked before it is opened, because opening a device may have an effect.
    check(await stat(path))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing || (flags & constants.O_CREAT) === 0) throw error
  }
  const file = await open(path, flags | NO_WAIT, mode)
  try {
    // Another file may have taken its place meanwhile.
    check(await file.stat())
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The bytes of a file; undefined where it is larger than `MAX_READ_BYTES`. Rejects as the system does, and for what is no file. */
export async function readRegular(path: string): Promise<Buffer | undefined> {
  const file = await openRegular(path, constants.O_RDONLY)
  try {
    if ((await file.stat()).size > MAX_READ_BYTES) return undefined
    // Counted, because the file may grow meanwhile.
    const chunks: Buffer[] = []
    let left = MAX_READ_BYTES
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null)
      if (bytesRead === 0) return Buffer.concat(chunks)
      left -= bytesRead
      if (left < 0) return undefined
      chunks.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}

/** Bytes of an open file from `from` on; fewer where it ends, or was cut meanwhile. */
export async function readAt(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, bytes))
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}
