// Asks the Culvert that runs on a data directory, for `culvert up` and `culvert down`.

import * as z from 'zod'
import { AppError, fromWireError, isErrorCode, type ErrorCode, codeOf } from '../../../shared/errors'
import { exchange } from './exchange'
import { directoryError } from '../store/failure'
import { socketPath } from './socketpath'

/** Longer than Culvert lets a forward take to come up. */
const ANSWER_MS = 120_000

const wireError = z.object({
  code: z.custom<ErrorCode>(isErrorCode),
  message: z.string(),
  command: z.string().exactOptional(),
})

/** Reads an answer. Throws the `AppError` that it carries, and `protocol` for an answer that makes no sense. */
export function readReply({ status, text }: { readonly status: number; readonly text: string }): unknown {
  let value: unknown
  let error
  try {
    value = JSON.parse(text)
    if (status !== 200) error = wireError.parse(value)
  } catch (cause) {
    throw new AppError('protocol', 'The running Culvert gave no sensible answer: restart it.', { cause })
  }
  if (error !== undefined) throw fromWireError(error)
  return value
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
  const result = await exchange(path, { kind: 'request', request }, timeoutMs)
  switch (result.kind) {
    case 'answer':
      return readReply(result)
    case 'absent':
      throw notRunning(directory)
    case 'closed':
      throw new AppError('not-running', `Culvert on ${directory} closed before it answered: start it and try again.`)
    case 'silent':
      throw new AppError('timeout', `The Culvert that runs on ${directory} does not answer: look at it, or restart it.`)
    case 'too-long':
      throw new AppError('protocol', `The Culvert that runs on ${directory} gave no sensible answer: restart it.`)
    case 'unreadable':
      throw new AppError('protocol', `The Culvert that runs on ${directory} is of another version: restart it.`)
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
