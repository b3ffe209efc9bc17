// Reads files of the user that other tools write: AWS's two files, certificate bundles, tokens. Bounded, and without waiting.
//
// A path may lead to a pipe or a device. Opening a pipe would block one of the few threads that read files; a device never ends.
// Owns reading, and why a file cannot be read. Does not own the content, nor the whole sentence about a failure.

import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { asError } from '../../../shared/errors'
import { descriptorError, nodeCode } from '../errors/errors'

/** A thousand profiles have 200 kB, the certificates of all authorities 250 kB. */
const MAX_FILE_BYTES = 10 * 1_048_576

const CHUNK_BYTES = 65_536

/** Why a file cannot be read, as the end of a sentence that begins with its path. */
export class FileFault extends Error {
  readonly kind: 'missing' | 'forbidden' | 'other'

  constructor(kind: FileFault['kind'], why: string, options?: { readonly cause: unknown }) {
    super(why, options)
    this.name = 'FileFault'
    this.kind = kind
  }
}

/** Node's error as a fault; an `AppError` where too many files are open. */
function faultOf(error: unknown): Error {
  const code = nodeCode(error)
  const make = (kind: FileFault['kind'], why: string): FileFault => new FileFault(kind, why, { cause: error })
  switch (code) {
    // ENOTDIR: a part of the path is a file, so the whole path does not exist.
    case 'ENOENT':
    case 'ENOTDIR':
      return make('missing', 'does not exist')
    case 'EACCES':
    case 'EPERM':
      return make('forbidden', `may not be read by this user (${code})`)
    case 'EISDIR':
      return make('other', 'is a directory')
    case 'ENXIO':
      return make('other', 'is a socket')
    case undefined:
    default:
      return descriptorError(error) ?? make('other', `cannot be read (${code ?? asError(error).message})`)
  }
}

/**
 * Reads a whole file of 10 MiB at most. Throws a `FileFault` for no regular file, a larger one or one that cannot be read, and an
 * `AppError` (`internal`) where this process or the computer has too many files open.
 */
export async function readUserFile(path: string): Promise<Buffer> {
  let handle: FileHandle
  try {
    // O_NONBLOCK: opening a pipe must not wait for its writer. Windows has neither such pipes nor the flag.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    throw faultOf(error)
  }
  try {
    const stats = await handle.stat()
    if (stats.isDirectory()) throw new FileFault('other', 'is a directory')
    if (stats.isFIFO()) throw new FileFault('other', 'is a pipe, and Culvert reads it more than once')
    return await readAll(handle)
  } catch (error) {
    throw error instanceof FileFault ? error : faultOf(error)
  } finally {
    await handle.close().catch(() => undefined /* it was only read */)
  }
}

async function readAll(handle: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let size = 0; ;) {
    // The bytes read are counted, because a device reports no size and a file may grow.
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return Buffer.concat(chunks)
    size += bytesRead
    if (size > MAX_FILE_BYTES) throw new FileFault('other', 'has more than 10 MiB')
    chunks.push(buffer.subarray(0, bytesRead))
  }
}
