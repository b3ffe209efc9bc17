// Makes text from outside safe to show on one line: names, tags, and sentences of AWS, agents and other programs.
//
// A character that does not show, that draws blank or that turns the direction of its neighbours becomes a mark of its code:
// ⟨U+200B⟩. Two names that differ in such a character differ to the eye, and a name drives neither a terminal nor a row.
// Letters of other scripts stay, also those that resemble Latin ones. Only for showing: filters, sorting and requests use the
// text itself. Secrets are taken out by redaction.ts.

/** A piece of a text as it is shown: characters as they are, or the mark of one. */
export type ForeignPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `text` is the whole mark, `code` the code point that it stands for. */
  | { readonly kind: 'mark'; readonly text: string; readonly code: number }

/** AWS allows 256 characters for the value of a tag, and 255 for a computer's name. */
const MAX_NAME = 256

/** As long as foreign text may be where it enters. */
const MAX_SENTENCE = 2_048

/**
 * Control, format, private and unassigned characters, lone halves of surrogate pairs, separators, what Unicode calls default
 * ignorable, and the signs that are drawn blank: the Braille blank, a musical null, the Khitan filler, the object replacement.
 * Not the format characters of Arabic, Syriac and Kaithi numbers, which are drawn, and not the plain space.
 */
const UNSEEN =
  /(?![ \u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u{16FE4}\u{1D159}]/u

/** What may hold an emoji together: a joiner, a variation selector, the tags of a flag. */
const EMOJI_PART = /\u200D|\uFE0F|[\u{E0020}-\u{E007F}]/u

/** Nothing to be marked, and nothing to be folded. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/

const FOLDED = /[\t-\r \u0085\u2028\u2029]+/g

/** A name that spells a mark would be taken for one. */
const MARK_START = '⟨U+'

/** A mark as `markOf` writes it, with its code. */
const MARK = /⟨U\+([0-9A-F]{4}|[1-9A-F][0-9A-F]{4,5})⟩/

/** The text of a mark: ⟨U+200B⟩. */
function markOf(code: number): string {
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** The emoji sequences that Unicode recommends: each is drawn as one sign. The engine keeps the pattern once it was compiled. */
function emojiIn(text: string): ReadonlyMap<number, string> {
  // No literal: the flag is newer than the language level of this project, not than its engines.
  const pattern = new RegExp(String.raw`\p{RGI_Emoji}`, 'gv')
  return new Map([...text.matchAll(pattern)].map(({ index, 0: emoji }) => [index, emoji]))
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')
}

/** Splits a text that is short enough. `isMarked` says more characters that become marks, by their place. */
function split(text: string, isMarked: (character: string, at: number) => boolean): ForeignPiece[] {
  const emoji = EMOJI_PART.test(text) ? emojiIn(text) : new Map<number, string>()
  const pieces: ForeignPiece[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0
    const character = String.fromCodePoint(code)
    const whole = emoji.get(at)
    if (whole === undefined && (UNSEEN.test(character) || isMarked(character, at))) {
      flush()
      pieces.push({ kind: 'mark', text: markOf(code), code })
    } else plain += whole ?? character
    at += (whole ?? character).length
  }
  flush()
  return pieces
}

/**
 * A name in pieces: everything in it that does not show is marked, also spaces at its ends and all but the first of several.
 * Different names give different pieces, as far as they are shown: the first `max` characters, then "…".
 */
export function namePieces(name: string, max = MAX_NAME): readonly ForeignPiece[] {
  if (name.length <= max && PLAIN.test(name)) return [{ kind: 'text', text: name }]
  const shown = cut(name, max)
  const isMarked = (character: string, at: number): boolean =>
    character === ' '
      ? at === 0 || at === name.length - 1 || name.charAt(at - 1) === ' '
      : character === '⟨' && name.startsWith(MARK_START, at)
  const pieces = split(shown, isMarked)
  return shown === name ? pieces : [...pieces, { kind: 'text', text: '…' }]
}

/** Takes the marks out of a text that holds some: a sentence of ours that quotes a name as it is shown. */
function marksIn(text: string): ForeignPiece[] {
  return text.split(MARK).flatMap((part, index): ForeignPiece[] => {
    // Between the texts stand the codes that the pattern has caught.
    if (index % 2 === 1)
      return [{ kind: 'mark', text: markOf(Number.parseInt(part, 16)), code: Number.parseInt(part, 16) }]
    return part === '' ? [] : [{ kind: 'text', text: part }]
  })
}

/** A sentence in pieces: breaks and runs of spaces become one space, what else does not show is marked. Marks in it stay marks. */
export function sentencePieces(sentence: string, max = MAX_SENTENCE): readonly ForeignPiece[] {
  if (sentence.length <= max && PLAIN.test(sentence)) return [{ kind: 'text', text: sentence }]
  const shown = cut(sentence, max)
  const folded = shown.replaceAll(FOLDED, ' ').trim()
  const pieces = split(folded, () => false).flatMap((piece) => (piece.kind === 'text' ? marksIn(piece.text) : [piece]))
  return shown === sentence ? pieces : [...pieces, { kind: 'text', text: '…' }]
}

function join(pieces: readonly ForeignPiece[]): string {
  return pieces.map(({ text }) => text).join('')
}

/** A name as one plain line, for labels and terminals; see `namePieces`. */
export function shownName(name: string, max = MAX_NAME): string {
  return join(namePieces(name, max))
}

/** A sentence as one plain line, for labels and terminals; see `sentencePieces`. Doing it again changes nothing. */
export function shownSentence(sentence: string, max = MAX_SENTENCE): string {
  return join(sentencePieces(sentence, max))
}

/** A name without everything that would be marked: to propose a name of our own from it. */
export function withoutUnseen(name: string): string {
  const kept = namePieces(name, name.length).filter(({ kind }) => kind === 'text')
  return join(kept)
}

/** JSON in one line whose text holds nothing that does not show: escaped, so that parsing gives the very same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(new RegExp(UNSEEN, 'gu'), (character) =>
    Array.from({ length: character.length }, (_, unit) => escaped(character.charCodeAt(unit))).join(''),
  )
}

function escaped(unit: number): string {
  return String.raw`\u${unit.toString(16).padStart(4, '0')}`
}
