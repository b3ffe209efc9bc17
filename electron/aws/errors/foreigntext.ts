// Brings foreign text into a sentence: one line, and short.
//
// Pure. Does not remove secrets: shared/redaction.ts does.

import { cutText } from '../../../shared/cut'

/** The most that a sentence quotes. */
const MAX_EXCERPT = 300

/** ESC [ … letter: colours and cursor movements of programs that write for a terminal. Source: ECMA-48 §5.4. */
const TERMINAL_SEQUENCE = new RegExp(String.raw`\u001B\[[0-?]*[ -/]*[@-~]`, 'g')

/** One line for a sentence: no control characters, no endless encoded messages. */
export function excerpt(text: string, max: number = MAX_EXCERPT): string {
  return cutText(oneLine(text), max)
}

/** The end of a program's output, as one line for a sentence: it mostly says why the program failed. */
export function lastWords(text: string, max: number = MAX_EXCERPT): string {
  const line = oneLine(text.replaceAll(TERMINAL_SEQUENCE, ''))
  return line.length > max ? `…${line.slice(1 - max).replace(/^[\uDC00-\uDFFF]/, '')}` : line
}

function oneLine(text: string): string {
  // Other characters that do not show are marked where the sentence is shown (shared/foreigntext.ts).
  return text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
}
