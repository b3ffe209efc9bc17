// The files of the history: reading all of them, and merging those of dead processes.
//
//   ledger/history.jsonl                 the records of dead processes, one line each; of two lines of a record the later one counts
//   ledger/PROCESS.jsonl                 what one process has written: see processname.ts and lines.ts
//   ledger/history.jsonl.STAMP.kept      a copy of a file in which lines could not be read
//
// Only the holder of the lock merges: it appends the records to history.jsonl, and deletes the file once they are on disk. A crash in
// between leaves both, which say the same. A last line that was cut off is dropped.

import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../../../shared/errors'
import { MAX_READ_BYTES, openRegular } from '../store/regularfile'
import { KEPT_MS, type History } from './history'
import { readLines } from './linefile'
import { formatLine, type WholeLine } from './lines'
import { parseProcessName, type LedgerProcess } from './processname'

const FILE = 'history.jsonl'
const ENDING = '.jsonl'
const FILE_MODE = 0o600

/** history.jsonl is written anew once it has that many lines which count no more. */
const MAX_STALE = 5_000

/** history.jsonl has some 700 bytes for a record: with 100,000 records and as many that count no more it has 140 MB. */
const MAX_MERGED_BYTES = 256 * 1_048_576

/** Files of processes that command lines leave for an app to merge. */
const MAX_FILES = 1_000

/** A file of one process. */
interface ProcessFile {
  readonly process: LedgerProcess
  readonly path: string
  /** How far it is read, in bytes. */
  end: number
  broken: number
}

/** What reading `history.jsonl` has found. */
interface Merged {
  lines: number
  broken: number
  isTorn: boolean
}

/** The files of one data directory. */
export class HistoryFiles {
  readonly #folder: string
  readonly #history: History
  readonly #now: () => number
  readonly #files = new Map<string, ProcessFile>()
  #merged: Merged = { lines: 0, broken: 0, isTorn: false }
  #broken = 0
  #problem: unknown

  /** Records go to `history`. `now` is epoch ms. */
  constructor(directory: string, history: History, now: () => number) {
    this.#folder = folderOf(directory)
    this.#history = history
    this.#now = now
  }

  /** Why a file could not be read or merged; undefined: all was well. */
  get problem(): unknown {
    return this.#problem
  }

  /** The number of lines that could not be read, also of files that are kept aside by now. */
  get broken(): number {
    return this.#broken
  }

