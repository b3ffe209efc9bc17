// States of a terminal: that of an interrupted shell, and the end of a shell with its line of the journal. Pure.
//
// The texts of the service and of errors are foreign: they are redacted and cut here, before they are kept.

import { cutText, MAX_FOREIGN_CHARACTERS } from '../../../shared/cut'
import { toWireError } from '../../../shared/errors'
import type { JournalEntry } from '../../../shared/model/journal'
import type { TerminalView } from '../../../shared/model/terminal'
import { redact } from '../../../shared/redaction'
import type { ResumeProgress } from '../sessions/parts'

/**
 * Written between two sessions of one terminal: resets the modes and colours of the first session and leaves its alternate screen; its text
 * stays. Leaving the alternate screen restores the saved cursor, so the cursor is saved first: if the first session was not in the
 * alternate screen, the cursor stays where it is.
 */
export const NEW_SESSION = '\u0018\u001B[!p\u001B[0m\u001B7\u001B[?1049l\u001B[?1000l\u001B[?2004l\r\n'

/** The state of a terminal of an earlier run. */
export function restarted(at: number): TerminalView['state'] {
  return { kind: 'ended', at, text: 'Culvert was restarted.' }
}

/** The end of one shell. */
export interface Ending {
  readonly state: Extract<TerminalView['state'], { readonly kind: 'ended' }>
  readonly line: Pick<JournalEntry, 'tone' | 'text' | 'error'>
}

/** The end of a shell at `at` (epoch ms). `said`: the service's text, often "". `error`: the failure that ended it; undefined: none. */
export function endingOf(at: number, said: string, error: unknown): Ending {
  if (error !== undefined) {
    const wire = toWireError(error)
    const cut = { ...wire, message: cutText(wire.message) }
    return {
      state: { kind: 'ended', at, text: cut.message, error: cut },
      line: { tone: 'failed', text: 'lost its shell.', error: cut },
    }
  }
  // Also cut before the redaction, which takes long for a long text.
  const text = cutText(redact(said.trim().slice(0, 4 * MAX_FOREIGN_CHARACTERS)))
  return {
    state: { kind: 'ended', at, text },
    line: { tone: 'idle', text: `ended its shell.${text === '' ? '' : ` ${text}`}` },
  }
}

/** The state while a shell is being resumed. */
export function reconnecting({ cause, attempt, sinceAt, retryAt, waitsFor }: ResumeProgress): TerminalView['state'] {
  return {
    kind: 'reconnecting',
    sinceAt,
    attempt,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    cause: toWireError(cause),
  }
}
