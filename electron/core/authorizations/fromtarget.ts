// What an authorization takes from the saved target that it was asked for by: session, limits and document. Pure.
//
// What a person has named wins, within the limits of the saved target: a larger limit than its own is refused.

import { AppError } from '../../../shared/errors'
import type { DocumentChoice } from '../../../shared/model/document'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { spanWords } from '../../../shared/status'
import type { AuthorizedSession } from './authorization'

const MINUTE_MS = 60_000

/** How long an authorization may last. */
export const EXPIRES_AFTER_MS = { min: MINUTE_MS, max: 7 * 24 * 60 * MINUTE_MS, usual: 8 * 60 * MINUTE_MS } as const

/** What a person has named. Absent: as the saved target says, else one connection and 8 h. `connectionLimit` null: no limit. */
export interface NamedParts {
  readonly session?: AuthorizedSession | undefined
  readonly connectionLimit?: number | null | undefined
  readonly expiresAfterMs?: number | undefined
  readonly document?: DocumentChoice | undefined
}

/** The same, complete. */
export interface AuthorizedParts {
  readonly session: AuthorizedSession
  /** Undefined: no limit. */
  readonly connectionLimit: number | undefined
  readonly expiresAfterMs: number
  readonly document?: DocumentChoice
}

/** The session that a saved target begins with. */
function sessionOf({ defaultPort, remoteHost }: SavedTarget): AuthorizedSession {
  if (defaultPort === undefined) return { kind: 'shell' }
  return { kind: 'tcp', remotePort: defaultPort, ...(remoteHost === undefined ? {} : { remoteHost }) }
}

/** The document of a saved target, where it is for sessions of this kind: that of its default port is none for a shell. */
export function savedDocument(saved: SavedTarget | undefined, kind: 'port' | 'shell'): DocumentChoice | undefined {
  const own = saved?.defaultPort === undefined ? 'shell' : 'port'
  return own === kind ? saved?.document : undefined
}

/** Completes what was named. Throws `usage` where no session is named, and for limits larger than those of the saved target. */
export function completed(named: NamedParts, saved: SavedTarget | undefined): AuthorizedParts {
  const session = named.session ?? (saved === undefined ? undefined : sessionOf(saved))
  if (session === undefined) {
    throw new AppError('usage', 'The authorization names no session, and no saved target does: name a port or a shell.')
  }
  const saveds = session.kind === 'ssh' ? undefined : savedDocument(saved, session.kind === 'shell' ? 'shell' : 'port')
  const document = named.document ?? saveds
  return {
    session,
    connectionLimit: session.kind === 'shell' ? 1 : limitOf(named, saved),
    expiresAfterMs: expiryOf(named, saved),
    ...(document === undefined ? {} : { document }),
  }
}

function limitOf({ connectionLimit: named }: NamedParts, saved: SavedTarget | undefined): number | undefined {
  if (saved === undefined) return named === undefined ? 1 : (named ?? undefined)
  const { connectionLimit: most, name } = saved
  if (named === undefined) return most
  if (most !== undefined && (named ?? Number.POSITIVE_INFINITY) > most) {
    const text = `The saved target "${name}" allows ${String(most)} connections of one authorization: name no more.`
    throw new AppError('usage', text)
  }
  return named ?? undefined
}

function expiryOf({ expiresAfterMs: named }: NamedParts, saved: SavedTarget | undefined): number {
  const minutes = saved?.maxDurationMinutes
  if (minutes === undefined) return named ?? EXPIRES_AFTER_MS.usual
  const most = Math.min(minutes * MINUTE_MS, EXPIRES_AFTER_MS.max)
  if (named !== undefined && named > most) {
    throw new AppError(
      'usage',
      `The saved target "${saved?.name ?? ''}" allows ${spanWords(most)}: name no longer span.`,
    )
  }
  return named ?? most
}
