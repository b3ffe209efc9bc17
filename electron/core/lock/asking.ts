// Asks the Culvert that runs on a data directory: what `culvert up` and `culvert down` are made of.

import * as z from 'zod'
import { AppError, fromWireError, isErrorCode, type ErrorCode, codeOf } from '../../../shared/errors'
import { exchange } from './exchange'
import { directoryError } from '../store/failure'
import { socketPath } from './socketpath'

/** Longer than Culvert lets a forward take to come up. */
const ANSWER_MS = 120_000

const reply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    error: z.object({
      code: z.custom<ErrorCode>(isErrorCode),
      message: z.string(),
      command: z.string().exactOptional(),
    }),
  }),
])

/** Reads an answer line. Throws the `AppError` that it carries, and `protocol` for what is no answer. */
export function readReply(line: string): unknown {
  let parsed
  try {
    parsed = reply.parse(JSON.parse(line))
  } catch (error) {
    throw new AppError('protocol', 'The running Culvert gave no sensible answer: restart it.', { cause: error })
  }
  if (!parsed.ok) throw fromWireError(parsed.error)
  return parsed.value
}

/**
 * Asks the Culvert that holds `directory` and resolves with its answer. Throws `not-running`, `timeout` after `timeoutMs`,
 * `protocol`, `data-directory`, and the error that Culvert answered with.
 */
export async function askRunning(directory: string, request: unknown, timeoutMs: number = ANSWER_MS): Promise<unknown> {
  const path = await socketPath(directory).catch((error: unknown) => {
    if (error instanceof AppError && codeOf(error.cause) === 'ENOENT') throw notRunning(directory)
    throw error
  })
  const result = await exchange(path, request, timeoutMs)
  switch (result.kind) {
    case 'line':
      return readReply(result.text)
    case 'absent':
      throw notRunning(directory)
    case 'closed':
      throw new AppError('not-running', `Culvert on ${directory} closed before it answered: start it and try again.`)
    case 'silent':
      throw new AppError('timeout', `The Culvert that runs on ${directory} does not answer: look at it, or restart it.`)
    case 'too-long':
      throw new AppError('protocol', `The Culvert that runs on ${directory} gave no sensible answer: restart it.`)
    case 'failed':
      throw directoryError(path, 'connected to', result.error)
  }
}

function notRunning(directory: string): AppError {
  return new AppError(
    'not-running',
    `Culvert is not running on ${directory}: start its window or its web page, then try again.`,
  )
}
