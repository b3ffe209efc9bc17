// The newest entries of a journal's two files. Does not own writing them (journal.ts).

import { join } from 'node:path'
import * as z from 'zod'
import { codeOf, isErrorCode, type ErrorCode } from '../../../shared/errors'
import type { JournalEntry } from '../../../shared/model/journal'
import { directoryError } from './failure'
import { readTail } from './tail'

const named = { id: z.string(), name: z.string() }

const entrySchema: z.ZodType<JournalEntry> = z.object({
  id: z.number().int().positive(),
  at: z.number(),
  tone: z.enum(['idle', 'working', 'up', 'waiting', 'failed']),
  subject: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('app') }),
    z.object({ kind: z.literal('environment'), name: z.string() }),
    z.object({ kind: z.literal('forward'), ...named }),
    z.object({ kind: z.literal('terminal'), ...named }),
  ]),
  text: z.string(),
  error: z
    .object({ code: z.custom<ErrorCode>(isErrorCode), message: z.string(), command: z.string().exactOptional() })
    .exactOptional(),
  facts: z.record(z.string(), z.string()).exactOptional(),
})

/** The content of a journal's files. */
export interface JournalFiles {
  readonly path: string
  /** The file before it. */
  readonly older: string
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** The problem of reading them, as a sentence; undefined: none. */
  readonly problem: string | undefined
  /** Whether the last line of `path` was cut off. */
  readonly isTorn: boolean
}

interface Newest {
  /** Newest first. */
  readonly entries: readonly JournalEntry[]
  readonly unreadable: number
  readonly problem: string | undefined
  readonly isTorn: boolean
}

/**
 * Reads the newest `count` entries of a data directory's journal, and no more of its files than those take. Lines that cannot
 * be read are passed over and counted in `problem`. Never rejects.
 */
export async function readJournalFiles(directory: string, count: number): Promise<JournalFiles> {
  const path = join(directory, 'journal.jsonl')
  const older = join(directory, 'journal.1.jsonl')
  const current = await readNewest(path, count)
  const before = await readNewest(older, count - current.entries.length)
  const unreadable = before.unreadable + current.unreadable
  const lines = unreadable === 1 ? '1 line' : `${unreadable} lines`
  const unreadableProblem =
    unreadable === 0 ? undefined : `${lines} of the journal in ${directory} could not be read and are not shown.`
  return {
    path,
    older,
    entries: [...current.entries, ...before.entries].toSorted((a, b) => a.id - b.id),
    problem: before.problem ?? current.problem ?? unreadableProblem,
    isTorn: current.isTorn,
  }
}

async function readNewest(path: string, count: number): Promise<Newest> {
  const entries: JournalEntry[] = []
  let unreadable = 0
  const result = (problem: string | undefined, isTorn = false): Newest => ({ entries, unreadable, problem, isTorn })
  if (count === 0) return result(undefined)
  try {
    const tail = await readTail(path, (line) => {
      const entry = parseLine(line)
      if (entry === undefined) unreadable += 1
      else entries.push(entry)
      return entries.length < count
    })
    if (tail === undefined) return result(`${path} is too large to be read: move it elsewhere.`)
    return result(undefined, tail.isTorn)
  } catch (error) {
    return result(codeOf(error) === 'ENOENT' ? undefined : directoryError(path, 'read', error).message)
  }
}

function parseLine(line: string): JournalEntry | undefined {
  try {
    return entrySchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}
