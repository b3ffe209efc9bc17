// Foreign text on its way to a terminal, and errors as lines.

import { AppError, asError, toWireError } from '../../shared/errors'

/** Text on one line and without control characters: names and messages from outside must not drive the terminal. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

/** The line that an error is told with: `culvert: CODE: sentence` and a line break. */
export function errorLine(error: unknown): string {
  const { code, message } = toWireError(asError(error))
  return `culvert: ${code}: ${oneLine(message)}\n`
}

/** The exit status for an error: 2 for a wrong command line, else 1. */
export function exitStatusOf(error: unknown): number {
  return error instanceof AppError && error.code === 'usage' ? 2 : 1
}
