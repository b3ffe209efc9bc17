// How the end of a shell is told: in its terminal's state and as a line of the journal. Pure.
//
// What the service or an error says is foreign text: secrets are taken out and it is cut, before anything keeps it.

import { cutText, MAX_FOREIGN_CHARACTERS } from '../../../shared/cut'
import { toWireError } from '../../../shared/errors'
import type { JournalEntry } from '../../../shared/model/journal'
import type { TerminalView } from '../../../shared/model/terminal'
import { redact } from '../../../shared/redaction'

/** The end of one shell. */
export interface Ending {
  readonly state: Extract<TerminalView['state'], { readonly kind: 'ended' }>
  readonly line: Pick<JournalEntry, 'tone' | 'text' | 'error'>
}

/** What is told of a shell that ended at `at` (epoch ms): by itself, with what the service said ("" where nothing), or by `error`. */
export function endingOf(at: number, said: string, error: unknown): Ending {
  if (error !== undefined) {
    const wire = toWireError(error)
    const cut = { ...wire, message: cutText(wire.message) }
    return {
      state: { kind: 'ended', at, text: cut.message, error: cut },
      line: { tone: 'failed', text: 'lost its shell.', error: cut },
    }
  }
  // Cut before, too: taking secrets out of a long text takes long.
  const text = cutText(redact(said.trim().slice(0, 4 * MAX_FOREIGN_CHARACTERS)))
  return {
    state: { kind: 'ended', at, text },
    line: { tone: 'idle', text: `ended its shell.${text === '' ? '' : ` ${text}`}` },
  }
}
