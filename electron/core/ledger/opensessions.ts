// The open sessions of each process: what a crash leaves behind, so that the next start can end it.
//
//   open-sessions/PROCESS.json     the sessions that one process has begun and not ended; deleted with the last one
//   sessions.json                  the same of an older Culvert, which had one file: its entries are taken over once
//
// A session is on disk before it is started. The history (history.ts) is not needed for this, and a history that is damaged or deleted
// takes nothing away from it. The holder of the lock takes over the entries of dead processes: they are in its own file before theirs is
// deleted. Does not own the ending of sessions.

import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef } from '../../../shared/schemas'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { directoryError } from '../store/failure'
import { openJsonFile, readJsonFile, type JsonFile } from '../store/jsonfile'
import { isRunning, parseProcessName, type LedgerProcess } from './processname'

/** A session on record. */
export interface OpenSession {
  /** 12 hexadecimal digits. */
  readonly id: string
  readonly environment: EnvironmentRef
  /** `i-…`, `mi-…` */
  readonly target: string
  /** Epoch ms. */
  readonly startedAt: number
  /** Absent until StartSession has answered, which it may never have. */
  readonly sessionId?: string
}

const schema = z.array(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{12}$/),
    environment: environmentRef,
    target: z.string().min(1),
    startedAt: z.number().int().nonnegative(),
    sessionId: z.string().min(1).exactOptional(),
  }),
)

const ENDING = '.json'

type Sessions = readonly OpenSession[]

function optionsOf(path: string, now: () => number) {
  return { path, version: 1, schema, empty: [], migrations: {}, now }
}

function folderOf(directory: string): string {
  return join(directory, 'open-sessions')
}

/** The open sessions. Its promises reject with `data-directory`; the entries in memory are right even then. */
export class OpenSessions {
  readonly #directory: string
  readonly #process: LedgerProcess
  readonly #now: () => number
  readonly #entries = new Map<string, OpenSession>()
  #opening: Promise<JsonFile<Sessions>> | undefined
  #keptAside: string | undefined

  /** Reads and writes nothing before the first session; `adopt` takes over what others have left. */
  constructor(directory: string, process: LedgerProcess, now: () => number) {
    this.#directory = directory
    this.#process = process
    this.#now = now
  }

  /** Where a file of an earlier run went that could not be read; undefined: all was well. */
  get keptAside(): string | undefined {
    return this.#keptAside
  }

  /**
   * Takes over the sessions of dead processes, and returns them. Called by the holder of the lock only, at its start. A file that cannot be
   * read is kept aside. Where the disk takes nothing, the entries stay in the files that they came from, for the next start to take over
   * again. Rejects with `data-directory` where a file cannot be reached.
   */
  async adopt(isDead: (process: LedgerProcess) => boolean): Promise<Sessions> {
    const paths = [join(this.#directory, 'sessions.json')]
    for (const { name, process } of await this.#others()) {
      if (isDead(process)) paths.push(join(folderOf(this.#directory), name))
    }
    const left: OpenSession[] = []
    for (const path of paths) {
      const file = await openJsonFile<Sessions>(optionsOf(path, this.#now))
      this.#keptAside ??= file.keptAside
      left.push(...file.value)
      await file.close()
    }
    const found = new Map(left.map((entry) => [entry.id, entry]))
    for (const [id, entry] of found) this.#entries.set(id, entry)
    const isSaved =
      found.size === 0 ||
      (await this.#save().then(
        () => true,
        () => false,
      ))
    for (const path of isSaved ? paths : [])
      await rm(path, { force: true }).catch(() => undefined /* tried again at the next start */)
    return [...found.values()]
  }

  /** Writes down that a session is about to be started; on disk when it resolves. When it rejects, it is not. */
  async begin(entry: Omit<OpenSession, 'id' | 'startedAt'>, id: string = newRecordId()): Promise<OpenSession> {
    const whole = { ...entry, id, startedAt: this.#now() }
    this.#entries.set(id, whole)
    try {
      await this.#save()
    } catch (error) {
      this.#entries.delete(id)
      throw error
    }
    return whole
  }

  /** Adds the service's id of the session. */
  async started(id: string, sessionId: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.set(id, { ...entry, sessionId })
    await this.#save()
  }

  /** Forgets a session that has ended, of this process or a dead one. */
  async ended(id: string): Promise<void> {
    if (this.#entries.delete(id)) await this.#save()
  }

  /** The entry of the session with the service's id `sessionId`. */
  idOf(sessionId: string): string | undefined {
    return [...this.#entries.values()].find((entry) => entry.sessionId === sessionId)?.id
  }

  /** Whether this process has the record. */
  has(id: string): boolean {
    return this.#entries.has(id)
  }

  /**
   * Ids of the records of other processes that live, as their files say now. Undefined where one of the files cannot be read: then no
   * session may be taken for one that a dead process has left.
   */
  async livingIds(): Promise<ReadonlySet<string> | undefined> {
    const living = new Set<string>()
    try {
      for (const { name, process } of await this.#others()) {
        if (!isRunning(process)) continue
        const path = join(folderOf(this.#directory), name)
        for (const { id } of await readJsonFile<Sessions>(optionsOf(path, this.#now))) living.add(id)
      }
      return living
    } catch {
      return undefined
    }
  }

  /** Resolves once nothing is being written. A file without entries is deleted. Later writes are refused. */
  async close(): Promise<void> {
    const file = await this.#opening?.catch(() => undefined)
    await file?.close()
    if (file !== undefined && this.#entries.size === 0) await rm(this.#path, { force: true }).catch(() => undefined)
  }

  get #path(): string {
    return join(folderOf(this.#directory), `${this.#process.name}${ENDING}`)
  }

  async #save(): Promise<void> {
    this.#opening ??= this.#open()
    const file = await this.#opening.catch((error: unknown) => {
      // The next session tries again.
      this.#opening = undefined
      throw error
    })
    // A person may have deleted the folder.
    await this.#makeFolder()
    await file.write([...this.#entries.values()])
  }

  async #makeFolder(): Promise<void> {
    const folder = folderOf(this.#directory)
    await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw directoryError(folder, 'made', error)
    })
  }

  async #open(): Promise<JsonFile<Sessions>> {
    await this.#makeFolder()
    return openJsonFile<Sessions>(optionsOf(this.#path, this.#now))
  }

  async #others(): Promise<{ readonly name: string; readonly process: LedgerProcess }[]> {
    const names = await readdir(folderOf(this.#directory)).catch(() => [])
    return names.flatMap((name) => {
      const process = name.endsWith(ENDING) ? parseProcessName(name.slice(0, -ENDING.length)) : undefined
      return process === undefined || process.name === this.#process.name ? [] : [{ name, process }]
    })
  }
}

/** The id of a new record: 12 hexadecimal digits. */
export function newRecordId(): string {
  return randomBytes(6).toString('hex')
}
