// One JSON file with a version: read once, checked by its schema, written whole.
//
//   {"version": n, "data": …}      forwards.json
//   what could not be read         forwards.json.20261122T114200123Z.kept
//   while it is being written      forwards.json.0a1b2c3d4e5f.tmp
//
// A reader finds the old state or the new one, never half of one, also after a power cut. A file that cannot be read may still
// hold a person's data: it is moved aside and never deleted. Does not own what the data means. One process at a time holds the
// directory (lock.ts).

import { randomBytes } from 'node:crypto'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { AppError, codeOf } from '../../../shared/errors'
import { directoryError } from './failure'
import { readRegular } from './regularfile'

const FILE_MODE = 0o600

const CLOSED = 'Culvert is closing: start it again, then try again.'

/** How the name of a file that is being written ends. */
const LEAVING = /^\.[0-9a-f]{12}\.tmp$/

/** The path, version and schema of a file, and how older versions become this one. */
export interface JsonFileOptions<T> {
  readonly path: string
  readonly version: number
  readonly schema: z.ZodType<T>
  /** The value where there is no file, or none that can be read. */
  readonly empty: T
  /** From version n, the key, to n + 1. */
  readonly migrations: Readonly<Record<number, (data: unknown) => unknown>>
  /** Epoch ms, for the name of a file that is kept aside. */
  readonly now?: () => number
}

/** An open file. */
export interface JsonFile<T> {
  /** The newest value given to `write` whose writing has not failed; else the value that was read. */
  readonly value: T
  /** Where the file went that could not be read; undefined: all was well. */
  readonly keptAside: string | undefined
  /**
   * Resolves once `value` or a newer one is on disk. Writes that wait together become one. Rejects with `data-directory`; then
   * the file and `this.value` are what they were before, unless a newer value waits to be written.
   */
  write(value: T): Promise<void>
  /** Resolves once nothing is being written; what is given to `write` later is refused with `not-running`. */
  close(): Promise<void>
}

const envelope = z.strictObject({ version: z.number().int().positive(), data: z.unknown() })

/**
 * Opens a file, which need not exist, and removes temporary files that a crash has left. A file that is no JSON, breaks its
 * schema, is of a newer version or is too large is kept aside. Throws `data-directory` when the file is there and the system cannot
 * read it, and for a pipe, a device or a directory in its place.
 */
export async function openJsonFile<T>(options: JsonFileOptions<T>): Promise<JsonFile<T>> {
  const { path, empty } = options
  const found = await read(path)
  await removeLeavings(path)
  if (found === undefined) return new StoredFile(options, empty, undefined)
  const parsed = found.bytes === undefined ? undefined : parse(found.bytes, options)
  if (parsed !== undefined) return new StoredFile(options, parsed.value, undefined)
  return new StoredFile(options, empty, await keepAside(path, (options.now ?? Date.now)()))
}

/**
 * Reads a file without changing anything in the directory, which another process may hold. Resolves with `empty` where there is no
 * file. Throws `data-directory` for one that cannot be read.
 */
export async function readJsonFile<T>(options: JsonFileOptions<T>): Promise<T> {
  const { path, empty } = options
  const found = await read(path)
  if (found === undefined) return empty
  const parsed = found.bytes === undefined ? undefined : parse(found.bytes, options)
  if (parsed === undefined) throw directoryError(path, 'read', new Error('its content is not that of this version'))
  return parsed.value
}

/** Undefined: there is none. Without bytes: it is larger than any file of ours. */
async function read(path: string): Promise<{ readonly bytes: Buffer | undefined } | undefined> {
  try {
    return { bytes: await readRegular(path) }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw directoryError(path, 'read', error)
  }
}

async function removeLeavings(path: string): Promise<void> {
  const folder = dirname(path)
  const names = await readdir(folder).catch(() => [])
  const ours = basename(path)
  const leavings = names.filter((name) => name.startsWith(ours) && LEAVING.test(name.slice(ours.length)))
  // One that stays does no harm: the next start tries again.
  await Promise.all(leavings.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
}

/** Undefined: it cannot be read by us. */
function parse<T>(bytes: Buffer, options: JsonFileOptions<T>): { readonly value: T } | undefined {
  try {
    // Fatal: else a wrong byte would become another character and be written back as that.
    const whole: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const found = envelope.parse(whole)
    if (found.version > options.version) return undefined
    let { data } = found
    for (let version = found.version; version < options.version; version += 1) {
      const migrate = options.migrations[version]
      if (migrate === undefined) return undefined
      data = migrate(data)
    }
    return { value: options.schema.parse(data) }
  } catch {
    return undefined
  }
}

/** Moves the file to a name that nothing had before; returns it. */
async function keepAside(path: string, at: number): Promise<string> {
  const stamp = new Date(at).toISOString().replaceAll(/[-:.]/g, '')
  for (let count = 1; ; count += 1) {
    const kept = `${path}.${stamp}${count === 1 ? '' : `-${count}`}.kept`
    try {
      // Reserves the name, because a rename replaces an existing file.
      await (await open(kept, 'wx', FILE_MODE)).close()
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue
      throw directoryError(kept, 'written', error)
    }
    try {
      await rename(path, kept)
      return kept
    } catch (error) {
      await rm(kept, { force: true })
      throw directoryError(path, 'moved', error)
    }
  }
}

class StoredFile<T> implements JsonFile<T> {
  readonly keptAside: string | undefined
  readonly #options: JsonFileOptions<T>
  #value: T
  /** The value that the file has. */
  #saved: T
  #isClosed = false
  /** The write under way, or the last one. Never rejects. */
  #running: Promise<unknown> = Promise.resolve()
  /** The write that waits for it. Later values join this one. */
  #waiting: Promise<void> | undefined

  constructor(options: JsonFileOptions<T>, value: T, keptAside: string | undefined) {
    this.#options = options
    this.#value = value
    this.#saved = value
    this.keptAside = keptAside
  }

  get value(): T {
    return this.#value
  }

  write(value: T): Promise<void> {
    // After closing, another process may hold the directory.
    if (this.#isClosed) return Promise.reject(new AppError('not-running', CLOSED))
    this.#value = value
    this.#waiting ??= this.#writeAfter(this.#running)
    return this.#waiting
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #writeAfter(before: Promise<unknown>): Promise<void> {
    const writing = before.then(async () => {
      this.#waiting = undefined
      const value = this.#value
      try {
        await this.#save(value)
        this.#saved = value
      } catch (error) {
        if (this.#value === value) this.#value = this.#saved
        throw error
      }
    })
    this.#running = writing.catch(() => undefined /* the caller of `write` hears of it */)
    return writing
  }

  async #save(value: T): Promise<void> {
    const { path, version } = this.#options
    const text = `${JSON.stringify({ version, data: value }, null, 2)}\n`
    const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
    try {
      const file = await open(temporary, 'wx', FILE_MODE)
      try {
        await file.writeFile(text)
        // Before the rename, or a power cut may leave a new name on an empty file.
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined /* removed when the file is opened next */)
      throw directoryError(path, 'written', error)
    }
    await syncDirectory(dirname(path))
  }
}

/** Flushes the directory, so that the new name survives a power cut. Windows and some network disks cannot; there it is skipped. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // The data is on disk under its name. At worst a power cut brings back the state before.
  }
}
