// What the tests of drains share: a clock that is moved by hand, and records.

import type { DrainRecord } from '../../../shared/model/drain'
import type { Clock } from './time/clock'
import type { Origin } from './spool/chunk'

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.UTC(2026, 10, 29, 12)
  readonly #calls = new Set<{ readonly at: number; readonly call: () => void }>()

  now = (): number => this.#now

  after = (ms: number, call: () => void): (() => void) => {
    const entry = { at: this.#now + ms, call }
    this.#calls.add(entry)
    return () => this.#calls.delete(entry)
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#calls.size
  }

  /** Moves the time on, and makes the calls that are due in their order. */
  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const [next] = [...this.#calls].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#calls.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.call()
    }
    this.#now = end
  }
}

/** A session, as records tell of it. */
export function originOf(sessionId = 'alice-0123456789abcdef0'): Origin {
  return {
    sessionId,
    environment: 'acme-prod',
    region: 'eu-central-1',
    account: '123456789012',
    target: 'i-0123456789abcdef0',
    targetName: 'web-1',
    operationId: 'operation-1',
    operationUserName: 'Alice Example',
    operationUserEmail: 'alice@example.com',
  }
}

/** A record of output. */
export function recordOf(sequence: number, change: Partial<DrainRecord> = {}): DrainRecord {
  return {
    at: Date.UTC(2026, 10, 29, 12) + sequence,
    sequence,
    kind: 'output',
    text: `line ${sequence}`,
    ...originOf(),
    ...change,
  }
}
