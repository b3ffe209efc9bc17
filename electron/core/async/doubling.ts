// How a wait grows from one failed attempt to the next. Pure.

/** No wait begins so small that it is not at its maximum by then. */
const MAX_DOUBLINGS = 30

/** `first` after so many doublings, `max` at most. */
export function doubled(first: number, max: number, doublings: number): number {
  return Math.min(first * 2 ** Math.min(doublings, MAX_DOUBLINGS), max)
}
