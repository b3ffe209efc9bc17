// The lines of a spool: records of one session in a row, as they are written to disk and read back. Pure.
//
//   ["KEY",{…}]                                  the session that KEY stands for, before its first records in each file
//   ["KEY",at,sequence,count,[1,4],"a\nb\nc"]    `count` records from `sequence` on; those at these places are partial
//   ["KEY",at,sequence,1,"dropped",count]        in place of `count` records up to `sequence`
//
// Records of one piece of output share a line: the fields of a session would else be most of a spool, and JSON most of the work.

import * as z from 'zod'
import type { DrainRecord } from '../../../../shared/model/drain'
import type { Line } from '../records/lines'

/** Lines of a session in one chunk: a batch is made of whole chunks. */
const MAX_CHUNK_RECORDS = 100
const MAX_CHUNK_CHARACTERS = 32_768

/** What all records of a session have in common. */
export type Origin = Omit<DrainRecord, 'at' | 'sequence' | 'kind' | 'text' | 'isPartial' | 'count'>

/** Some records of one session in a row, ready to be written. */
export interface Chunk {
  /** Stands for the session in the spools. */
  readonly key: string
  readonly origin: Origin
  /** With its line break. */
  readonly bytes: Buffer
  readonly at: number
  readonly first: number
  readonly records: number
}

/** A line of a spool. */
export type SpoolLine =
  | { readonly kind: 'session'; readonly key: string; readonly origin: Origin }
  | {
      readonly kind: 'records'
      readonly key: string
      readonly at: number
      readonly first: number
      readonly texts: readonly string[]
      readonly partial: readonly number[]
    }
  | {
      readonly kind: 'dropped'
      readonly key: string
      readonly at: number
      readonly sequence: number
      readonly count: number
    }

/** The schema of an `Origin`. */
export const originSchema = z.object({
  sessionId: z.string(),
  environment: z.string(),
  region: z.string(),
  account: z.string(),
  target: z.string(),
  targetName: z.string(),
  operationId: z.string(),
  operationUserName: z.string(),
  operationUserEmail: z.string(),
})

const whole = z.number().int().nonnegative()
const key = z.string().min(1).max(100)
const sessionLine = z.tuple([key, originSchema])
const recordsLine = z.tuple([key, z.number(), whole, whole, z.array(whole), z.string()])
const droppedLine = z.tuple([key, z.number(), whole, z.literal(1), z.literal('dropped'), whole])

/** Makes chunks of lines; `first` is the sequence of the first one. */
export function chunksOf(
  session: { readonly key: string; readonly origin: Origin },
  { at, first, lines }: { readonly at: number; readonly first: number; readonly lines: readonly Line[] },
): readonly Chunk[] {
  const chunks: Chunk[] = []
  let from = 0
  while (from < lines.length) {
    const texts: string[] = []
    const partial: number[] = []
    let characters = 0
    for (const { text, isPartial } of lines.slice(from, from + MAX_CHUNK_RECORDS)) {
      if (texts.length > 0 && characters + text.length > MAX_CHUNK_CHARACTERS) break
      if (isPartial) partial.push(texts.length)
      texts.push(text)
      characters += text.length
    }
    const sequence = first + from
    const line = JSON.stringify([session.key, at, sequence, texts.length, partial, texts.join('\n')])
    chunks.push({ ...session, at, first: sequence, records: texts.length, bytes: Buffer.from(`${line}\n`) })
    from += texts.length
  }
  return chunks
}

/** The record that stands in place of `count` records up to `sequence`. */
export function droppedChunk(
  session: { readonly key: string; readonly origin: Origin },
  { at, sequence, count }: { readonly at: number; readonly sequence: number; readonly count: number },
): Chunk {
  const line = JSON.stringify([session.key, at, sequence, 1, 'dropped', count])
  return { ...session, at, first: sequence, records: 1, bytes: Buffer.from(`${line}\n`) }
}

/** The line of a session, with its line break. */
export function sessionBytes(session: { readonly key: string; readonly origin: Origin }): Buffer {
  return Buffer.from(`${JSON.stringify([session.key, session.origin])}\n`)
}

/** Reads a line; undefined for one that is broken. */
export function parseSpoolLine(line: string): SpoolLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (!Array.isArray(value)) return undefined
  if (value.length === 2) {
    const parsed = sessionLine.safeParse(value)
    return parsed.success ? { kind: 'session', key: parsed.data[0], origin: parsed.data[1] } : undefined
  }
  const dropped = droppedLine.safeParse(value)
  if (dropped.success) {
    const [of, at, sequence, , , count] = dropped.data
    return { kind: 'dropped', key: of, at, sequence, count }
  }
  const records = recordsLine.safeParse(value)
  if (!records.success) return undefined
  const [of, at, first, count, partial, joined] = records.data
  const texts = joined.split('\n')
  return texts.length === count ? { kind: 'records', key: of, at, first, texts, partial } : undefined
}

/** The records of a line. */
export function recordsOf(line: Exclude<SpoolLine, { kind: 'session' }>, origin: Origin): readonly DrainRecord[] {
  if (line.kind === 'dropped') {
    const { at, sequence, count } = line
    return [{ at, sequence, ...origin, kind: 'dropped', text: '', count }]
  }
  const partial = new Set(line.partial)
  return line.texts.map((text, index) => ({
    at: line.at,
    sequence: line.first + index,
    ...origin,
    kind: 'output',
    text,
    ...(partial.has(index) ? { isPartial: true } : {}),
  }))
}
