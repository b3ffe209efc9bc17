// The messages by which a command line hands its output to the running Culvert over the socket of the data directory: words (JSON) beside
// the frames of output, see authorizations/line/frames.ts.
//
//   command -> app    begin, then output frames, size, resumed, session, and end
//   app -> command    begun, or refused; ended, after the last byte
//
// Both ends are of one user, and neither trusts the other's words: reading a malformed one throws `protocol`.

import * as z from 'zod'
import { AppError, isErrorCode, type ErrorCode } from '../../../shared/errors'
import { environmentRef } from '../../../shared/schemas'

/** The path and the protocol of the line. */
export const CAPTURE_PATH = '/capture'
export const CAPTURE_PROTOCOL = 'culvert-capture-1'

const text = z.string().max(2_000)
const cells = z.number().int().min(0).max(65_535)

const subject = z.strictObject({
  kind: z.enum(['shell', 'exec', 'container', 'ephemeral']),
  ref: environmentRef,
  environment: text,
  region: text,
  account: text,
  target: text,
  targetName: text,
  operationId: text,
  operationUserName: text,
  operationUserEmail: text,
  size: z.strictObject({ cols: cells, rows: cells }),
})

const commandWord = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), subject, isRecorded: z.boolean() }),
  z.strictObject({ kind: z.literal('size'), cols: cells, rows: cells }),
  z.strictObject({ kind: z.literal('resumed'), pausedMs: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('session'), sessionId: text }),
  z.strictObject({ kind: z.literal('end') }),
])

const appWord = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begun'), isRecorded: z.boolean(), drains: z.array(text).max(1_000) }),
  z.strictObject({
    kind: z.literal('refused'),
    error: z.object({ code: z.custom<ErrorCode>(isErrorCode), message: z.string() }),
  }),
  /** `problem`: why output is missing in the recording. */
  z.strictObject({ kind: z.literal('ended'), problem: text.exactOptional() }),
])

/** A word of a command line. */
export type CommandWord = z.infer<typeof commandWord>

/** A word of the app. */
export type AppWord = z.infer<typeof appWord>

/** Reads a word of a command line. Throws `protocol`. */
export function readCommandWord(bytes: Buffer): CommandWord {
  return read(commandWord, bytes)
}

/** Reads a word of the app. Throws `protocol`. */
export function readAppWord(bytes: Buffer): AppWord {
  return read(appWord, bytes)
}

function read<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString()))
  } catch (error) {
    throw new AppError('protocol', 'The other Culvert said what this one does not know. Use the same version.', {
      cause: error,
    })
  }
}
