// Makes text from outside safe to show on one line: names, tags, and sentences of AWS, agents and other programs.
//
// A character that is invisible, blank, or changes the direction of its neighbours is replaced by a mark with its code:
// ⟨U+200B⟩. So names that differ in such a character look different, and a name controls neither a terminal nor the layout of
// a row. Letters of other scripts stay, including those that resemble Latin ones. For display only: filters, sorting and
// requests use the original text. redaction.ts removes secrets.

/** A piece of a text as shown: plain characters, or the mark of one character. */
export type ForeignPiece =
  | { readonly kind: 'text'; readonly text: string }
  /** `text` is the whole mark, `code` the code point that it replaces. */
  | { readonly kind: 'mark'; readonly text: string; readonly code: number }

/** AWS allows 256 characters for the value of a tag, and 255 for a computer's name. */
const MAX_NAME = 256

/** The limit on foreign text where it enters. */
const MAX_SENTENCE = 2_048

/**
 * Control, format, private and unassigned characters, unpaired surrogates, separators, default ignorable characters of
 * Unicode, and characters drawn blank: the Braille blank, a musical null, the Khitan filler, the object replacement. Not the
 * format characters of Arabic, Syriac and Kaithi numbers, which are visible, and not the plain space.
 */
const UNSEEN =
  /(?![ \u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2\u{110BD}\u{110CD}])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\uFFFC\u{16FE4}\u{1D159}]/u

/** Characters that join an emoji sequence: a joiner, a variation selector, the tags of a flag. */
const EMOJI_PART = /\u200D|\uFE0F|[\u{E0020}-\u{E007F}]/u

/** Text without anything to mark or to collapse. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/

const FOLDED = /[\t-\r \u0085\u2028\u2029]+/g

/** A name that contains the text of a mark would be mistaken for a marked one. */
const MARK_START = '⟨U+'

/** A mark as written by `markOf`, with its code. */
const MARK = /⟨U\+([0-9A-F]{4}|[1-9A-F][0-9A-F]{4,5})⟩/

/** The text of a mark: ⟨U+200B⟩. */
function markOf(code: number): string {
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** The emoji sequences that Unicode recommends: each is drawn as one symbol. The engine caches the compiled pattern. */
function emojiIn(text: string): ReadonlyMap<number, string> {
  // Not a literal: the project's language level does not know the flag yet; its engines do.
  const pattern = new RegExp(String.raw`\p{RGI_Emoji}`, 'gv')
  return new Map([...text.matchAll(pattern)].map(({ index, 0: emoji }) => [index, emoji]))
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : text.slice(0, max).replace(/[\uD800-\uDBFF]$/, '')
}

/** Splits a text within the limit. `isMarked` selects further characters to mark, by their position. */
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
 * A name in pieces: every invisible character is marked, also spaces at its ends and all but the first of several. Different
 * names give different pieces, within the shown part: the first `max` characters, then "…".
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

/** Splits a text at the marks in it: our own sentence may quote a name as shown. */
function marksIn(text: string): ForeignPiece[] {
  return text.split(MARK).flatMap((part, index): ForeignPiece[] => {
    // Odd items are the codes captured by the pattern; the texts are between them.
    if (index % 2 === 1)
      return [{ kind: 'mark', text: markOf(Number.parseInt(part, 16)), code: Number.parseInt(part, 16) }]
    return part === '' ? [] : [{ kind: 'text', text: part }]
  })
}

/**
 * A sentence in pieces: line breaks and runs of spaces become one space, other invisible characters are marked. Marks stay.
 */
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

/** A sentence as one plain line, for labels and terminals; see `sentencePieces`. Idempotent. */
export function shownSentence(sentence: string, max = MAX_SENTENCE): string {
  return join(sentencePieces(sentence, max))
}

/** A name without the characters that would be marked, for proposing a name based on it. */
export function withoutUnseen(name: string): string {
  const kept = namePieces(name, name.length).filter(({ kind }) => kind === 'text')
  return join(kept)
}

/** JSON on one line without invisible characters: they are escaped, so that parsing gives the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(new RegExp(UNSEEN, 'gu'), (character) =>
    Array.from({ length: character.length }, (_, unit) => escaped(character.charCodeAt(unit))).join(''),
  )
}

function escaped(unit: number): string {
  return String.raw`\u${unit.toString(16).padStart(4, '0')}`
}
