// What the tests of a channel share: time that a test moves, and publications.

import { afterEach, beforeEach, expect, vi } from 'vitest'

/** Fakes the time of each test, and shows after it that no timer is left; call it at the top of a test file. */
export function stageTime(): void {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
}
