// Spans of the wall clock, which a person or a time server may set back. Pure.

/** Whether `spanMs` have passed since `sinceAt`. True for a time that is still to come: the clock was set back, and the span is not known. */
export function hasPassed(sinceAt: number, spanMs: number, nowAt: number): boolean {
  return nowAt < sinceAt || nowAt - sinceAt >= spanMs
}
