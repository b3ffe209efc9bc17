// Finding commands by what a person types, and showing where it was found.

import type { LucideIcon } from 'lucide-react'
import type { Tone } from '../../shared/status'

/** The groups in their order. */
const GROUPS = ['Instances', 'Forwards', 'Open tabs', 'Actions', 'Settings'] as const

/** The name of a group. */
export type GroupName = (typeof GROUPS)[number]

/** Something that the palette does. */
export interface Command {
  readonly id: string
  readonly group: GroupName
  /** A state's sign, or a lucide icon. */
  readonly sign: Tone | LucideIcon
  readonly label: string
  /** Faint, behind the label. */
  readonly detail?: string
  /** In mono at the right edge. */
  readonly address?: string
  readonly keys?: readonly string[]
  /** Found by, but not shown. */
  readonly hidden?: string
  /** What Enter does, as a verb: "Open shell". */
  readonly verb: string
  readonly run: () => void
  /** What Ctrl+Enter does. */
  readonly second?: { readonly verb: string; readonly run: () => void }
}

/** A group with what was found in it. */
export interface FoundGroup {
  readonly name: GroupName
  readonly commands: readonly Command[]
}

/** A piece of a label. */
export interface Piece {
  readonly text: string
  readonly isMatch: boolean
}

const MAX_IN_GROUP = 6
const ACTIONS_ONLY: readonly GroupName[] = ['Actions', 'Settings']

/** The words of a query, without a `>` in front of it. */
export function queryWords(query: string): readonly string[] {
  return query
    .replace(/^\s*>/, '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Where a word starts a label, or a part of one, it was meant; elsewhere it may be. Lower is better. */
function rank({ label }: Command, words: readonly string[]): number {
  const lower = label.toLowerCase()
  const [first = ''] = words
  if (lower.startsWith(first)) return 0
  return words.some((word) => lower.includes(word)) ? 1 : 2
}

/** The commands that hold every word, the best first and six of a group at most. A `>` in front asks for actions only. */
export function findCommands(commands: readonly Command[], query: string): readonly FoundGroup[] {
  const words = queryWords(query)
  const wanted = query.trimStart().startsWith('>') ? ACTIONS_ONLY : GROUPS
  const isFound = ({ label, detail = '', address = '', hidden = '' }: Command): boolean => {
    const all = `${label}\n${detail}\n${address}\n${hidden}`.toLowerCase()
    return words.every((word) => all.includes(word))
  }
  return wanted.flatMap((name): FoundGroup[] => {
    const found = commands
      .filter((command) => command.group === name && isFound(command))
      .toSorted((a, b) => rank(a, words) - rank(b, words))
    if (found.length === 0) return []
    return [{ name, commands: ACTIONS_ONLY.includes(name) ? found : found.slice(0, MAX_IN_GROUP) }]
  })
}

/** Cuts a label where words of the query are found in it. Joined, the pieces are the label. */
export function matchPieces(label: string, words: readonly string[]): readonly Piece[] {
  const lower = label.toLowerCase()
  const marks = Array.from(label, () => false)
  // Lower case may be longer than the typed text (İ): then nothing is marked, because the mark would be in the wrong place.
  if (lower.length !== label.length || marks.length !== label.length) return [{ text: label, isMatch: false }]
  for (const word of words) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) marks.fill(true, at, at + word.length)
  }
  const pieces: Piece[] = []
  for (const [index, isMatch] of marks.entries()) {
    const last = pieces.at(-1)
    const character = label.charAt(index)
    if (last?.isMatch === isMatch) pieces[pieces.length - 1] = { text: last.text + character, isMatch }
    else pieces.push({ text: character, isMatch })
  }
  return pieces
}
