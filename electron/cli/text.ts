// Prepares foreign text for a terminal, and prints errors as lines. shared/foreigntext.ts prepares names.

import { AppError, asError, toWireError, type ErrorCode, type WireError } from '../../shared/errors'
import { shownSentence } from '../../shared/foreigntext'
import { redact } from '../../shared/redaction'

/** Much more than is shown, so that redaction sees a secret whole before the text is cut. */
const MAX_READ = 16_384

/** Foreign text on one line, without secrets and without characters that drive a terminal, cut to `max` characters. */
export function foreignWords(text: string, max?: number): string {
  return shownSentence(redact(text.slice(0, MAX_READ)), max)
}

/** A line for people on stderr: `culvert: …` and a line break. */
export function wordLine(text: string): string {
  return `culvert: ${foreignWords(text)}\n`
}

/** Advice for the command line, which the sentence of an error does not give because windows show it too. */
const advice: Partial<Record<ErrorCode, string>> = {
  'credentials-missing': 'Name a profile with --profile or AWS_PROFILE. Without an AWS account, try --demo.',
  'region-missing': 'Give --region, or set AWS_REGION.',
  'wrong-region': 'See --region and --profile.',
  'unknown-instance': 'List what is there with: culvert ls (--containers)',
}

/** The text of an error: its sentence, the AWS command that solves it, and the advice for the command line. */
export function errorWords({ code, message, command, loginProfile }: WireError): string {
  // Culvert's own command takes the profile as AWS's does, quoted for a shell.
  const own = loginProfile === undefined ? undefined : command?.replace(/^aws sso login/, 'or: culvert login')
  const hint = own ?? advice[code]
  return [message, ...(command === undefined ? [] : [`Run: ${command}`]), ...(hint === undefined ? [] : [hint])].join(
    ' ',
  )
}

/** The line of an error: `culvert: CODE: sentence` and a line break. */
export function errorLine(error: unknown): string {
  const wire = toWireError(asError(error))
  return wordLine(`${wire.code}: ${errorWords(wire)}`)
}

/** The exit status for an error: 2 for a wrong command line, else 1. */
export function exitStatusOf(error: unknown): number {
  return error instanceof AppError && error.code === 'usage' ? 2 : 1
}
