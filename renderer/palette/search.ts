// Finds commands by the typed words, and marks the matches.

import type { LucideIcon } from 'lucide-react'
import type { Tone } from '../../shared/status'

/** The groups in display order. */
const GROUPS = ['Instances', 'Sets of hosts', 'Containers', 'Forwards', 'Open tabs', 'Actions', 'Settings'] as const

/** The name of a group. */
export type GroupName = (typeof GROUPS)[number]

/** A command of the palette. */
export interface Command {
  readonly id: string
  readonly group: GroupName
  /** A state's glyph or a lucide icon. */
  readonly sign: Tone | LucideIcon
  readonly label: string
  /** Shown faintly after the label. */
  readonly detail?: string
  /** Shown in monospace at the right edge. */
  readonly address?: string
  readonly keys?: readonly string[]
  /** Searched, but not shown. */
  readonly hidden?: string
  /** What Enter does, as a verb: "Open shell". */
  readonly verb: string
  readonly run: () => void
  /** What Ctrl+Enter does. */
  readonly second?: { readonly verb: string; readonly run: () => void }
}

/** A group with its matching commands. */
export interface FoundGroup {
  readonly name: GroupName
  readonly commands: readonly Command[]
}

/** A part of a label, matched or not. */
export interface Piece {
  readonly text: string
  readonly isMatch: boolean
}

const MAX_IN_GROUP = 6
const ACTIONS_ONLY: readonly GroupName[] = ['Actions', 'Settings']

/** The words of a query, without a leading `>`. */
export function queryWords(query: string): readonly string[] {
  return query
    .replace(/^\s*>/, '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}

/** Ranks a match: best if the label begins with the first word, then if the label contains a word. Lower is better. */
function rank({ label }: Command, words: readonly string[]): number {
  const lower = label.toLowerCase()
  const [first = ''] = words
  if (lower.startsWith(first)) return 0
  return words.some((word) => lower.includes(word)) ? 1 : 2
}

/** The commands that contain every word, the best first, at most six per group. A leading `>` limits the search to actions. */
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

/** Splits a label at the matches of the query's words. Joined, the pieces are the label. */
export function matchPieces(label: string, words: readonly string[]): readonly Piece[] {
  const lower = label.toLowerCase()
  const marks = Array.from(label, () => false)
  // Lowercasing can change a label's length (İ), which shifts the positions: then nothing is marked.
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
