// One file of a spool: what is known of it, and how its lines are read. Does not own which files there are (spool.ts).

import { open } from 'node:fs/promises'
import type { DrainRecord } from '../../../../shared/model/drain'
import { readLines } from '../../ledger/linefile'
import { parseSpoolLine, recordsOf, type Origin, type SpoolLine } from './chunk'

/** No file of a spool is larger: see `segmentBytes` in spool.ts. */
const MAX_SEGMENT_BYTES = 64 * 1_048_576

/** What is read at once, unless a line is longer. A chunk is far smaller. */
const READ_BYTES = 65_536

const LINE_BREAK = 0x0a

/** A file of a spool. */
export interface Segment {
  readonly path: string
  readonly number: number
  /** Whole lines that are on disk, bytes and records. */
  bytes: number
  records: number
  /** The time of its oldest record; undefined: none is in it. */
  firstAt: number | undefined
  /** Whether it holds only records about dropped ones. */
  isSummary: boolean
}

/** Counts what a file holds that an earlier process has left. A line that was cut off at the end does not count. */
export async function readSegment(path: string, number: number): Promise<Segment> {
  const segment: Segment = { path, number, bytes: 0, records: 0, firstAt: undefined, isSummary: false }
  let dropped = 0
  const found = await readLines(path, { maxBytes: MAX_SEGMENT_BYTES }, (text) => {
    const line = parseSpoolLine(text)
    if (line === undefined || line.kind === 'session') return line !== undefined
    segment.firstAt ??= line.at
    segment.records += line.kind === 'records' ? line.texts.length : 1
    if (line.kind === 'dropped') dropped += 1
    return true
  })
  segment.bytes = found?.end ?? 0
  segment.isSummary = segment.records > 0 && segment.records === dropped
  return segment
}

/** A line of a file, and where the next one begins. `line` undefined: it cannot be read. */
interface Read {
  readonly line: SpoolLine | undefined
  readonly end: number
}

/** Reads whole lines from byte `from` on, up to byte `to` and up to some 64 KiB, but at least one line. Empty: there is none. */
export async function readSome(path: string, from: number, to: number): Promise<readonly Read[]> {
  const file = await open(path, 'r')
  try {
    let bytes = Buffer.alloc(0)
    let last = -1
    while (last === -1 && from + bytes.length < to) {
      const wanted = Math.min(READ_BYTES, to - from - bytes.length)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, from + bytes.length)
      if (bytesRead === 0) break
      bytes = Buffer.concat([bytes, buffer.subarray(0, bytesRead)])
      last = bytes.lastIndexOf(LINE_BREAK)
    }
    const lines: Read[] = []
    for (let at = 0; at <= last;) {
      const feed = bytes.indexOf(LINE_BREAK, at)
      lines.push({ line: parseSpoolLine(bytes.toString('utf8', at, feed)), end: from + feed + 1 })
      at = feed + 1
    }
    return lines
  } finally {
    await file.close()
  }
}

/** All sessions that lines before byte `to` name. */
export async function readOrigins(path: string, to: number): Promise<Map<string, Origin>> {
  const origins = new Map<string, Origin>()
  for (let at = 0; at < to;) {
    const lines = await readSome(path, at, to)
    for (const { line } of lines) if (line?.kind === 'session') origins.set(line.key, line.origin)
    at = lines.at(-1)?.end ?? to
  }
  return origins
}

/** How many records are before byte `to`. */
export async function countRecords(path: string, to: number): Promise<number> {
  let count = 0
  for (let at = 0; at < to;) {
    const lines = await readSome(path, at, to)
    for (const { line } of lines) {
      if (line !== undefined && line.kind !== 'session') count += line.kind === 'records' ? line.texts.length : 1
    }
    at = lines.at(-1)?.end ?? to
  }
  return count
}

/** The records of a line, where its session is known. */
export function known(line: SpoolLine, origins: Map<string, Origin>): readonly DrainRecord[] {
  if (line.kind === 'session') {
    origins.set(line.key, line.origin)
    return []
  }
  const origin = origins.get(line.key)
  return origin === undefined ? [] : recordsOf(line, origin)
}
