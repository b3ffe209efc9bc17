// The file of the history that this process writes. The app's does not grow without end: past 8 MB the app begins another one with the
// records that are still open, moves the others to history.jsonl, and deletes the file. A command line writes a few lines a minute at most.

import { rm } from 'node:fs/promises'
import type { History } from './history'
import { processFile, type HistoryFiles } from './historyfiles'
import { AppendedFile } from './linefile'
import { formatLine, type LedgerLine } from './lines'
import { ownProcess, type LedgerProcess } from './processname'
import { isOpen } from './record'

/** Some weeks of a busy app. */
const MAX_FILE_BYTES = 8_000_000

/** What the file of a process needs. */
export interface OwnFileOptions {
  readonly directory: string
  readonly process: LedgerProcess
  readonly history: History
  readonly files: HistoryFiles
  /** Absent: 8 MB. */
  readonly maxBytes?: number
}

/** The file. Never throws, and no caller waits for it. */
export class OwnFile {
  readonly #options: OwnFileOptions
  #file: AppendedFile
  #problem: unknown
  #moving: Promise<void> | undefined

  /** The file is made by the first line. */
  constructor(options: OwnFileOptions) {
    this.#options = options
    this.#file = this.#begin(options.process)
  }

  /** Why the last write has failed; undefined: it has not. */
  get problem(): unknown {
    return this.#problem
  }

  /** Adds a line. */
  add(line: LedgerLine): void {
    this.#file.add(formatLine(line))
    const { process, maxBytes = MAX_FILE_BYTES } = this.#options
    if (process.door !== 'app' || this.#file.sizeBytes <= maxBytes) return
    this.#moving ??= this.#move().finally(() => {
      this.#moving = undefined
    })
  }

  /** Resolves once everything is written. Never rejects. */
  async written(): Promise<void> {
    await this.#moving
    await this.#file.written()
  }

  #begin(process: LedgerProcess): AppendedFile {
    return new AppendedFile(processFile(this.#options.directory, process), {
      isTorn: false,
      onProblem: (error) => {
        this.#problem = error
      },
    })
  }

  /** Never rejects. */
  async #move(): Promise<void> {
    const { history, files, process } = this.#options
    const before = this.#file
    this.#file = this.#begin(ownProcess(process.door))
    const records = history.unmerged((one) => one.name === process.name)
    for (const record of records) if (isOpen(record)) this.#file.add(formatLine(record))
    await this.#file.written()
    await before.written()
    if (!(await files.keep(records.filter((record) => !isOpen(record))))) return
    await rm(before.path, { force: true }).catch(() => undefined /* merged again at the next start */)
  }
}
