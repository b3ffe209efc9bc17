// What is sent together: the records of one batch, read from a file of a spool.

import { createHash } from 'node:crypto'
import type { DrainRecord } from '../../../../shared/model/drain'
import type { Origin } from './chunk'
import { known, readSome, type Segment } from './segment'

/** The limits of a batch. The size is that of its records as JSON. */
const MAX_BATCH_RECORDS = 1_000
const MAX_BATCH_BYTES = 1_048_576

/** Names, time and number of a record as JSON. */
const RECORD_BYTES = 300

/** Records that are sent together. */
export interface Batch {
  /** The same for the same records. */
  readonly id: string
  readonly records: readonly DrainRecord[]
  readonly segment: Segment
  /** The byte behind it. */
  readonly end: number
}

/** The records of a batch, and where the next one begins. `broken`: lines that cannot be read. */
interface Found {
  readonly records: readonly DrainRecord[]
  readonly end: number
  readonly broken: number
}

/**
 * Reads from byte `from` on, up to byte `to` and as much as a batch may hold. Sessions that are named on the way are added to `origins`,
 * which has those that are named before. Rejects as the system does.
 */
export async function readBatch(
  path: string,
  { from, to, origins }: { readonly from: number; readonly to: number; readonly origins: Map<string, Origin> },
): Promise<Found> {
  const records: DrainRecord[] = []
  let end = from
  let size = 0
  let broken = 0
  while (end < to) {
    const lines = await readSome(path, end, to)
    // The file ends within a line: what comes behind it cannot be read.
    if (lines.length === 0) return { records, end: to, broken }
    for (const { line, end: next } of lines) {
      const own = line === undefined ? [] : known(line, origins)
      if (line === undefined || (line.kind !== 'session' && own.length === 0)) broken += 1
      const bytes = next - end + own.length * (RECORD_BYTES + originBytes(own[0]))
      const isOver = records.length + own.length > MAX_BATCH_RECORDS || size + bytes > MAX_BATCH_BYTES
      if (isOver && records.length > 0 && own.length > 0) return { records, end, broken }
      records.push(...own)
      size += bytes
      end = next
    }
  }
  return { records, end, broken }
}

/** An id that is the same for the same records. */
export function idOf(records: readonly DrainRecord[]): string {
  let whole = ''
  for (const { sessionId, sequence, kind, text } of records) whole += `${sessionId} ${sequence} ${kind} ${text}\n`
  return createHash('sha256').update(whole).digest('hex').slice(0, 32)
}

function originBytes(record: DrainRecord | undefined): number {
  return record === undefined ? 0 : Buffer.byteLength(JSON.stringify({ ...record, text: '' }))
}
