// The sessions that this app carries now, as the snapshot tells them without asking AWS. Pure.

import type { Snapshot } from '../../../shared/model/snapshot'

/** How many sessions this app holds open: one for each forward that is up and for each open terminal. */
export function openSessions({ forwards, terminals }: Pick<Snapshot, 'forwards' | 'terminals'>): number {
  const up = forwards.filter(({ state }) => state.kind === 'up').length
  return up + terminals.filter(({ state }) => state.kind === 'open').length
}
