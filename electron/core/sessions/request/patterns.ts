// Whether a text matches a pattern of a session document.
//
// The pattern comes from outside and may backtrack for hours, so it runs in a context that is stopped after 100 ms. AWS reads
// patterns as Java does. A pattern that cannot be read here, and one that takes too long, refuse nothing: AWS checks as well.

import { createContext, Script } from 'node:vm'

const LIMIT_MS = 100

const script = new Script('new RegExp(pattern).test(text)')

/** False only where the pattern surely does not match. */
export function mayMatch(pattern: string, text: string): boolean {
  try {
    return script.runInContext(createContext({ pattern, text }), { timeout: LIMIT_MS }) !== false
  } catch {
    return true
  }
}
