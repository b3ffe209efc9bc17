// Gives a listening socket the name that clients connect to, unless a living socket has it. Takes the name over from a dead one.
//
// The file of a socket outlives its process, so a dead one must be removed. Between finding it dead and removing it, another
// process may remove it and take the name: then two processes would hold one lock. Hence two rules:
//
// 1. A socket listens before it gets its name, by link(2), which never replaces a file. So a name that refuses connections
//    stays dead, and each name goes to one process only.
// 2. A process removes a dead socket only while it holds the guard of that socket: a name made of the socket's identity (inode
//    and birth), taken in the same way. It then looks again and removes exactly that socket, or nothing. If the holder of a
//    guard has died, its guard is taken over by the same rule, with a guard of its own.
//
// A process that holds a guard waits for no other process, so no two wait for each other.

import { createHash } from 'node:crypto'
import { link, lstat, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError, codeOf } from '../../../shared/errors'
import { look } from './exchange'

/** The end of the names of guards, and of sockets that have not taken the name yet. */
const SUFFIX = /^\.[0-9a-f]{12}$/

/** The parameters of `takeName`. */
export interface Takeover {
  /** The path of our own listening socket, which no other process knows. */
  readonly own: string
  /** The name to take. Guards are named after it. */
  readonly name: string
  /** Waits until the process that listens at `path` has taken its name or has given up. */
  readonly untilSettled: (path: string) => Promise<void>
}

/** Resolves with true once our socket has the name, with false when a living one has it. Rejects as the system does. */
export function takeName(takeover: Takeover): Promise<boolean> {
  return take(takeover, takeover.name)
}

async function take(takeover: Takeover, name: string): Promise<boolean> {
  for (;;) {
    if (await linked(takeover.own, name)) return true
    const identity = await identityOf(name)
    if (identity === undefined) continue
    const state = await look(name)
    if (state === 'alive') return false
    if (state === 'absent') continue
    const guard = `${takeover.name}.${identity}`
    if (await take(takeover, guard)) await removeDead(name, identity, guard)
    else await takeover.untilSettled(guard)
  }
}

async function linked(own: string, name: string): Promise<boolean> {
  try {
    await link(own, name)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

async function removeDead(name: string, identity: string, guard: string): Promise<void> {
  try {
    if ((await identityOf(name)) === identity) await unlink(name)
  } finally {
    await unlinkIfThere(guard)
  }
}

/** Identifies one socket file among all that ever had its name; undefined where no file is. Throws `data-directory` for no socket. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, isSocket } = await statOf(path)
    // The system uses inodes again, so the time is part of it. A socket file is never modified: that is its birth.
    if (isSocket) return createHash('sha256').update(`${ino} ${mtimeNs}`).digest('hex').slice(0, 12)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  throw new AppError('data-directory', `${path} is in the way of Culvert's socket: move it elsewhere.`)
}

async function statOf(path: string): Promise<{ ino: bigint; mtimeNs: bigint; isSocket: boolean }> {
  const found = await lstat(path, { bigint: true })
  return { ino: found.ino, mtimeNs: found.mtimeNs, isSocket: found.isSocket() }
}

/** Removes a file, if it is there. */
export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Removes files that crashes have left beside `name`. For the living holder of `name` only: while it lives, no process needs a
 * guard, because there is no dead socket to remove.
 */
export async function removeLitter(name: string): Promise<void> {
  const folder = dirname(name)
  const ours = basename(name)
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(ours) || !SUFFIX.test(entry.slice(ours.length))) continue
    const path = join(folder, entry)
    if ((await look(path)) === 'dead') await unlinkIfThere(path)
  }
}
