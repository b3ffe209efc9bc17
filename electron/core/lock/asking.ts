// Asks a running Culvert: the app on a data directory, or one command.

import * as z from 'zod'
import { AppError, fromWireError, isErrorCode, type ErrorCode, codeOf } from '../../../shared/errors'
import { exchange } from './exchange'
import { directoryError } from '../store/failure'
import { checkOwnSocket, socketPath } from './socketpath'

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
 * Asks the Culvert that holds `directory` and resolves with its answer. `isSecret`: the request has secrets, so the socket is checked
 * first. Throws `not-running`, `timeout` after `timeoutMs`, `protocol`, `data-directory`, and the error that Culvert answered with.
 */
export async function askRunning(
  directory: string,
  request: unknown,
  { timeoutMs = ANSWER_MS, isSecret = false }: { readonly timeoutMs?: number; readonly isSecret?: boolean } = {},
): Promise<unknown> {
  const path = await socketPath(directory).catch((error: unknown) => {
    if (error instanceof AppError && codeOf(error.cause) === 'ENOENT') throw notRunning(directory)
    throw error
  })
  const named = { subject: `The Culvert that runs on ${directory}`, missing: () => notRunning(directory) }
  return askSocket(path, request, { ...named, timeoutMs, isSecret })
}

/** Asks the holder of the socket at `path`. `subject` names it for errors, and `missing` makes the error where no process listens. */
export async function askSocket(
  path: string,
  request: unknown,
  options: {
    readonly subject: string
    readonly missing: () => AppError
    readonly timeoutMs?: number
    readonly isSecret: boolean
  },
): Promise<unknown> {
  const { subject, missing, timeoutMs = ANSWER_MS } = options
  if (options.isSecret) {
    await checkOwnSocket(path).catch((error: unknown) => {
      throw codeOf(error) === 'ENOENT' ? missing() : error
    })
  }
  const result = await exchange(path, { kind: 'request', request }, timeoutMs)
  switch (result.kind) {
    case 'answer':
      return readReply(result)
    case 'absent':
      throw missing()
    case 'closed':
      throw new AppError('not-running', `${subject} closed before it answered: start it and try again.`)
    case 'silent':
      throw new AppError('timeout', `${subject} does not answer: look at it, or restart it.`)
    case 'too-long':
      throw new AppError('protocol', `${subject} gave no sensible answer: restart it.`)
    case 'unreadable':
      throw new AppError('protocol', `${subject} is of another version: restart it.`)
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
