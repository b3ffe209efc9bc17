// Follows the core's state for the parts of a door that depend on it: the tray, and what closing a window does.

import type { EventName, Events } from '../../shared/api/events'
import { changedSnapshot } from '../../shared/model/change'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Core } from '../core/coreparts'

/** Calls `changed` with the whole state now and after each change; returns the unsubscribe. */
export function followSnapshot(core: Pick<Core, 'subscribe'>, changed: (snapshot: Snapshot) => void): () => void {
  let state: Snapshot | undefined
  const hear: { readonly [N in EventName]: (event: Events[N]) => void } = {
    snapshot: (whole) => {
      state = whole
      changed(state)
    },
    'snapshot.patch': (change) => {
      if (state === undefined) return
      state = changedSnapshot(state, change)
      changed(state)
    },
    'terminal.output': () => undefined,
    'journal.entry': () => undefined,
  }
  return core.subscribe((name, event) => hear[name](event))
}
