// Gives a listening socket a name that others connect to, unless a living one bears it. Takes over from the dead.
//
// A socket's name outlives its process, so a dead one must be removed; and between finding it dead and removing it,
// somebody else may have done so and taken the name. Two would then hold one lock. Hence:
//
// 1. A socket listens before it gets its name, by link(2), which never replaces. So a name that refuses connections is
//    dead for good, and names go to one process only.
// 2. A dead socket is removed only by who holds its guard: a name made of its identity (inode and birth), taken in this
//    same way. Who has it looks again and removes that very socket or nothing. A guard whose holder died is taken over
//    by the same rule, its own guard first.
//
// Whoever holds a guard waits for nobody, so no two wait for each other.

import { createHash } from 'node:crypto'
import { link, lstat, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError, codeOf } from '../../../shared/errors'
import { look } from './exchange'

/** How names of guards, and of sockets that wait for theirs, end. */
const SUFFIX = /^\.[0-9a-f]{12}$/

/** What taking a name goes by. */
export interface Takeover {
  /** A name of our own listening socket that nobody else knows. */
  readonly own: string
  /** The name that is fought for; guards are named after it. */
  readonly name: string
  /** Waits until the process that listens at `path` has its name or has given up. */
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

/** Tells one socket file from every other that ever was; undefined where there is none. Throws `data-directory`. */
export async function identityOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs, isSocket } = await statOf(path)
    // Inodes are used again, hence the birth: a socket is never modified.
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

/** Removes a file; one that is not there is fine. */
export async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

/**
 * Removes what crashes have left beside `name`. For the living holder of `name` only: while it lives, nobody can need a
 * guard, for there is nobody dead to remove.
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
