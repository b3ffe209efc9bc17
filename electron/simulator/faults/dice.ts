// A repeatable source of random numbers: the same seed gives the same numbers (mulberry32).

/** A source of random numbers. */
export class Dice {
  #state: number

  /** Any number is a seed; its lower 32 bits count. */
  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** A number in [0, 1). */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    const state = this.#state
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.roll() < probability
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + this.roll() * (to - from)
  }

  /** One of `items`; undefined if there are none. */
  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.roll() * items.length)]
  }

  /** The same items in another order. */
  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, rank: this.roll() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item)
  }
}
