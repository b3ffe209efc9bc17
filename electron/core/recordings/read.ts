// Reads what a recording is from its file: the header, and of one without an end the last whole line, not all of it.

import type { FileHandle } from 'node:fs/promises'
import { codeOf } from '../../../shared/errors'
import type { Recording } from '../../../shared/model/recording'
import { isRunning, parseProcessName } from '../ledger/processname'
import { readAt } from '../store/regularfile'
import { HEADER_BYTES, MAX_LINE_BYTES, parseEvent, parseHeader, type CastHeader } from './cast'
import { openToRead } from './place'

/** Most last lines are found in this. */
const TAIL_BYTES = 4_096

/** What a file of the folder is. */
export type Found =
  | { readonly kind: 'recording'; readonly recording: Recording }
  /** `why`: a part of a sentence. */
  | { readonly kind: 'none'; readonly why: string }

/** What the file at `path` is. `isWriting`: this process writes it now. Never rejects. */
export async function readRecording(path: string, id: string, isWriting: boolean): Promise<Found> {
  try {
    const file = await openToRead(path)
    try {
      return await readFrom(file, id, isWriting)
    } finally {
      await file.close()
    }
  } catch (error) {
    return { kind: 'none', why: `cannot be read (${codeOf(error) ?? String(error)})` }
  }
}

async function readFrom(file: FileHandle, id: string, isWriting: boolean): Promise<Found> {
  const { size } = await file.stat()
  const head = await readAt(file, 0, HEADER_BYTES)
  const header = parseHeader(head.toString('utf8').split('\n', 1)[0] ?? '')
  if (header === undefined) return { kind: 'none', why: 'is no recording of Culvert' }
  const { culvert, timestamp, width, height } = header
  const { environment, region, target, targetName, kind, gaps } = culvert
  const startedAt = Math.round(timestamp * 1_000)
  const isOpen = culvert.endedAt === undefined && (isWriting || isWrittenElsewhere(header))
  const durationMs = culvert.durationMs ?? (await lastEventAt(file, size))
  // After a crash: the time of the last line.
  const endedAt = culvert.endedAt ?? startedAt + durationMs
  const recording: Recording = {
    id,
    startedAt,
    ...(isOpen ? {} : { endedAt }),
    bytes: size,
    durationMs,
    environment,
    region,
    target,
    targetName,
    kind,
    cols: width,
    rows: height,
    gaps,
  }
  return { kind: 'recording', recording }
}

/** Whether another process, such as a command line, may still write it. */
function isWrittenElsewhere({ culvert }: CastHeader): boolean {
  const writer = parseProcessName(culvert.writer)
  return writer !== undefined && writer.pid !== process.pid && isRunning(writer)
}

/** The time of the last whole line, ms; 0 where there is none. */
async function lastEventAt(file: FileHandle, size: number): Promise<number> {
  for (const bytes of [TAIL_BYTES, 2 * MAX_LINE_BYTES]) {
    const from = Math.max(HEADER_BYTES, size - bytes)
    const lines = (await readAt(file, from, size - from)).toString('utf8').split('\n')
    // The first piece may be a part of a line, the last one is torn or empty.
    const whole = lines.slice(from === HEADER_BYTES ? 0 : 1, -1)
    for (const line of whole.toReversed()) {
      const event = parseEvent(line)
      if (event !== undefined) return Math.round(event.at)
    }
    if (from === HEADER_BYTES) return 0
  }
  return 0
}
