// Watches one tunnel: only legal transitions, and events that account for every connection that was lost.
//
// The table is docs/architecture.md: off -> connecting -> up <-> reconnecting / waiting -> failed. A resume never turns into a
// first start, and what was up once is never "connecting" again.

import type { TunnelEvent, TunnelState } from '../../shared/model/forward'

/** Lines of history that are kept of each tunnel. */
const HISTORY = 200

type Step = 'off' | 'connecting' | 'up' | 'resume' | 'restart' | 'waiting' | 'failed'

const BEFORE_UP: Readonly<Record<Step, readonly Step[]>> = {
  off: ['connecting'],
  connecting: ['connecting', 'up', 'restart', 'waiting', 'failed', 'off'],
  restart: ['connecting', 'restart', 'waiting', 'up', 'failed', 'off'],
  waiting: ['connecting', 'restart', 'waiting', 'up', 'failed', 'off'],
  resume: [],
  up: [],
  failed: [],
}

const AFTER_UP: Readonly<Record<Step, readonly Step[]>> = {
  off: [],
  connecting: [],
  // Again with another time left.
  up: ['up', 'resume', 'restart', 'failed', 'off'],
  resume: ['resume', 'up', 'waiting', 'restart', 'failed', 'off'],
  restart: ['restart', 'up', 'waiting', 'failed', 'off'],
  waiting: ['waiting', 'resume', 'restart', 'up', 'failed', 'off'],
  failed: [],
}

function stepOf(state: TunnelState): Step {
  return state.kind === 'reconnecting' ? state.via : state.kind
}

/** Follows the states and events of one tunnel, and collects what must not happen. */
export class TunnelWatch {
  readonly violations: string[] = []
  /** Resets that the events account for. */
  accounted = 0
  resumed = 0
  restarted = 0
  moved = 0
  /** Codes of what connections have failed with. */
  readonly failures = new Map<string, number>()
  /** The newest states and events with their times; printed with a violation. */
  readonly history: string[] = []
  readonly #name: string
  #last: TunnelState = { kind: 'off' }
  #wasUp = false
  readonly #listeners = new Set<() => void>()

  constructor(name: string) {
    this.#name = name
  }

  get state(): TunnelState {
    return this.#last
  }

  /** Adds a line to the history. */
  note(line: string): void {
    this.history.push(`${new Date().toISOString().slice(17, 23)} ${line}`)
    if (this.history.length > HISTORY) this.history.shift()
  }

  /** For `onState`. */
  onState(state: TunnelState): void {
    this.note(JSON.stringify(state))
    const [from, to] = [stepOf(this.#last), stepOf(state)]
    if (!(this.#wasUp ? AFTER_UP : BEFORE_UP)[from].includes(to)) {
      this.violations.push(`${this.#name}: ${from} -> ${to}${this.#wasUp ? '' : ' before it was ever up'}`)
    }
    if (state.kind === 'failed')
      this.violations.push(`${this.#name}: failed: ${state.error.code} ${state.error.message}`)
    if (state.kind === 'up') this.#wasUp = true
    this.#last = state
    for (const listener of this.#listeners) listener()
  }

  /** For `onEvent`. */
  onEvent(event: TunnelEvent): void {
    this.note(JSON.stringify(event))
    switch (event.kind) {
      case 'restarted':
        this.restarted += 1
        this.accounted += event.connectionsLost
        return
      case 'resumed':
        this.resumed += 1
        return
      case 'moved':
        this.moved += 1
        return
      case 'connection-failed':
        this.accounted += 1
        this.failures.set(event.error.code, (this.failures.get(event.error.code) ?? 0) + 1)
        return
      case 'connection-opened':
      case 'connection-answered':
      case 'connection-closed':
      case 'notice':
        return
    }
  }

  /** Resolves true once it is up, false when it is not within `ms`. */
  up(ms: number): Promise<boolean> {
    if (this.#last.kind === 'up') return Promise.resolve(true)
    return new Promise((resolve) => {
      const finish = (isUp: boolean): void => {
        clearTimeout(timer)
        this.#listeners.delete(look)
        resolve(isUp)
      }
      const look = (): void => {
        if (this.#last.kind === 'up') finish(true)
      }
      const timer = setTimeout(() => finish(false), ms)
      this.#listeners.add(look)
    })
  }
}
