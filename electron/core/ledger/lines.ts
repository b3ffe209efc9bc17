// The lines of the ledger's files: one JSON object a line, 30 kB at most.
//
//   {"k":"begun", "id":…, "at":…, …}     a record: about to be started, or authorized and not redeemed yet
//   {"k":"started", "session":…}         Systems Manager's id of its session
//   {"k":"state", "state":…}             a new state, from `at` on
//   {"k":"facts", …}                     its use so far
//   {"k":"refused"}                      AWS has started no session for it: the record is dropped
//   {"k":"let-go"}                       Culvert cannot end it, and leaves it to the limits of the account
//   {"k":"whole", …, "states":[…]}       everything of one record, as history.jsonl has it
//
// `at` is epoch ms. Every line but `begun` and `whole` names a record of an earlier line, which another file may have.

import * as z from 'zod'
import { environmentRef } from '../../../shared/schemas'

const MAX_LINE_CHARACTERS = 30_000

const text = z.string().min(1).max(2_048)
const count = z.number().int().nonnegative()
const id = z.string().regex(/^[0-9a-f]{12}$/)
const state = z.enum(['pending', 'active', 'resuming', 'canceling', 'terminated'])

const facts = {
  localAddress: text.exactOptional(),
  connectionsUsed: count.exactOptional(),
  bytesUp: count.exactOptional(),
  bytesDown: count.exactOptional(),
  lastUsedAt: count.exactOptional(),
}

const about = {
  environment: environmentRef,
  environmentName: text,
  region: text,
  account: text.exactOptional(),
  target: text,
  targetName: text.exactOptional(),
  type: z.enum(['shell', 'port', 'ssh', 'command']),
  document: text.exactOptional(),
  reason: text.exactOptional(),
  endpoint: text.exactOptional(),
  connectionLimit: count.exactOptional(),
  expiresAt: count.exactOptional(),
  authorization: id.exactOptional(),
  authorizedBy: text.exactOptional(),
}

const line = z.discriminatedUnion('k', [
  z.object({ k: z.literal('begun'), id, at: count, ...about }),
  z.object({ k: z.literal('started'), id, at: count, session: text }),
  z.object({ k: z.literal('state'), id, at: count, state }),
  z.object({ k: z.literal('facts'), id, at: count, ...facts }),
  z.object({ k: z.literal('refused'), id, at: count }),
  z.object({ k: z.literal('let-go'), id, at: count }),
  z.object({
    k: z.literal('whole'),
    id,
    at: count,
    session: text.exactOptional(),
    pid: count,
    isLetGo: z.literal(true).exactOptional(),
    states: z.array(z.object({ state, at: count })).max(1_000),
    ...about,
    ...facts,
  }),
])

/** A line of a file. */
export type LedgerLine = z.infer<typeof line>

/** Everything of one record. */
export type WholeLine = Extract<LedgerLine, { k: 'whole' }>

/** The beginning of a record. */
export type BegunLine = Extract<LedgerLine, { k: 'begun' }>

/** What the beginning of a `whole` line tells. */
export interface WholeHead {
  readonly id: string
  readonly at: number
  readonly session: string | undefined
}

const HEAD = /^\{"k":"whole","id":"([0-9a-f]{12})","at":(\d{1,16}),(?:"session":"([^"\\]{1,200})",)?"pid":/

/**
 * Reads the beginning of a `whole` line as `formatLine` writes it. Undefined for every other line. Parsing 100,000 lines takes longer than
 * a start may: the rest of a line is parsed when its record is asked for.
 */
export function headOf(written: string): WholeHead | undefined {
  if (written.length > MAX_LINE_CHARACTERS || !written.endsWith('}')) return undefined
  const [, found, at, session] = HEAD.exec(written) ?? []
  return found === undefined ? undefined : { id: found, at: Number(at), session }
}

/** Writes a line, with its line break. */
export function formatLine(written: LedgerLine): string {
  if (written.k !== 'whole') return `${JSON.stringify(written)}\n`
  // The order that `headOf` reads.
  const { k, id: record, at, session, ...rest } = written
  const { pid, ...others } = rest
  return `${JSON.stringify({ k, id: record, at, ...(session === undefined ? {} : { session }), pid, ...others })}\n`
}

/** Reads a line; undefined for one that is no line of a ledger. */
export function parseLine(written: string): LedgerLine | undefined {
  if (written.length > MAX_LINE_CHARACTERS) return undefined
  try {
    return line.safeParse(JSON.parse(written)).data
  } catch {
    return undefined
  }
}
