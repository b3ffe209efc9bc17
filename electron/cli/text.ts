// Foreign text on its way to a terminal, and errors as lines. Names are shown by shared/foreigntext.ts.

import { AppError, asError, toWireError, type ErrorCode, type WireError } from '../../shared/errors'
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

/** What a command line can do about an error that its sentence, which windows show as well, does not name. */
const advice: Partial<Record<ErrorCode, string>> = {
  'credentials-missing': 'Name a profile with --profile or AWS_PROFILE. Without an AWS account, try --demo.',
  'region-missing': 'Give --region, or set AWS_REGION.',
  'wrong-region': 'See --region and --profile.',
  'unknown-instance': 'List what is there with: culvert ls',
}

/** An error for a line: its sentence, the AWS command that mends it, and what the command line can do about it. */
export function errorWords({ code, message, command }: WireError): string {
  const hint = advice[code]
  return [message, ...(command === undefined ? [] : [`Run: ${command}`]), ...(hint === undefined ? [] : [hint])].join(
    ' ',
  )
}

/** The line that an error is told with: `culvert: CODE: sentence` and a line break. */
export function errorLine(error: unknown): string {
  const wire = toWireError(asError(error))
  return wordLine(`${wire.code}: ${errorWords(wire)}`)
}

/** The exit status for an error: 2 for a wrong command line, else 1. */
export function exitStatusOf(error: unknown): number {
  return error instanceof AppError && error.code === 'usage' ? 2 : 1
}
