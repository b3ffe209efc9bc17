// The mark of Culvert in the reason of a session: which installation has started it, and under which record of its ledger.
//
//   Ticket 7 [Culvert 0a1b2c3d4e5f/00aa11bb22cc]     the person's text, the installation, the record
//   Ticket 7 [Culvert 00aa11bb22cc]                  of a Culvert before this mark had an installation
//   Culvert 00aa11bb22cc                             of that Culvert, where the person gave no reason
//
// The reason is visible in the account's session history. A mark names no person and is no secret: anyone may write one.

import { cutText } from './cut'
import { MAX_REASON } from './environmentsettings'

/**
 * The digits of an installation's id that a mark has. 12 of 32: among 10,000 installations of one account the chance that two have the
 * same ones is 1 to 5 million. The others would take up room of the person's text.
 */
const INSTALLATION_DIGITS = 12

const MARK = /^(?:(.*) )?\[Culvert (?:([0-9a-f]{12})\/)?([0-9a-f]{12})\]$/su
const BARE_MARK = /^Culvert ([0-9a-f]{12})$/u

/** What the reason of a session says. */
export interface SessionMark {
  /** See `installationInMark`; absent in a mark of an older Culvert. */
  readonly installation?: string
  /** The id of the record in the ledger of that installation. */
  readonly record: string
  /** The person's text, as far as it has fitted; "" where there was none. */
  readonly text: string
}

/** The part of an installation's id, of 32 hexadecimal digits, that marks have. */
export function installationInMark(installation: string): string {
  return installation.slice(0, INSTALLATION_DIGITS)
}

/** The reason of a session: the person's text, cut to the room that is left, and the mark. `installation` as `installationInMark` gives it. */
export function markedReason(
  text: string | undefined,
  { installation, record }: { readonly installation: string; readonly record: string },
): string {
  const mark = `[Culvert ${installation}/${record}]`
  if (text === undefined || text === '') return mark
  return `${cutText(text, MAX_REASON - mark.length - 1)} ${mark}`
}

/** Reads the mark of a reason; undefined where it has none. */
export function markOf(reason: string): SessionMark | undefined {
  const bare = BARE_MARK.exec(reason)?.[1]
  if (bare !== undefined) return { record: bare, text: '' }
  const [, text = '', installation, record] = MARK.exec(reason) ?? []
  if (record === undefined) return undefined
  return { ...(installation === undefined ? {} : { installation }), record, text }
}
