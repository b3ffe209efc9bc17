// The sessions that this app carries now: how many, as the snapshot tells without asking AWS, and which one of a list. Pure.

import type { AccountSession, SessionCarrier } from '../../../shared/model/accountsession'
import type { Snapshot } from '../../../shared/model/snapshot'

/** How many sessions this app holds open: one for each forward that is up and for each open terminal. */
export function openSessions({ forwards, terminals }: Pick<Snapshot, 'forwards' | 'terminals'>): number {
  const up = forwards.filter(({ state }) => state.kind === 'up').length
  return up + terminals.filter(({ state }) => state.kind === 'open').length
}

/** The open session of a list that carries a forward or a terminal; undefined while AWS does not list it yet. */
export function carriedBy(
  { by, id }: { readonly by: SessionCarrier['kind']; readonly id: string },
  sessions: readonly AccountSession[],
): AccountSession | undefined {
  return sessions.find(({ carrier, state }) => carrier?.kind === by && carrier.id === id && state !== 'terminated')
}
