// Recordings in words: lengths, positions, kinds, file names. Pure.

import type { CaptureKind, Recording, RecordingView } from '../../shared/model/recording'
import { clockWords } from '../../shared/status'
import { stampOf } from '../parts/save'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** The length of a recording: `42 s`, `4 min 12 s`, `2 h 14 min`. */
export function lengthWords(ms: number): string {
  const seconds = Math.round(ms / SECOND_MS)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A position in a recording, as players show it: `0:42`, `1:02:05`. */
export function positionWords(ms: number): string {
  const two = (part: number): string => String(part).padStart(2, '0')
  const hours = Math.floor(ms / HOUR_MS)
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS)
  const seconds = two(Math.floor((ms % MINUTE_MS) / SECOND_MS))
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${two(minutes)}:${seconds}`
}

/** A date and time of day: `2026-11-29 14:03`, in this computer's zone. */
export function startWords(at: number): string {
  return stampOf(at).replace('.', ':')
}

/** The kinds of recorded sessions, as they stand beside the target's name. */
export const KIND_WORDS: Readonly<Record<CaptureKind, string>> = {
  shell: 'shell',
  exec: 'command',
  container: 'container',
  ephemeral: 'ephemeral session',
}

/** The name of what was recorded: its Name, else its id. */
export function targetLabel({ targetName, target }: Pick<Recording, 'targetName' | 'target'>): string {
  return targetName === '' ? target : targetName
}

/** "2026-11-29 14.03 web-1.cast": the name of an exported file, valid on every file system. */
export function exportName(recording: Recording): string {
  const plain = targetLabel(recording)
    .replaceAll(/[^\p{L}\p{N} ._-]+/gu, '_')
    .replace(/^[ .]+/, '')
    .slice(0, 80)
  return `${stampOf(recording.startedAt)} ${plain === '' ? 'recording' : plain}.cast`
}

/** What the mark of a terminal that is recorded says. */
export function markWords({ sinceAt, folder, problem }: RecordingView): string {
  return `Recorded since ${clockWords(sinceAt)} to a file in ${folder}.${problem === undefined ? '' : ` ${problem}`}`
}

/** What the status line says of a terminal's drains: "Output goes to audit-log and archive". */
export function drainsWords(names: readonly string[]): string {
  const [last = '', ...others] = names.toReversed()
  return `Output goes to ${others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`}`
}
