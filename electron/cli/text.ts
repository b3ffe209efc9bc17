// Foreign text on its way to a terminal, and errors as lines. Names are shown by shared/foreigntext.ts.

import { AppError, asError, toWireError } from '../../shared/errors'
import { shownSentence } from '../../shared/foreigntext'
import { redact } from '../../shared/redaction'

/** Much more than is shown, so that a cut does not hide a secret's end from what looks for it. */
const MAX_READ = 16_384

/** What somebody else has said: on one line, without secrets and characters that drive a terminal, cut to `max` characters. */
export function foreignWords(text: string, max?: number): string {
  return shownSentence(redact(text.slice(0, MAX_READ)), max)
}

/** A line for people on stderr: `culvert: …` and a line break. */
export function wordLine(text: string): string {
  return `culvert: ${foreignWords(text)}\n`
}

/** The line that an error is told with: `culvert: CODE: sentence` and a line break. */
export function errorLine(error: unknown): string {
  const { code, message } = toWireError(asError(error))
  return wordLine(`${code}: ${message}`)
}

/** The exit status for an error: 2 for a wrong command line, else 1. */
export function exitStatusOf(error: unknown): number {
  return error instanceof AppError && error.code === 'usage' ? 2 : 1
}
