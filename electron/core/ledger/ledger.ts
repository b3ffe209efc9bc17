// The ledger of this installation: which sessions it has started, and what became of them. Two halves that do not need each other:
// the open sessions (opensessions.ts), for recovery from a crash, and the history (history.ts, historyfiles.ts), which is shown.
//
// The app and every command line that starts sessions have a ledger of the same directory. Only the app, which holds the lock, reads the
// history at its start and merges the files of dead processes. Writing the history delays no session and fails none; the record of an open
// session is on disk before StartSession is called.

import type { SessionState } from '../../../shared/model/accountsession'
import { installationInMark } from '../../../shared/sessionmark'
import type { SessionNote } from '../../../shared/sessionnote'
import { directoryError } from '../store/failure'
import { installationOn, readInstallation } from '../store/installation'
import { begunLine, type BegunSession } from './begun'
import { FactLines } from './factlines'
import { History } from './history'
import { folderOf, HistoryFiles } from './historyfiles'
import type { LedgerLine } from './lines'
import { newRecordId, OpenSessions, type OpenSession } from './opensessions'
import { OwnFile } from './ownfile'
import { isRunning, ownProcess, type Door, type LedgerProcess } from './processname'
import { isOpen, readable, type LedgerRecord } from './record'

/** No session without a client lives longer. */
const RECOVERED_MS = 24 * 3_600_000

/** The history as it is read. */
export interface LedgerHistory {
  /** The record of a session, by Systems Manager's id of it. */
  bySession(sessionId: string): LedgerRecord | undefined
  byId(recordId: string): LedgerRecord | undefined
  /** The records that began at `sinceAt` (epoch ms; absent: all, of 30 days and at most 100,000), the newest first. Parsed as they are taken. */
  records(sinceAt?: number): Iterable<LedgerRecord>
  /** The authorizations that are pending in living processes: no session has redeemed them, and they have not expired. */
  authorizations(): readonly LedgerRecord[]
  /** Calls `listener` with the id of each record that has changed; returns the unsubscribe. It must not throw. */
  onChange(listener: (recordId: string) => void): () => void
  /** Reads what other processes have written meanwhile. Never rejects. */
  refresh(): Promise<void>
}

/** How a ledger is opened. */
export interface LedgerOptions {
  readonly directory: string
  /** `app`: the holder of the lock of the directory. */
  readonly door: Door
  /** Epoch ms. */
  readonly now?: () => number
}

/** An open ledger. */
export class Ledger implements LedgerHistory {
  /** This installation, as marks have it. */
  readonly installation: string
  readonly #process: LedgerProcess
  readonly #now: () => number
  readonly #directory: string
  readonly #history = new History()
  readonly #files: HistoryFiles
  readonly #open: OpenSessions
  readonly #facts: FactLines
  /** Records of authorizations whose session was begun. */
  readonly #redeemed = new Set<string>()
  readonly #listeners = new Set<(recordId: string) => void>()
  readonly #file: OwnFile
  #leftovers: readonly OpenSession[] = []
  #merging: Promise<void> = Promise.resolve()

