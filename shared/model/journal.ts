// Lines of the journal. Types only.

import type { WireError } from '../errors'

/** What a journal entry is about. */
export type JournalSubject =
  | { readonly kind: 'app' }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'forward'; readonly id: string; readonly name: string }
  | { readonly kind: 'terminal'; readonly id: string; readonly name: string }

/** One line of the journal. Never holds a secret. */
export interface JournalEntry {
  /** Ascending; larger means later, also over restarts. */
  readonly id: number
  /** Epoch ms. */
  readonly at: number
  readonly tone: 'idle' | 'working' | 'up' | 'waiting' | 'failed'
  readonly subject: JournalSubject
  /** What happened, to be read behind the subject's name: "is up on localhost:5432". A whole sentence for the app. */
  readonly text: string
  readonly error?: WireError
  /** Further facts by their names: "Session", "Instance". */
  readonly facts?: Readonly<Record<string, string>>
}
