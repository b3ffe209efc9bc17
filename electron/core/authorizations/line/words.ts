// The words that cross a line, with their schemas: what a holder says of the session, and what the attending command says of its terminal.

import * as z from 'zod'
import { AppError, isErrorCode, type ErrorCode } from '../../../../shared/errors'

const text = z.string().max(10_000)
const count = z.number().int().nonnegative()

const wireError = z.object({ code: z.custom<ErrorCode>(isErrorCode), message: text, command: text.exactOptional() })

const limits = {
  sessionId: text,
  /** Epoch ms. */
  expiresAt: count,
  /** Null: no limit. */
  connectionLimit: count.nullable(),
}

const holderWord = z.discriminatedUnion('kind', [
  /** The listener is bound. `sessionId` is the authorization's id where a session is only started for each connection. */
  z.object({ kind: z.literal('listening'), host: text, port: count, protocol: z.enum(['tcp', 'ssh']), ...limits }),
  /** The shell takes input. */
  z.object({ kind: z.literal('shell'), platform: z.enum(['linux', 'windows', 'macos', 'unknown']), ...limits }),
  /** Something that a person should know of. */
  z.object({ kind: z.literal('told'), text }),
  /** The last word. Without an error: an ordinary end, `text` says which; "" for one that needs no word. */
  z.object({ kind: z.literal('ended'), text, error: wireError.exactOptional() }),
])

const attendantWord = z.object({ kind: z.literal('size'), cols: count.max(10_000), rows: count.max(10_000) })

/** A word of the holder. */
export type HolderWord = z.infer<typeof holderWord>

/** A word of the command that attends: the size of its terminal. */
export type AttendantWord = z.infer<typeof attendantWord>

function parse<T>(schema: z.ZodType<T>, bytes: Buffer): T {
  try {
    return schema.parse(JSON.parse(bytes.toString()))
  } catch (cause) {
    const words = 'The other Culvert said what this one does not understand. Use the same version.'
    throw new AppError('protocol', words, { cause })
  }
}

/** Reads a word of the holder. Throws `protocol`. */
export function readHolderWord(bytes: Buffer): HolderWord {
  return parse(holderWord, bytes)
}

/** Reads a word of the attending command. Throws `protocol`. */
export function readAttendantWord(bytes: Buffer): AttendantWord {
  return parse(attendantWord, bytes)
}
