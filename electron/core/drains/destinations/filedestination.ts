// The destination of a file: JSON lines, rotated by size. PATH, PATH.1 (newest of the older ones), …, PATH.KEEP
//
// A new file is 0600. A file that is there already keeps its mode and its group, also after a rotation: a log shipper may read it. A file
// is refused if it belongs to another user, if other users may write it, or if it is a symbolic link: others could change the output of
// sessions, or direct it elsewhere. A batch is on disk when it counts as delivered; a batch that failed is cut off the file again.
// Does not own the check of the path at saving (../checks.ts).

import { constants, type Stats } from 'node:fs'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, asError, codeOf } from '../../../../shared/errors'
import type { DrainRecord } from '../../../../shared/model/drain'
import { readAt } from '../../store/regularfile'
import { ARRIVED, type Destination, type Sent } from './destination'
import { jsonLines } from './json'

const FILE_MODE = 0o600
const FOLDER_MODE = 0o700
const OTHERS_WRITE = 0o002
const PERMISSIONS = 0o777
const STICKY = 0o1000

/** What the destination needs. */
export interface FileOptions {
  readonly path: string
  readonly maxBytes: number
  readonly keep: number
}

/** The destination. */
export class FileDestination implements Destination {
  readonly #options: FileOptions

  constructor(options: FileOptions) {
    this.#options = options
  }

  async send(records: readonly DrainRecord[]): Promise<Sent> {
    try {
      await this.#append(Buffer.from(jsonLines(records)))
      return ARRIVED
    } catch (error) {
      return { refused: 0, again: records, error: fileError(this.#options.path, error) }
    }
  }

  async reach(): Promise<void> {
    try {
      await (await this.#open()).close()
    } catch (error) {
      throw fileError(this.#options.path, error)
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }

  async #append(bytes: Buffer): Promise<void> {
    let file = await this.#open()
    try {
      const found = await file.stat()
      let { size } = found
      if (size > 0 && size + bytes.length > this.#options.maxBytes) {
        await file.close()
        await this.#rotate()
        file = await this.#open()
        size = 0
        await keepAccess(file, found)
      }
      try {
        // A power cut may have left a line without its end.
        const isTorn = size > 0 && !(await endsInLineBreak(file, size))
        await file.appendFile(isTorn ? Buffer.concat([Buffer.from('\n'), bytes]) : bytes)
        await file.datasync()
      } catch (error) {
        await file.truncate(size).catch(() => undefined)
        throw error
      }
    } finally {
      await file.close()
    }
  }

  async #open(): Promise<FileHandle> {
    const { path } = this.#options
    await checkFolder(dirname(path))
    const { O_APPEND, O_CREAT, O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants
    // Windows has neither O_NOFOLLOW nor O_NONBLOCK.
    const file = await open(path, O_APPEND | O_CREAT | O_RDWR | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0), FILE_MODE)
    try {
      const found = await file.stat()
      if (!found.isFile()) throw new AppError('usage', `${path} is no file: enter the path of a file.`)
      if (process.getuid !== undefined && found.uid !== process.getuid()) {
        throw new AppError('usage', `${path} belongs to another user: enter the path of a file of your own.`)
      }
      if (process.getuid !== undefined && (found.mode & OTHERS_WRITE) !== 0) {
        throw new AppError(
          'usage',
          `Every user may write ${path}: take that right away (chmod o-w), or choose another path.`,
        )
      }
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  async #rotate(): Promise<void> {
    const { path, keep } = this.#options
    if (keep === 0) return rm(path, { force: true })
    for (let number = keep; number > 0; number -= 1) {
      const from = number === 1 ? path : `${path}.${number - 1}`
      await rename(from, `${path}.${number}`).catch((error: unknown) => {
        if (codeOf(error) !== 'ENOENT') throw asError(error)
      })
    }
  }
}

/** Gives a new file the mode and the group of the one before. Where this user may not set that group, the file stays 0600. */
async function keepAccess(file: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  if (process.getuid === undefined || (mode & PERMISSIONS) === FILE_MODE) return
  try {
    await file.chown(uid, gid)
  } catch {
    return
  }
  await file.chmod(mode & PERMISSIONS)
}

/** Makes the folder where it is missing. Rejects where others could replace the file. */
async function checkFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  const found = await stat(folder)
  if (process.getuid === undefined) return
  const isShared = (found.mode & OTHERS_WRITE) !== 0 && (found.mode & STICKY) === 0
  if (isShared) throw new AppError('usage', `Every user may write in ${folder}: choose a folder of your own.`)
  if (found.uid !== process.getuid() && found.uid !== 0) {
    throw new AppError('usage', `The folder ${folder} belongs to another user: choose a folder of your own.`)
  }
}

async function endsInLineBreak(file: FileHandle, size: number): Promise<boolean> {
  const [last] = await readAt(file, size - 1, 1)
  return last === 0x0a
}

function fileError(path: string, thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  const code = codeOf(thrown)
  const next =
    code === 'ELOOP'
      ? 'it is a symbolic link. Enter the path that it leads to.'
      : code === 'ENOSPC' || code === 'EDQUOT'
        ? 'free some space on its disk.'
        : 'give your user the right to it, or choose another path.'
  return new AppError('data-directory', `${path} cannot be written (${code ?? String(thrown)}): ${next}`, {
    cause: thrown,
  })
}
