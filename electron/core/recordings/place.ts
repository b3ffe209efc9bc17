// Where recordings are: their folder, the names of their files, and how a file is made, which nobody else can read.
//
//   2026-11-29T14-18-15Z_prod_web-1_3f9a1c.cast      start (UTC), environment, target, and a random end
//
// A name is made of letters, digits and . - characters between the underscores, so no name of an environment or instance leads out of
// the folder. A file is never written over and no symbolic link in its place is followed.

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { AppError, codeOf } from '../../../shared/errors'

const OWNER_ONLY = 0o600
const MAX_PART = 60
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ_[\w.-]{1,130}_[0-9a-f]{6}\.cast$/

/** The folder of recordings: that of the settings, else the one in the data directory. */
export function recordingFolder(setting: string, dataDirectory: string): string {
  return setting === '' ? join(dataDirectory, 'recordings') : setting
}

/**
 * Makes the folder, with mode 0700, or finds it. The folder above it must be there: a disk that is not connected would else get a copy of
 * its folders on another one. Rejects with `recording-failed`.
 */
export async function makeFolder(folder: string): Promise<void> {
  if (!isAbsolute(folder)) throw failure(folder, 'is no absolute path', 'Enter a path from the root under Settings.')
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
    const found = await stat(folder)
    if (!found.isDirectory()) throw new AppError('recording-failed', 'it is a file')
    // Its owner could replace recordings. Windows has no such ids.
    if (process.getuid === undefined || found.uid === process.getuid()) return
  } catch (error) {
    throw recordingError(folder, 'used for recordings', error)
  }
  throw failure(folder, 'belongs to another user', 'Choose a folder of your own under Settings.')
}

/** The name of a new file. `at`: epoch ms. */
export function newName(at: number, environment: string, target: string): string {
  const time = new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-')
  return `${time}_${safe(environment)}_${safe(target)}_${randomBytes(3).toString('hex')}.cast`
}

/**
 * The path of a recording in its folder, which a person may have given another name. Throws `recording-failed` for a name that leads
 * elsewhere, or that is not one of a recording.
 */
export function pathOf(folder: string, name: string): string {
  if (name.endsWith('.cast') && !name.startsWith('.') && !/[/\\\0]/.test(name)) return join(folder, name)
  throw new AppError('recording-failed', 'There is no such recording. Look at the list again.')
}

/** Whether Culvert gives such names. */
export function isRecordingName(name: string): boolean {
  return NAME.test(name)
}

/** A part of a name: other characters become "-". */
function safe(part: string): string {
  const kept = part.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '')
  return kept.slice(0, MAX_PART) || '-'
}

/** Windows has no links of this kind in ordinary folders, nor this flag. */
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Makes a new file that only this user can read. Rejects as the system does. */
export function createFile(path: string): Promise<FileHandle> {
  return open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW, OWNER_ONLY)
}

/** Opens a recording to read it. Rejects as the system does. */
export async function openToRead(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | NO_FOLLOW | (constants.O_NONBLOCK ?? 0))
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new AppError('recording-failed', `${path} is no file. Look at the folder.`)
}

const words: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full: free some space',
  EDQUOT: 'your quota on its disk is used up: free some space',
  EACCES: 'your user may not: give it the right to the folder',
  EPERM: 'your user may not: give it the right to the folder',
  EROFS: 'its disk can only be read: choose another folder',
  ENOENT: 'it is not there: look whether its disk is connected',
  ENOTDIR: 'there is a file in its path: choose another folder',
  EEXIST: 'there is a file in its place: choose another name',
  ELOOP: 'it is a symbolic link: choose another name',
  EMFILE: 'too many files are open: close other programs',
  ENFILE: 'too many files are open: close other programs',
}

/** Why a file failed, and what to do, within a sentence: "its disk is full: free some space (ENOSPC)". */
export function reasonOf(error: unknown): string {
  const code = codeOf(error)
  const known = code === undefined ? undefined : words[code]
  if (known !== undefined) return `${known} (${String(code)})`
  return `${code ?? (error instanceof Error ? error.message : String(error))}: look at its disk and its folder`
}

/** A `recording-failed` error: `path` cannot be `what` ("written") because of `error`. */
export function recordingError(path: string, what: string, error: unknown): AppError {
  return new AppError('recording-failed', `${path} cannot be ${what}: ${reasonOf(error)}.`, { cause: error })
}

function failure(path: string, why: string, next: string): AppError {
  return new AppError('recording-failed', `${path} ${why}. ${next}`)
}