  /** Use `openLedger`. */
  constructor(installation: string, { directory, door, now = Date.now }: LedgerOptions) {
    this.#directory = directory
    this.#now = now
    this.#process = ownProcess(door)
    this.installation = installationInMark(installationOn(installation, this.#process.machine))
    this.#open = new OpenSessions(directory, this.#process, now)
    this.#files = new HistoryFiles(directory, this.#history, now)
    this.#file = new OwnFile({ directory, process: this.#process, history: this.#history, files: this.#files })
    this.#facts = new FactLines({ now, write: (line) => this.#apply(line) })
  }

  /** Sessions that dead processes of this installation have left, at the time of opening. */
  get leftovers(): readonly OpenSession[] {
    return this.#leftovers
  }

  /** Where a file of open sessions went that could not be read; undefined: all was well. */
  get keptAside(): string | undefined {
    return this.#open.keptAside
  }

  /** Why the history is not whole, as a sentence; undefined: it is. */
  get problem(): string | undefined {
    const error = this.#file.problem ?? this.#files.problem
    if (error !== undefined) return directoryError(folderOf(this.#directory), 'used', error).message
    const broken = this.#files.broken + this.#history.broken
    if (broken === 0) return undefined
    const lines = broken === 1 ? '1 line' : `${broken} lines`
    return `${lines} of the history of sessions in ${folderOf(this.#directory)} could not be read. A copy of the file is kept there.`
  }

  bySession(sessionId: string): LedgerRecord | undefined {
    const id = this.#history.idOf(sessionId)
    return id === undefined ? undefined : this.byId(id)
  }

  byId(recordId: string): LedgerRecord | undefined {
    const found = this.#history.byId(recordId)
    if (found === undefined) return undefined
    const { record, process } = found
    const isAlive = process !== undefined && !this.#isDead(process)
    return { ...readable(record, this.installation, isAlive), ...this.#facts.of(recordId) }
  }

  *records(sinceAt?: number): Generator<LedgerRecord> {
    for (const id of this.#history.ids(sinceAt)) {
      const record = this.byId(id)
      if (record !== undefined) yield record
    }
  }

  authorizations(): readonly LedgerRecord[] {
    return this.#history.unredeemed().flatMap(({ record: { id } }) => {
      const record = this.byId(id)
      const isPending = record?.isAlive === true && (record.expiresAt ?? 0) > this.#now()
      return isPending ? [record] : []
    })
  }

  onChange(listener: (recordId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async refresh(): Promise<void> {
    for (const id of await this.#files.refresh(this.#process)) this.#tell(id)
  }

  /**
   * Writes down that a session is about to be started, and resolves with the id of its record once that is on disk. Where it redeems a
   * pending authorization of this process, it goes on with that record. Rejects with `data-directory`; then there is no record.
   */
  async begin(session: BegunSession): Promise<string> {
    const { environment, target, authorization } = session
    const pending = authorization === undefined ? undefined : this.#history.byId(authorization)?.record
    const isRedeemed = pending?.session === undefined && pending !== undefined && !this.#open.has(pending.id)
    const id = isRedeemed ? pending.id : newRecordId()
    await this.#open.begin({ environment, target }, id)
    if (isRedeemed) this.#redeemed.add(id)
    this.#apply(begunLine(id, session, this.#now()))
    return id
  }

  /** Adds a record for an authorization that no session has redeemed yet; returns its id. Its state is `pending` until `note`. */
  pending(session: BegunSession): string {
    const id = newRecordId()
    this.#apply(begunLine(id, session, this.#now()))
    return id
  }

  /** Adds a state to a record: for an authorization that has expired, or was called off. */
  note(recordId: string, state: SessionState): void {
    const now = this.#now()
    const newestAt = this.#history.byId(recordId)?.record.states.at(-1)?.at ?? 0
    // The clock may have been set back. Of two states the later one has the later time.
    this.#apply({ k: 'state', id: recordId, at: now < newestAt ? newestAt + 1 : now, state })
  }

  /** Adds the service's id of the session. Rejects with `data-directory`. */
  async started(id: string, sessionId: string): Promise<void> {
    this.#apply({ k: 'started', id, at: this.#now(), session: sessionId })
    await this.#open.started(id, sessionId)
  }

  /** Takes what a session tells of itself. Never throws. */
  noted(sessionId: string, note: SessionNote): void {
    const id = this.#history.idOf(sessionId)
    if (id === undefined) return
    if (note.kind === 'state') this.note(id, note.state)
    else if (this.#facts.add(id, note.facts)) this.#tell(id)
  }

  /** The session of a record has ended at the service. Rejects with `data-directory`. */
  async terminated(id: string): Promise<void> {
    this.#facts.flush(id)
    this.note(id, 'terminated')
    await this.#open.ended(id)
  }

  /** AWS has started no session for this record. Rejects with `data-directory`. */
  async refused(id: string): Promise<void> {
    // An authorization stays on record: its token works again, so it is pending as before.
    if (!this.#redeemed.delete(id)) this.#apply({ k: 'refused', id, at: this.#now() })
    await this.#open.ended(id)
  }

  /** Culvert leaves the session to the limits of the account: it may not end it, or cannot find it. Rejects with `data-directory`. */
  async letGo(id: string): Promise<void> {
    this.#facts.flush(id)
    const record = this.#history.byId(id)?.record
    if (record !== undefined && isOpen(record)) this.#apply({ k: 'let-go', id, at: this.#now() })
    await this.#open.ended(id)
  }

  /** The id of the record of a session. */
  idOf(sessionId: string): string | undefined {
    return this.#open.idOf(sessionId) ?? this.#history.idOf(sessionId)
  }

  /**
   * Whether the record `id` of this installation is one that a process lives for, as the disk says now. A session is on record before it
   * is started: so ask after AWS has listed it. True where that cannot be known.
   */
  async isLiving(id: string): Promise<boolean> {
    if (this.#open.has(id) && !this.#leftovers.some((left) => left.id === id)) return true
    const living = await this.#open.livingIds()
    return living === undefined || living.has(id)
  }

  /** Writes what is not written yet. Later writes of open sessions are refused. Never rejects. */
  async close(): Promise<void> {
    this.#facts.flushAll()
    await this.#merging
    await this.#file.written()
    if (this.#process.door === 'command') await this.#files.dropOldest(isRunning)
    await this.#open.close()
  }

  /** Reads what is there, and takes over what dead processes have left. For the app only, at its start. Rejects with `data-directory`. */
  async takeOver(): Promise<void> {
    const isDead = (process: LedgerProcess): boolean => this.#isDead(process)
    const adopted = await this.#open.adopt(isDead)
    await this.#files.readAll(this.#process)
    this.#leftovers = [...adopted, ...this.#leftInHistory(new Set(adopted.map(({ id }) => id)))]
    this.#merging = this.#files.merge(isDead)
  }

  /** Reads the history and changes nothing: for a command line that shows it. Never rejects. */
  read(): Promise<void> {
    return this.#files.readAll(this.#process)
  }

  /** Sessions that the history has as open although their process is dead: the file of open sessions may have been damaged. */
  #leftInHistory(known: ReadonlySet<string>): OpenSession[] {
    const left: OpenSession[] = []
    for (const id of this.#history.ids(this.#now() - RECOVERED_MS)) {
      const found = this.#history.mayBeOpen(id) ? this.#history.byId(id) : undefined
      if (found === undefined || known.has(id) || !isOpen(found.record)) continue
      if (found.process !== undefined && !this.#isDead(found.process)) continue
      const { environment, target, at, session } = found.record
      // Without a session it is an authorization that was never redeemed, or a start that is on record with the open sessions.
      if (session !== undefined) left.push({ id, environment, target, startedAt: at, sessionId: session })
    }
    return left
  }

  /** The lock says that every other app of this directory has ended. It says nothing of the computer that the directory was copied from. */
  #isDead(process: LedgerProcess): boolean {
    const own = this.#process
    if (process.name === own.name) return false
    const isUnderLock = own.door === 'app' && process.door === 'app' && process.machine === own.machine
    return isUnderLock || !isRunning(process)
  }

  #apply(line: LedgerLine): void {
    this.#history.apply(line, this.#process)
    this.#file.add(line)
    this.#tell(line.id)
  }

  #tell(id: string): void {
    for (const listener of this.#listeners) listener(id)
  }
}

/** Opens the ledger of a data directory, which must be there. Throws `data-directory`. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const ledger = new Ledger(await readInstallation(options.directory), options)
  if (options.door === 'app') await ledger.takeOver()
  return ledger
}
