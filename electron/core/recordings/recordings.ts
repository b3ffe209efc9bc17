// The recordings of a folder: those under way in this process, and the files of earlier ones.
//
// Owns the recordings that this process writes; disposing ends them. Old ones are deleted at the start and once an hour: those older than
// the settings allow, then the oldest until all together are no larger than they allow. Only files that Culvert has made are deleted, and
// none that is being written, also by another process.

import { readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_RECORDING_PIECE, type RecordingListing, type RecordingPiece } from '../../../shared/api/recordings'
import { AppError, codeOf } from '../../../shared/errors'
import type { Recording, RecordingView } from '../../../shared/model/recording'
import type { Settings } from '../../../shared/settings'
import type { Capture, CaptureSubject } from '../capture/capture'
import { ownProcess } from '../ledger/processname'
import { readAt } from '../store/regularfile'
import { beginRecording } from './begin'
import { isRecordingName, makeFolder, newName, openToRead, pathOf, recordingError, recordingFolder } from './place'
import { readRecording } from './read'
import type { RecordingWriter } from './writer'

/** The files that are looked at. */
const MAX_FILES = 10_000
const MAX_NOTICES = 50
/** The files that are read at a time. */
const AT_ONCE = 16
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** What recordings need. */
export interface RecordingsOptions {
  readonly dataDirectory: string
  readonly settings: () => Pick<Settings, 'recordingFolder' | 'recordingDays' | 'recordingMegabytes'>
  /** Epoch ms. */
  readonly now: () => number
}

/** A recording under way: where the output goes, and what is shown of it. */
export interface Begun {
  readonly capture: Capture
  readonly view: RecordingView
}

/** The recordings of this process. */
export class Recordings implements AsyncDisposable {
  readonly #options: RecordingsOptions
  readonly #process = ownProcess('app').name
  /** Those that are written now, by their names. */
  readonly #writing = new Map<string, RecordingWriter>()
  /** Recordings that have ended, by the paths of their files. Nothing changes them any more. */
  #known = new Map<string, Recording>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: RecordingsOptions) {
    this.#options = options
  }

  /** Deletes old recordings now and once an hour from now on. */
  keep(): void {
    this.#timer ??= setInterval(() => void this.sweep(), HOUR_MS)
    this.#timer.unref()
    void this.sweep()
  }

  /**
   * Begins a recording. Its view is asked for after each call of `changed`. Rejects with `recording-failed` where no file can be made.
   */
  async begin(subject: CaptureSubject, changed: () => void): Promise<Begun> {
    const { now } = this.#options
    const folder = this.#folder
    await makeFolder(folder)
    const sinceAt = now()
    const id = newName(sinceAt, subject.environment, subject.targetName === '' ? subject.target : subject.targetName)
    const path = join(folder, id)
    const writer = await beginRecording({ path, subject, writer: this.#process, now, changed })
    this.#writing.set(id, writer)
    const close = async (): Promise<void> => {
      await writer[Symbol.asyncDispose]()
      this.#writing.delete(id)
    }
    return {
      capture: {
        output: (bytes) => writer.output(bytes),
        resize: (size) => writer.resize(size),
        resumed: (pausedMs) => writer.resumed(pausedMs),
        room: () => undefined,
        [Symbol.asyncDispose]: close,
      },
      get view() {
        const { problem } = writer
        return { recordingId: id, sinceAt, folder, ...(problem === undefined ? {} : { problem }) }
      },
    }
  }

  /** The recordings, newest first. Never rejects: a folder that cannot be read is a notice. */
  async list(): Promise<RecordingListing> {
    const folder = this.#folder
    const notices: string[] = []
    const names = await readdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') notices.push(recordingError(folder, 'read', error).message)
      return []
    })
    const files = names.filter((name) => name.endsWith('.cast')).toSorted((one, other) => (one < other ? 1 : -1))
    if (files.length > MAX_FILES) {
      notices.push(`${folder} has ${String(files.length)} recordings: the newest ${String(MAX_FILES)} are shown.`)
    }
    const shown = files.slice(0, MAX_FILES)
    const recordings: Recording[] = []
    const known = new Map<string, Recording>()
    const one = async (name: string): Promise<void> => {
      const before = this.#known.get(join(folder, name))
      const found = before ?? (await this.#read(folder, name, notices))
      if (found === undefined) return
      recordings.push(found)
      if (found.endedAt !== undefined) known.set(join(folder, name), found)
    }
    for (let at = 0; at < shown.length; at += AT_ONCE) await Promise.all(shown.slice(at, at + AT_ONCE).map(one))
    this.#known = known
    return { folder, recordings: recordings.toSorted((a, b) => b.startedAt - a.startedAt), notices }
  }

  /** A piece of the file of a recording. Rejects with `recording-failed`. */
  async read(id: string, offset: number): Promise<RecordingPiece> {
    const path = pathOf(this.#folder, id)
    try {
      await using file = await openToRead(path)
      const bytes = await readAt(file, offset, MAX_RECORDING_PIECE)
      const isLast = bytes.length < MAX_RECORDING_PIECE || offset + bytes.length >= (await file.stat()).size
      return { bytes: Uint8Array.from(bytes), ...(isLast ? {} : { nextOffset: offset + bytes.length }) }
    } catch (error) {
      throw error instanceof AppError ? error : recordingError(path, 'read', error)
    }
  }

  /** Deletes recordings; one that is not there is deleted. Rejects with `recording-failed` for one that is being written. */
  async delete(ids: readonly string[]): Promise<void> {
    const folder = this.#folder
    for (const id of ids) {
      const path = pathOf(folder, id)
      const found = await readRecording(path, id, this.#writing.has(id))
      if (found.kind === 'recording' && found.recording.endedAt === undefined) {
        throw new AppError('recording-failed', `${id} is being written. Stop the recording first, or end its session.`)
      }
      await this.#remove(path)
    }
  }

  /** Deletes old recordings. Never rejects: what cannot be deleted stays until the next time. */
  async sweep(): Promise<void> {
    const { recordingDays, recordingMegabytes } = this.#options.settings()
    const { folder, recordings } = await this.list()
    const oldestAt = this.#options.now() - recordingDays * DAY_MS
    let bytes = recordings.reduce((sum, recording) => sum + recording.bytes, 0)
    for (const { id, endedAt, bytes: own } of recordings.toReversed()) {
      if (endedAt === undefined || !isRecordingName(id)) continue
      if (endedAt >= oldestAt && bytes <= recordingMegabytes * 1_048_576) continue
      await this.#remove(join(folder, id)).then(
        () => (bytes -= own),
        () => undefined,
      )
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#writing.values()].map((writer) => writer[Symbol.asyncDispose]()))
  }

  get #folder(): string {
    return recordingFolder(this.#options.settings().recordingFolder, this.#options.dataDirectory)
  }

  async #read(folder: string, name: string, notices: string[]): Promise<Recording | undefined> {
    const found = await readRecording(join(folder, name), name, this.#writing.has(name))
    if (found.kind === 'recording') return found.recording
    // The header of one that has just begun may not be written yet.
    if (this.#writing.has(name)) return undefined
    if (notices.length < MAX_NOTICES) notices.push(`${name} ${found.why}.`)
    return undefined
  }

  async #remove(path: string): Promise<void> {
    this.#known.delete(path)
    await unlink(path).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT') throw recordingError(path, 'deleted', error)
    })
  }
}
