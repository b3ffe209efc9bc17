// The socket of one command that runs, `ssh-proxy` or `forward`, found by its process id: it takes new keys there.
//
// Owns the socket's file in this user's folder among the temporary files. The folder has mode 0700 and the socket 0600. A command that
// was killed leaves its file behind; the next command that opens a socket removes it. On Windows the name of a pipe ends with its process.

import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, codeOf } from '../../../shared/errors'
import { directoryError } from '../store/failure'
import { askSocket } from './asking'
import { look } from './exchange'
import type { LockHolder } from './lock'
import { makePrivate, processSocketPath, temporaryFolder } from './socketpath'
import { SocketServer, type Answering } from './socketserver'
import { unlinkIfThere } from './takeover'

/** A client sends its request at once. */
const QUIET_MS = 5_000

/** More files than that are not looked at. */
const MAX_FILES = 1_000

const FILE = /^pid-(\d{1,10})\.sock$/

/** Whether a process with this id lives, of any user. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** The ids of the commands whose sockets are in `folder`; with `isDead`, those that no process listens at. */
async function pidsIn(folder: string, isDead: boolean): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => [])
  const found: number[] = []
  for (const name of names.slice(0, MAX_FILES)) {
    const pid = Number(FILE.exec(name)?.[1] ?? Number.NaN)
    if (Number.isNaN(pid)) continue
    // Containers may share the folder: the id of another container's process is not known here, but its socket answers.
    const lives = isAlive(pid) || (await look(join(folder, name))) === 'alive'
    if (lives !== isDead) found.push(pid)
  }
  return found
}

/**
 * Opens the socket of this process, whose requests `answering` answers. Disposing closes it and removes its file. Throws
 * `data-directory` where no private folder or no socket can be made.
 */
export async function openProcessSocket(holder: LockHolder, answering: Answering): Promise<AsyncDisposable> {
  const uid = process.getuid?.()
  const path = processSocketPath(holder.pid, uid)
  const server = new SocketServer(QUIET_MS)
  try {
    if (uid !== undefined) {
      const folder = temporaryFolder(uid)
      await makePrivate(folder, uid, 'set TMPDIR to a folder of your own')
      for (const pid of await pidsIn(folder, true)) await unlinkIfThere(processSocketPath(pid, uid))
      // Left behind by an earlier process with this id.
      if ((await look(path)) === 'dead') await unlinkIfThere(path)
    }
    await server.listen(path)
    if (uid !== undefined) await chmod(path, 0o600)
  } catch (error) {
    await server[Symbol.asyncDispose]()
    throw error instanceof AppError ? error : directoryError(path, 'made', error)
  }
  server.introduce(holder)
  server.serve(answering)
  // A server that closes removes the file of its socket.
  return { [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** The ids of the commands of this user that take new keys. None are known on Windows. */
export async function pidsThatListen(): Promise<readonly number[]> {
  const uid = process.getuid?.()
  return uid === undefined ? [] : pidsIn(temporaryFolder(uid), false)
}

/** Asks the command with this id; the request has secrets. Throws `not-running`, naming those that run, and as `askSocket`. */
export async function askProcess(pid: number, request: unknown): Promise<unknown> {
  const uid = process.getuid?.()
  const others = await pidsThatListen()
  const missing = (): AppError => {
    const known = others.filter((other) => other !== pid).join(', ')
    const next = known === '' ? 'none runs that takes credentials.' : `these take credentials: ${known}.`
    return new AppError(
      'not-running',
      `Process ${String(pid)} is no culvert forward or culvert ssh-proxy of yours: ${next}`,
    )
  }
  const subject = `Process ${String(pid)}`
  return askSocket(processSocketPath(pid, uid), request, { subject, missing, isSecret: true })
}
