// The lock of a data directory: the process that listens at its socket holds the directory.
//
// The lock of a dead process is gone at once, because no process listens at the socket any more; only its file remains
// (takeover.ts). Other processes send requests through the same socket (socketserver.ts, asking.ts).

import { randomBytes } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import * as z from 'zod'
import { AppError, codeOf } from '../../../shared/errors'
import { clockWords } from '../../../shared/status'
import { readReply } from './asking'
import { exchange } from './exchange'
import { directoryError } from '../store/failure'
import { socketPath } from './socketpath'
import { SocketServer, type Answering, type Upgrading } from './socketserver'
import { identityOf, removeLitter, takeName, unlinkIfThere } from './takeover'

/** A living holder answers at once, unless its process is stopped or overloaded. */
const WHO_MS = 2_000

/** A client sends its request at once. */
const QUIET_MS = 5_000

/** Give up after 8 lost races: each time the name was taken, and its holder was gone when it was asked. */
const ATTEMPTS = 8

/** The process that holds a directory. */
export interface LockHolder {
  readonly pid: number
  /** "window", "web page" */
  readonly door: string
  /** Epoch ms. */
  readonly startedAt: number
}

/** How long to wait for other processes, in ms. */
export interface LockDeadlines {
  /** For the holder to say who it is. Later counts as no answer. */
  readonly whoMs?: number
  /** For a client to send its request. Then it is dropped. */
  readonly quietMs?: number
}

/** A directory that this process holds until it disposes of this, or ends in any way. */
export interface DirectoryLock extends AsyncDisposable {
  /** Answers the requests of other processes from now on; until then they wait. Called once. */
  serve(answer: Answering): void
  /** Lets connections of other processes become lines from now on. Called once. */
  serveLines(upgrading: Upgrading): void
}

const holderSchema = z.object({ pid: z.number().int(), door: z.string().max(100), startedAt: z.number() })

/**
 * Takes the directory for this process. Throws `directory-locked`, with who holds it, and `data-directory` where no socket
 * can be made.
 */
export async function lockDirectory(
  directory: string,
  holder: LockHolder,
  deadlines: LockDeadlines = {},
): Promise<DirectoryLock> {
  const { whoMs = WHO_MS, quietMs = QUIET_MS } = deadlines
  const path = await socketPath(directory)
  let lost: unknown
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const server = new SocketServer(quietMs)
    try {
      const release = await hold(path, server, () => lockedBySilent(directory), whoMs)
      if (release !== undefined) {
        server.introduce(holder)
        return lockOf(server, release)
      }
    } catch (error) {
      await server[Symbol.asyncDispose]()
      if (error instanceof AppError) throw error
      // Another process has removed our new socket: between its creation and `listen` it looked dead.
      if (codeOf(error) === 'ENOENT') {
        lost = error
        continue
      }
      throw directoryError(path, 'made', error)
    }
    await server[Symbol.asyncDispose]()
    const error = await askWho(path, directory, whoMs)
    if (error !== undefined) throw error
  }
  throw lost === undefined ? lockedBySilent(directory) : directoryError(path, 'made', lost)
}

function lockOf(server: SocketServer, release: () => Promise<void>): DirectoryLock {
  let released: Promise<void> | undefined
  return {
    serve: (answer) => server.serve(answer),
    serveLines: (upgrading) => server.serveLines(upgrading),
    [Symbol.asyncDispose]: () => {
      released ??= (async () => {
        // While it still listens: the name of a living socket is never taken over, so the file that is removed is ours.
        await release().catch(() => undefined /* a file that stays is dead; the next start takes it over */)
        await server[Symbol.asyncDispose]()
      })()
      return released
    },
  }
}

/** Listens and takes the name. Resolves with a function that gives it back; undefined: another process has it. */
async function hold(
  path: string,
  server: SocketServer,
  silent: () => AppError,
  whoMs: number,
): Promise<(() => Promise<void>) | undefined> {
  if (process.platform === 'win32') return holdPipe(path, server)
  const own = `${path}.${randomBytes(6).toString('hex')}`
  await server.listen(own)
  // Before it has the name that others connect to.
  await chmod(own, 0o600)
  const isTaken = await takeName({
    own,
    name: path,
    untilSettled: async (guard) => {
      const result = await exchange(guard, { kind: 'who' }, whoMs)
      if (result.kind === 'silent') throw silent()
    },
  })
  if (!isTaken) return undefined
  const identity = await identityOf(path)
  await unlinkIfThere(own)
  await removeLitter(path).catch(() => undefined /* it does no harm */)
  return async () => {
    if ((await identityOf(path)) === identity) await unlinkIfThere(path)
  }
}

/** On Windows the name of a pipe ends with its process. */
async function holdPipe(path: string, server: SocketServer): Promise<(() => Promise<void>) | undefined> {
  try {
    await server.listen(path)
    return () => Promise.resolve()
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE') return undefined
    throw error
  }
}

/** The error that names the holder; undefined: it has gone meanwhile. */
async function askWho(path: string, directory: string, whoMs: number): Promise<AppError | undefined> {
  const result = await exchange(path, { kind: 'who' }, whoMs)
  if (result.kind === 'absent' || result.kind === 'closed') return undefined
  if (result.kind !== 'answer') return lockedBySilent(directory)
  try {
    const { door, pid, startedAt } = holderSchema.parse(readReply(result))
    return new AppError(
      'directory-locked',
      `Another Culvert (${door}, process ${pid}, since ${clockWords(startedAt)}) uses ${directory}: ` +
        'use that one, or set CULVERT_DATA_DIR to another directory.',
    )
  } catch (error) {
    return error instanceof AppError && error.code === 'not-running' ? undefined : lockedBySilent(directory)
  }
}

function lockedBySilent(directory: string): AppError {
  return new AppError(
    'directory-locked',
    `Another Culvert uses ${directory} and does not answer: end it, or set CULVERT_DATA_DIR to another directory.`,
  )
}
