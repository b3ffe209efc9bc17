// The sessions that this app has started and not yet ended: sessions.json, version 1.
//
// A session is written down before it is started, so that a crash at any moment leaves it on record, and the next start can
// end it. Does not own the ending of sessions.

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { environmentRef } from '../../../shared/schemas'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { openJsonFile, type JsonFile } from './jsonfile'

/** A session on record. */
export interface LedgerEntry {
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

const entries = z.array(
  z.strictObject({
    id: z.string().regex(/^[0-9a-f]{12}$/),
    environment: environmentRef,
    target: z.string().min(1),
    startedAt: z.number().int().nonnegative(),
    sessionId: z.string().min(1).exactOptional(),
  }),
)

/** The record of sessions. Its promises reject with `data-directory`; the entries in memory are right even then. */
export class Ledger {
  /** The entries that earlier runs have left, at the time of opening. */
  readonly leftovers: readonly LedgerEntry[]
  readonly #file: JsonFile<readonly LedgerEntry[]>
  readonly #now: () => number
  readonly #entries: Map<string, LedgerEntry>

  /** Use `openLedger`. */
  constructor(file: JsonFile<readonly LedgerEntry[]>, now: () => number) {
    this.#file = file
    this.#now = now
    this.leftovers = file.value
    this.#entries = new Map(file.value.map((entry) => [entry.id, entry]))
  }

  /** Where an older record went that could not be read; undefined: all was well. */
  get keptAside(): string | undefined {
    return this.#file.keptAside
  }

  /** Writes down that a session to `target` is about to be started; on disk when it resolves. When it rejects, it is not. */
  async begin(environment: EnvironmentRef, target: string): Promise<LedgerEntry> {
    const entry = { id: randomBytes(6).toString('hex'), environment, target, startedAt: this.#now() }
    this.#entries.set(entry.id, entry)
    try {
      await this.#save()
    } catch (error) {
      this.#entries.delete(entry.id)
      throw error
    }
    return entry
  }

  /** Adds the service's id of the session. */
  async started(id: string, sessionId: string): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#entries.set(id, { ...entry, sessionId })
    await this.#save()
  }

  /** Forgets a session that has ended, of this run or an earlier one. */
  async ended(id: string): Promise<void> {
    if (this.#entries.delete(id)) await this.#save()
  }

  /** The entry of the session with the service's id `sessionId`. */
  idOf(sessionId: string): string | undefined {
    return [...this.#entries.values()].find((entry) => entry.sessionId === sessionId)?.id
  }

  /** See `JsonFile`. */
  close(): Promise<void> {
    return this.#file.close()
  }

  #save(): Promise<void> {
    return this.#file.write([...this.#entries.values()])
  }
}

/** Opens the record of a data directory. `now` is epoch ms. Throws `data-directory`. */
export async function openLedger(directory: string, now: () => number = Date.now): Promise<Ledger> {
  const file = await openJsonFile<readonly LedgerEntry[]>({
    path: join(directory, 'sessions.json'),
    version: 1,
    schema: entries,
    empty: [],
    migrations: {},
    now,
  })
  return new Ledger(file, now)
}
