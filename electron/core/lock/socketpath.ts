// Where the socket of a data directory is: in it, or at a short path of ours where its own would be too long to bind.
//
//   <directory>/culvert.sock            the name that clients connect to
//   <directory>/culvert.sock.<12 hex>   sockets on their way to that name, and guards (takeover.ts)
//   <tmp>/culvert-<uid>/<hash>.sock     the same where <directory> is long
//   <tmp>/culvert-<uid>/pid-<pid>.sock  the socket of one command (processsocket.ts)
//   /tmp/culvert-<uid>/authz-<name>.sock  the socket where authorizations are redeemed (authorizations/holder.ts)
//   \\.\pipe\culvert-<hash>             on Windows, which has no such files; -<pid> or -authz-<name> behind it

import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError, codeOf } from '../../../shared/errors'
import { directoryError } from '../store/failure'

/** A name takes 104 bytes on macOS and 108 on Linux, with the zero behind it. Source: sys/un.h. */
const MAX_PATH_BYTES = 100

/** The mode bits of the group and of all others. */
const OTHERS = 0o077

/** The length of `.<12 hex>`. */
const SUFFIX_BYTES = 13

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/**
 * The path of the socket, the same for every way to write `directory`, which must exist. Throws `data-directory` when it
 * does not, and when the short path's folder is not private to us.
 */
export async function socketPath(directory: string): Promise<string> {
  const real = await realpath(directory).catch((error: unknown) => {
    throw directoryError(directory, 'used as the data directory', error)
  })
  const uid = process.getuid?.()
  // On Windows, paths that differ in case are the same.
  if (uid === undefined) return `\\\\.\\pipe\\culvert-${digest(real.toLowerCase())}`
  const near = join(real, 'culvert.sock')
  if (isShort(near)) return near
  const folder = temporaryFolder(uid)
  const far = join(folder, `${digest(real)}.sock`)
  if (!isShort(far)) {
    throw new AppError(
      'data-directory',
      `The paths ${directory} and ${tmpdir()} are too long for a socket: set CULVERT_DATA_DIR to a shorter one.`,
    )
  }
  await makePrivate(folder, uid, 'set CULVERT_DATA_DIR to a shorter path')
  return far
}

/** The folder of this user's sockets among the temporary files. */
export function temporaryFolder(uid: number): string {
  return join(tmpdir(), `culvert-${uid}`)
}

/** The path of the socket of the command with this pid; `uid` is undefined on Windows. */
export function processSocketPath(pid: number, uid: number | undefined): string {
  return uid === undefined
    ? `\\\\.\\pipe\\culvert-${digest(userInfo().username.toLowerCase())}-${pid}`
    : join(temporaryFolder(uid), `pid-${pid}.sock`)
}

/**
 * The path of the socket with this name where authorizations are redeemed. It does not depend on variables: a command in an empty
 * environment finds it. `name`: 12 hexadecimal digits.
 */
export function authorizationSocketPath(name: string, uid: number | undefined): string {
  return uid === undefined
    ? `\\\\.\\pipe\\culvert-${digest(userInfo().username.toLowerCase())}-authz-${name}`
    : join('/tmp', `culvert-${uid}`, `authz-${name}.sock`)
}

/**
 * Checks, before secrets are sent to it, that no other user can have made the socket at `path`: it and its folder belong to us, and
 * only we can use the folder, which is no symbolic link. Throws `data-directory`. On Windows the name of the pipe has to do.
 */
export async function checkOwnSocket(path: string): Promise<void> {
  const uid = process.getuid?.()
  if (uid === undefined) return
  const [folder, socket] = await Promise.all([lstat(dirname(path)), lstat(path)])
  if (folder.isDirectory() && folder.uid === uid && (folder.mode & OTHERS) === 0 && socket.isSocket()) {
    if (socket.uid === uid) return
  }
  throw new AppError(
    'data-directory',
    `${path} is not a socket of yours in a folder that only you can use, so no credentials are sent to it: ` +
      'check who made it, and remove it.',
  )
}

function isShort(path: string): boolean {
  return Buffer.byteLength(path) + SUFFIX_BYTES <= MAX_PATH_BYTES
}

/**
 * Makes this user's folder among the temporary files, or checks the one that is there. Every user may create entries among the temporary
 * files, so an entry with our name may belong to another user. Throws `data-directory` for any folder but a private one of ours, also for
 * a symbolic link; `advice` says how to do without it.
 */
export async function makePrivate(folder: string, uid: number, advice: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw directoryError(folder, 'made', error)
  }
  const found = await lstat(folder)
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o777) === 0o700) return
  throw new AppError('data-directory', `${folder} is not a private directory of yours: remove it, or ${advice}.`)
}
