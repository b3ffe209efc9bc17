// Entries of the journal. Types only.

import type { WireError } from '../errors'

/** The subject of a journal entry. */
export type JournalSubject =
  | { readonly kind: 'app' }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'forward'; readonly id: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly id: string; readonly name: string }

/** One entry of the journal. Never contains a secret. */
export interface JournalEntry {
  /** Ascending; a larger id is later, also over restarts. */
  readonly id: number
  /** Epoch ms. */
  readonly at: number
  readonly tone: 'idle' | 'working' | 'up' | 'waiting' | 'failed'
  readonly subject: JournalSubject
  /** The event, worded to follow the subject's name: "is up on localhost:5432". A whole sentence for the app. */
  readonly text: string
  readonly error?: WireError
  /** Further facts by name: "Session", "Instance". */
  readonly facts?: Readonly<Record<string, string>>
}
