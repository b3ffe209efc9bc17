// The journal of events: a list, newest first, and lines of JSON in journal.jsonl.
//
//   journal.jsonl      one entry a line, at most 5 MB
//   journal.1.jsonl    the one before it; older ones are gone
//
// The newest 2,000 entries are in memory. No caller waits for the disk. If a write fails, entries stay in memory and are
// written once the disk takes them. Every text is redacted before it is shown or written. Does not own which events are told.

import { constants } from 'node:fs'
import { rename, stat, truncate } from 'node:fs/promises'
import type { WireError } from '../../../shared/errors'
import type { JournalEntry, JournalSubject } from '../../../shared/model/journal'
import { directoryError } from './failure'
import { readJournalFiles, type JournalFiles } from './journalfiles'
import { openRegular } from './regularfile'
import { redact } from '../../../shared/redaction'

/** A day of heavy use, and a few MB of memory. */
const KEPT_ENTRIES = 2_000

const MAX_FILE_BYTES = 5_000_000

const FILE_MODE = 0o600

/** The parameters of a journal. */
export interface JournalOptions {
  /** Epoch ms. */
  readonly now: () => number
  /** Hears each new entry, as it is kept. Must not throw. */
  readonly onEntry: (entry: JournalEntry) => void
  /** Hears that `Journal.problem` has changed. Must not throw. */
  readonly onProblem?: () => void
}

/** An open journal. Disposing writes what is not written yet, if the disk takes it; later entries stay in memory. */
export interface Journal extends AsyncDisposable {
  /** Adds an entry, redacted, and returns it. Never throws, never waits. */
  add(entry: Omit<JournalEntry, 'id' | 'at'>): JournalEntry
  /** The newest first: those before `beforeId`, or the newest of all. */
  list(query: { readonly beforeId?: number; readonly limit: number }): {
    readonly entries: readonly JournalEntry[]
    readonly hasMore: boolean
  }
  /** The problem of the files now, as a sentence; undefined: none. */
  readonly problem: string | undefined
}

/**
 * Opens the journal of a data directory. Lines that cannot be read are passed over, counted in `problem`, and left as they are.
 * Never rejects for what is in the directory: a journal without a file is kept in memory.
 */
export async function openJournal(directory: string, options: JournalOptions): Promise<Journal> {
  return new FileJournal(options, await readJournalFiles(directory, KEPT_ENTRIES))
}

class FileJournal implements Journal {
  readonly #options: JournalOptions
  readonly #path: string
  readonly #older: string
  /** Oldest first. */
  readonly #entries: JournalEntry[]
  #lastId: number
  /** Entries that are not on disk yet. */
  #pending: JournalEntry[] = []
  #readProblem: string | undefined
  #writeProblem: string | undefined
  #isTorn: boolean
  #isClosed = false
  /** The writing under way. Never rejects. */
  #writing: Promise<void> | undefined

  constructor(options: JournalOptions, files: JournalFiles) {
    this.#options = options
    this.#path = files.path
    this.#older = files.older
    this.#lastId = files.entries.at(-1)?.id ?? 0
    this.#entries = [...files.entries]
    this.#isTorn = files.isTorn
    this.#readProblem = files.problem
  }

  get problem(): string | undefined {
    return this.#writeProblem ?? this.#readProblem
  }

  add(entry: Omit<JournalEntry, 'id' | 'at'>): JournalEntry {
    this.#lastId += 1
    const whole = { id: this.#lastId, at: this.#options.now(), ...redactEntry(entry) }
    this.#entries.push(whole)
    if (this.#entries.length > KEPT_ENTRIES) this.#entries.shift()
    if (!this.#isClosed) {
      this.#pending.push(whole)
      // A disk that refuses writes must not fill the memory. A slow disk loses no entry.
      if (this.#writeProblem !== undefined) this.#pending = this.#pending.slice(-KEPT_ENTRIES)
      this.#writing ??= this.#writeAll()
    }
    this.#options.onEntry(whole)
    return whole
  }

  list({ beforeId = Number.POSITIVE_INFINITY, limit }: { readonly beforeId?: number; readonly limit: number }): {
    readonly entries: readonly JournalEntry[]
    readonly hasMore: boolean
  } {
    const older = this.#entries.filter(({ id }) => id < beforeId)
    return { entries: older.slice(-limit).toReversed(), hasMore: older.length > limit }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#writing
    if (this.#pending.length > 0) await this.#writeAll()
  }

  /** Writes until no entry is left. After a failed write the next entry tries again. */
  async #writeAll(): Promise<void> {
    // Entries of the same turn are written together.
    await Promise.resolve()
    try {
      while (this.#pending.length > 0) {
        const batch = this.#pending
        this.#pending = []
        try {
          await this.#append(batch.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
        } catch (error) {
          this.#pending = [...batch, ...this.#pending]
          throw error
        }
      }
      this.#setProblem(undefined)
    } catch (error) {
      this.#setProblem(`${directoryError(this.#path, 'written', error).message} Entries are kept in memory.`)
    } finally {
      this.#writing = undefined
    }
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#writeProblem) return
    this.#writeProblem = problem
    this.#options.onProblem?.()
  }

  async #append(text: string): Promise<void> {
    const path = this.#path
    const bytes = Buffer.from(this.#isTorn ? `\n${text}` : text)
    await this.#rotate(bytes.length)
    const { O_APPEND, O_CREAT, O_WRONLY } = constants
    const file = await openRegular(path, O_APPEND | O_CREAT | O_WRONLY, FILE_MODE)
    let sizeBytes
    try {
      const found = await file.stat()
      sizeBytes = found.size
      const isLoose = (found.mode & 0o077) !== 0 && process.getuid !== undefined
      if (isLoose) await file.chmod(FILE_MODE)
      await file.appendFile(bytes)
      this.#isTorn = false
    } catch (error) {
      // The whole text is written again later: a part of it must not stay.
      if (sizeBytes !== undefined) await this.#cut(path, sizeBytes)
      throw error
    } finally {
      await file.close()
    }
  }

  async #cut(path: string, sizeBytes: number): Promise<void> {
    await truncate(path, sizeBytes).catch(() => {
      this.#isTorn = true
    })
  }

  async #rotate(moreBytes: number): Promise<void> {
    const sizeBytes = await stat(this.#path).then(
      ({ size }) => size,
      () => 0,
    )
    if (sizeBytes === 0 || sizeBytes + moreBytes <= MAX_FILE_BYTES) return
    await rename(this.#path, this.#older)
    this.#isTorn = false
  }
}

function redactEntry(entry: Omit<JournalEntry, 'id' | 'at'>): Omit<JournalEntry, 'id' | 'at'> {
  const { tone, subject, text, error, facts } = entry
  return {
    tone,
    subject: redactSubject(subject),
    text: redact(text),
    ...(error === undefined ? {} : { error: redactError(error) }),
    ...(facts === undefined ? {} : { facts: redactFacts(facts) }),
  }
}

function redactSubject(subject: JournalSubject): JournalSubject {
  return subject.kind === 'app' ? subject : { ...subject, name: redact(subject.name) }
}

function redactError({ code, message, command }: WireError): WireError {
  return { code, message: redact(message), ...(command === undefined ? {} : { command: redact(command) }) }
}

/** The name of a fact may mark its value as a secret, so both are redacted as one line. */
function redactFacts(facts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => {
      const line = redact(`${name}: ${value}`)
      const prefix = `${name}: `
      return [name, line.startsWith(prefix) ? line.slice(prefix.length) : redact(value)]
    }),
  )
}
