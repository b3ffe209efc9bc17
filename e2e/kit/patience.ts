// How long `vi.waitFor` waits where a test names no span: long enough for any loaded machine. Loaded before every test file.
//
// Vitest's own second is a statement about the machine, not about the code: it runs out as soon as something else is busy. A
// wait ends at once when what it waits for is there, so a long bound costs nothing but in a test that fails anyway. It lies
// below the bound of a test, so that what failed is the assertion that was waited for, and not just "timed out".

import { vi } from 'vitest'

const BOUND_MS = 90_000
/** A look costs little; Vitest's own 50 ms would be the larger part of many waits. */
const INTERVAL_MS = 20

const { waitFor } = vi

vi.waitFor = (look, options = {}) => {
  const given = typeof options === 'number' ? { timeout: options } : options
  return waitFor(look, { timeout: BOUND_MS, interval: INTERVAL_MS, ...given })
}
