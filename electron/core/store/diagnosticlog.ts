// The diagnostic log: culvert.log in the data directory, one JSON object a line, only where CULVERT_LOG is set.
//
//   culvert.log      at most 10 MB
//   culvert.log.1    the one before it; older ones are gone
//
// Owns the file and its bounds. Every text is redacted and cut. At most 1 MB waits for the disk; more is dropped. The first
// failed write ends the log for the rest of the process. pino is imported here alone, and only when the log is opened. Does
// not own which events make an entry (shared/diagnostics.ts).

import { constants, renameSync } from 'node:fs'
import { join } from 'node:path'
import { cutText } from '../../../shared/cut'
import { deferred } from '../../../shared/deferred'
import type { Diagnose, Diagnostic } from '../../../shared/diagnostics'
import { redact } from '../../../shared/redaction'
import { makeDataDirectory } from './datadirectory'
import { directoryError } from './failure'
import { openRegular } from './regularfile'

const MAX_FILE_BYTES = 10_000_000

/** The most that waits for the disk. */
const MAX_WAITING_BYTES = 1_048_576

/** Names, ids and sentences of AWS are shorter. */
const MAX_TEXT_CHARACTERS = 1_000

/** How long the end of the process waits for the last entries. */
const CLOSE_MS = 500

const FILE_MODE = 0o600

/** From the most entries to the fewest. CULVERT_LOG names the lowest level that is kept. */
const LEVELS = ['debug', 'info', 'warn'] as const

type Level = (typeof LEVELS)[number]

/** An open log. Disposing writes what waits, if the disk takes it at once, and ends the log. */
export interface DiagnosticLog extends AsyncDisposable {
  readonly diagnose: Diagnose
}

/**
 * Opens the log of a data directory, which is made where it is missing. Resolves with undefined, and imports and makes nothing,
 * where CULVERT_LOG is not set, empty or 0. Throws `data-directory` where the file cannot be written.
 */
export async function openDiagnosticLog(options: {
  readonly directory: string
  readonly env: NodeJS.ProcessEnv
  /** Which program writes: "window", "web page", "culvert exec". Several may write to one log. */
  readonly door: string
}): Promise<DiagnosticLog | undefined> {
  const { directory, env, door } = options
  const wanted = env['CULVERT_LOG'] ?? ''
  if (wanted === '' || wanted === '0') return undefined
  const level = LEVELS.find((name) => name === wanted.toLowerCase()) ?? 'debug'
  const path = join(directory, 'culvert.log')
  await makeDataDirectory(directory)
  // The default: esbuild gives a bundled CommonJS module no other name.
  const { default: pino } = await import('pino')
  const file = await openLogFile(path, pino.destination).catch((error: unknown) => {
    throw directoryError(path, 'written', error)
  })
  const logger = pino(
    {
      level,
      base: { pid: process.pid, door },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  )
  return {
    diagnose: (entry) => {
      if (file.hasEnded) return
      try {
        logger[levelOf(entry)](cleaned(entry), entry.kind)
      } catch {
        file.giveUp()
      }
    },
    [Symbol.asyncDispose]: () => file.close(),
  }
}

function levelOf(entry: Diagnostic): Level {
  if (entry.kind === 'call') return entry.error === undefined ? 'info' : 'warn'
  return entry.kind === 'resume' ? 'info' : 'debug'
}

/** The entry without its kind, which is the message, and without secrets. */
function cleaned({ kind: _kind, ...fields }: Diagnostic): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? redact(cutText(value, MAX_TEXT_CHARACTERS)) : value,
    ]),
  )
}

/** The part of pino's destination that is used here. */
interface Destination {
  write(line: string): boolean
  reopen(): void
  end(): void
  destroy(): void
  flushSync(): void
  on(event: 'ready' | 'close', listener: () => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

type MakeDestination = (options: {
  dest: string
  sync: boolean
  mkdir: boolean
  append: boolean
  mode: number
  maxLength: number
}) => Destination

/** A log file that is put aside when it is full. */
interface LogFile {
  /** Whether nothing more is written: closed, or given up. */
  readonly hasEnded: boolean
  /** Never waits. Throws where the full file cannot be put aside. */
  write(line: string): void
  /** Ends it without writing what waits. */
  giveUp(): void
  /** Resolves once what waits is written, or the disk was too slow. */
  close(): Promise<void>
}

/** Opens the file to append to it. Rejects as the system does, and for what is no file. */
async function openLogFile(path: string, make: MakeDestination): Promise<LogFile> {
  let sizeBytes = await prepare(path)
  const destination = make({
    dest: path,
    sync: false,
    mkdir: false,
    append: true,
    mode: FILE_MODE,
    maxLength: MAX_WAITING_BYTES,
  })
  // pino calls it when the process exits, and it retries for ever on a full disk. close() writes the last entries instead.
  destination.flushSync = () => undefined
  let hasEnded = false
  let isDestroyed = false
  let failure: Error | undefined
  let opened = deferred()
  const closed = deferred()
  const giveUp = (): void => {
    hasEnded = true
    isDestroyed = true
    destination.destroy()
    closed.resolve()
  }
  destination.on('ready', () => opened.resolve())
  destination.on('close', () => closed.resolve())
  destination.on('error', (error) => {
    failure ??= error
    opened.resolve()
    giveUp()
  })
  await opened.promise
  if (failure !== undefined) throw failure
  return {
    get hasEnded() {
      return hasEnded
    },
    write: (line) => {
      sizeBytes += Buffer.byteLength(line)
      if (sizeBytes > MAX_FILE_BYTES) {
        renameSync(path, `${path}.1`)
        opened = deferred()
        destination.reopen()
        sizeBytes = Buffer.byteLength(line)
      }
      destination.write(line)
    },
    giveUp,
    close: async () => {
      if (hasEnded) return
      hasEnded = true
      const timer = setTimeout(giveUp, CLOSE_MS)
      // A destination that is ended while it opens its file anew never writes what waits.
      await Promise.race([opened.promise, closed.promise])
      if (!isDestroyed) destination.end()
      await closed.promise
      clearTimeout(timer)
    },
  }
}

/** Makes the file, or makes sure that it is one and ours alone. Resolves with its size. */
async function prepare(path: string): Promise<number> {
  const { O_APPEND, O_CREAT, O_WRONLY } = constants
  const file = await openRegular(path, O_APPEND | O_CREAT | O_WRONLY, FILE_MODE)
  try {
    const { size, mode } = await file.stat()
    if ((mode & 0o077) !== 0 && process.getuid !== undefined) await file.chmod(FILE_MODE)
    return size
  } finally {
    await file.close()
  }
}
