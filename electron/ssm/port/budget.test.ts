import { expect, test } from 'vitest'
import { ReceiveBudget, type Holder } from './budget'

/** A holder that drops everything when it is told that it stalls. */
class TestHolder implements Holder {
  heldBytes = 0
  isStalled = false
  readonly #budget: ReceiveBudget

  constructor(budget: ReceiveBudget) {
    this.#budget = budget
  }

  take(bytes: number): void {
    this.heldBytes += bytes
    this.#budget.hold(this, bytes)
  }

  stalled(): void {
    this.isStalled = true
    const bytes = this.heldBytes
    this.heldBytes = 0
    this.#budget.release(this, bytes)
  }
}

function holders(): { readonly budget: ReceiveBudget; readonly all: readonly [TestHolder, TestHolder, TestHolder] } {
  const budget = new ReceiveBudget({ perHolderBytes: 100, perProcessBytes: 150 })
  return { budget, all: [new TestHolder(budget), new TestHolder(budget), new TestHolder(budget)] }
}

test('each holder has a limit of its own: what others hold does not count against it', () => {
  const { budget, all } = holders()
  const [one, other] = all
  one.take(80)
  other.take(60)
  expect([one.isStalled, other.isStalled, budget.heldBytes]).toEqual([false, false, 140])
  other.take(41)
  expect([one.isStalled, other.isStalled, budget.heldBytes]).toEqual([false, true, 80])
})

test('beyond the limit of the process the holder with the most bytes stalls, whoever came last', () => {
  const { budget, all } = holders()
  const [one, other, last] = all
  one.take(90)
  other.take(50)
  last.take(11)
  expect(all.map(({ isStalled }) => isStalled)).toEqual([true, false, false])
  expect(budget.heldBytes).toBe(61)
})
