// A forward's own time limit: when it is over, and what is said then. Pure.
//
// The limit counts from when a person turned the forward on, over restarts of Culvert too.

import { AppError, toWireError, type WireError } from '../../../shared/errors'
import type { Forward } from '../../../shared/model/forward'
import { spanWords } from '../../../shared/status'

const MINUTE_MS = 60_000

/** Epoch ms at which the limit of a forward that was turned on at `onSinceAt` is over; undefined without a limit. */
export function limitEndsAt(
  { expiresAfterMinutes: minutes }: Forward,
  onSinceAt: number,
  minuteMs: number,
): number | undefined {
  return minutes === undefined ? undefined : onSinceAt + minutes * minuteMs
}

/** The error that a forward is turned off with when its limit is over: `forward-expired`. */
export function limitError({ expiresAfterMinutes = 0 }: Forward): WireError {
  const span = spanWords(expiresAfterMinutes * MINUTE_MS)
  const text = `The forward was set to end after ${span}, and has. Turn it on to start its time anew.`
  return toWireError(new AppError('forward-expired', text))
}
