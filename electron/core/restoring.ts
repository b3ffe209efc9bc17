// Brings back what ran when the earlier run of Culvert ended: forwards are turned on, terminals are shown as ended.

import type { Forwards } from './forwards/forwards'
import { placeOf, type PlaceParts } from './places'
import type { LastRunData } from './store/lastrunfile'
import type { Terminals } from './terminals/terminals'

/** The parts that are brought back. */
export interface Restored extends PlaceParts {
  readonly forwards: Forwards
  readonly terminals: Terminals
}

/** Turns on the forwards that were on, and shows the terminals that were open. */
export function restoreLast(parts: Restored, before: LastRunData): void {
  parts.forwards.restore()
  parts.terminals.restore(before.terminals.map((kept) => placeOf(parts, kept)))
}