  /** Reads everything, but for the file of `own`. Never rejects. */
  async readAll(own?: LedgerProcess): Promise<void> {
    await this.#guard(async () => {
      let lines = 0
      const take = (text: string): boolean => {
        lines += 1
        return this.#history.take(text, undefined) !== undefined
      }
      const path = join(this.#folder, FILE)
      const found = await readLines(path, { maxBytes: MAX_MERGED_BYTES }, take)
      // The file is too large to be read: it is kept aside as a whole.
      if (found === undefined) this.#merged = { lines: Number.POSITIVE_INFINITY, broken: 1, isTorn: false }
      else this.#merged = { lines, broken: found.broken, isTorn: found.isTorn }
      this.#broken += this.#merged.broken
    })
    await this.refresh(own)
  }

  /** Reads what other processes have written since; resolves with the ids of the records that this concerns. Never rejects. */
  async refresh(own?: LedgerProcess): Promise<ReadonlySet<string>> {
    const changed = new Set<string>()
    const names = await readdir(this.#folder).catch(() => [])
    for (const name of names) {
      const process = name.endsWith(ENDING) ? parseProcessName(name.slice(0, -ENDING.length)) : undefined
      if (process === undefined || process.name === own?.name) continue
      const file = this.#files.get(name) ?? { process, path: join(this.#folder, name), end: 0, broken: 0 }
      this.#files.set(name, file)
      await this.#guard(() => this.#readOn(file, changed))
    }
    this.#history.settle()
    return changed
  }

  /** Merges the files of processes that `isDead` says are dead. Called by the holder of the lock only. Never rejects. */
  async merge(isDead: (process: LedgerProcess) => boolean): Promise<void> {
    const dropped = this.#history.prune(this.#now())
    const dead = [...this.#files].filter(([, { process }]) => isDead(process))
    if (!(await this.keep(this.#history.unmerged(isDead)))) return
    for (const [name, { path, broken }] of dead) {
      await this.#guard(async () => {
        await (broken > 0 ? rename(path, this.#keptName(path)) : rm(path, { force: true }))
        this.#files.delete(name)
      })
    }
    const stale = this.#merged.lines - this.#history.size
    if (this.#merged.broken > 0 || dropped > MAX_STALE || stale > MAX_STALE) await this.#guard(() => this.#rewrite())
    await this.#guard(() => this.#dropKept())
  }

  /**
   * Adds records to history.jsonl; they count as those of a dead process from then on. Called by the holder of the lock only. Resolves with
   * whether they are on disk.
   */
  async keep(records: readonly WholeLine[]): Promise<boolean> {
    let isKept = false
    await this.#guard(async () => {
      await this.#append(records.map((record) => formatLine(record)).join(''))
      this.#history.merged(records)
      this.#merged.lines += records.length
      isKept = true
    })
    return isKept
  }

  /**
   * Deletes the oldest files of dead processes where there are too many: command lines may be used for years without an app that merges
   * them. Never rejects.
   */
  async dropOldest(isAlive: (process: LedgerProcess) => boolean): Promise<void> {
    await this.#guard(async () => {
      const names = await readdir(this.#folder)
      const processes = names.flatMap((name) => parseProcessName(name.slice(0, -ENDING.length)) ?? [])
      if (processes.length <= MAX_FILES) return
      const files = await Promise.all(
        processes.map(async (process) => {
          const path = join(this.#folder, `${process.name}${ENDING}`)
          return { process, path, changedAt: (await stat(path)).mtimeMs }
        }),
      )
      const oldest = files.toSorted((a, b) => a.changedAt - b.changedAt).slice(0, -MAX_FILES)
      for (const { process, path } of oldest) if (!isAlive(process)) await rm(path, { force: true })
    })
  }

  async #readOn(file: ProcessFile, changed: Set<string>): Promise<void> {
    const { size } = await stat(file.path)
    if (size <= file.end) return
    const found = await readLines(file.path, { from: file.end, maxBytes: MAX_READ_BYTES }, (text) => {
      const id = this.#history.take(text, file.process)
      if (id !== undefined) changed.add(id)
      return id !== undefined
    })
    file.end = found?.end ?? size
    const broken = found?.broken ?? 1
    file.broken += broken
    this.#broken += broken
  }

  async #append(text: string): Promise<void> {
    if (text === '') return
    const { O_APPEND, O_CREAT, O_WRONLY } = constants
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const file = await openRegular(join(this.#folder, FILE), O_APPEND | O_CREAT | O_WRONLY, FILE_MODE)
    let before
    try {
      before = (await file.stat()).size
      await file.appendFile(this.#merged.isTorn ? `\n${text}` : text)
      // Before the files of the processes are deleted.
      await file.sync()
      this.#merged.isTorn = false
    } catch (error) {
      // A full disk may have taken a part of it, which must not stay. The records are still in their own files.
      if (before !== undefined) await file.truncate(before).catch(() => (this.#merged.isTorn = true))
      throw error
    } finally {
      await file.close()
    }
  }

  /** Writes history.jsonl anew, without lines that count no more. Of one with broken lines a copy is kept. */
  async #rewrite(): Promise<void> {
    const path = join(this.#folder, FILE)
    if (this.#merged.lines === Number.POSITIVE_INFINITY) await rename(path, this.#keptName(path))
    else if (this.#merged.broken > 0) await copyFile(path, this.#keptName(path), constants.COPYFILE_EXCL)
    const temporary = `${path}.tmp`
    let lines = 0
    const file = await open(temporary, 'w', FILE_MODE)
    try {
      let block = ''
      for (const text of this.#history.mergedTexts()) {
        block += `${text}\n`
        lines += 1
        if (block.length < 1_000_000) continue
        await file.appendFile(block)
        block = ''
      }
      await file.appendFile(block)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    this.#merged = { lines, broken: 0, isTorn: false }
  }

  /** Deletes kept files that are older than the history is. */
  async #dropKept(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (!name.endsWith('.kept')) continue
      const path = join(this.#folder, name)
      if ((await stat(path)).mtimeMs < this.#now() - KEPT_MS) await rm(path, { force: true })
    }
  }

  #keptName(path: string): string {
    return `${path}.${new Date(this.#now()).toISOString().replaceAll(/[-:.]/g, '')}.kept`
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') this.#problem = error
    }
  }
}

/** The folder of the history below a data directory. */
export function folderOf(directory: string): string {
  return join(directory, 'ledger')
}

/** The file of one process. */
export function processFile(directory: string, process: LedgerProcess): string {
  return join(folderOf(directory), `${process.name}${ENDING}`)
}
