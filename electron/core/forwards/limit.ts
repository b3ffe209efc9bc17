// A forward's own time limit: when it ends, and the error that the forward is then turned off with. Pure.
//
// The limit counts from the moment when a person turned the forward on. A restart of Culvert does not reset it.

import { AppError, toWireError, type WireError } from '../../../shared/errors'
import type { Forward } from '../../../shared/model/forward'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { spanWords } from '../../../shared/status'

const MINUTE_MS = 60_000

/** When the limit of a forward that was turned on at `onSinceAt` ends, epoch ms. Undefined for a forward without a limit. */
export function limitEndsAt(
  { expiresAfterMinutes: minutes }: Forward,
  onSinceAt: number,
  minuteMs: number,
): number | undefined {
  return minutes === undefined ? undefined : onSinceAt + minutes * minuteMs
}

/** The error of a forward whose limit has ended: `forward-expired`. */
export function limitError({ expiresAfterMinutes = 0 }: Forward): WireError {
  const span = spanWords(expiresAfterMinutes * MINUTE_MS)
  const text = `The forward was set to end after ${span}, and has. Turn it on to start its time anew.`
  return toWireError(new AppError('forward-expired', text))
}

/** A forward with the limits of its saved target beside its own: of two, the smaller one holds. */
export function limitedBy(forward: Forward, saved: SavedTarget | undefined): Forward {
  const { target, expiresAfterMinutes, maxConnections } = forward
  if (saved === undefined || target.kind !== 'saved' || target.targetId !== saved.id) return forward
  const minutes = smaller(expiresAfterMinutes, saved.maxDurationMinutes)
  const connections = smaller(maxConnections, saved.connectionLimit)
  return {
    ...forward,
    ...(minutes === undefined ? {} : { expiresAfterMinutes: minutes }),
    ...(connections === undefined ? {} : { maxConnections: connections }),
  }
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
}
