// Text that others wrote, on its way in: cut where it enters, so that nothing behind holds or shows more of it.
//
// Pure. Does not take secrets out: shared/redaction.ts does, where they may stand.

/** One text of an answer is never kept longer. The longest that AWS documents for one that we show is 2,048. */
const MAX_TEXT = 2_048

/** What a sentence quotes at most. */
const MAX_EXCERPT = 300

/** ESC [ … letter: colours and cursor movements of programs that write for a terminal. Source: ECMA-48 §5.4. */
const TERMINAL_SEQUENCE = new RegExp(String.raw`\u001B\[[0-?]*[ -/]*[@-~]`, 'g')

/** The text, or its beginning with an ellipsis where it has more than `max` UTF-16 units. Splits no character in two. */
export function cut(text: string, max: number = MAX_TEXT): string {
  return text.length > max ? `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : text
}

/** One line for a sentence: no control or format characters, no endless encoded messages. */
export function excerpt(text: string, max: number = MAX_EXCERPT): string {
  return cut(oneLine(text), max)
}

/** The end of what a program says, as one line for a sentence: its last words say why it failed. */
export function lastWords(text: string, max: number = MAX_EXCERPT): string {
  const line = oneLine(text.replaceAll(TERMINAL_SEQUENCE, ''))
  return line.length > max ? `…${line.slice(1 - max).replace(/^[\uDC00-\uDFFF]/, '')}` : line
}

function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
}
