// The view of one forward: its first value, and its value after each change. gathered.ts decides when a change is shown.
//
// Three fields are computed at each change: `expiresAt` from the forward's limit and from when it was turned on, `lastUpAt` from
// changes of its state, `isPagesNoteDue` from its remote port.

import type { Forward, ForwardView } from '../../../shared/model/forward'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { isHttpPort } from '../../../shared/webports'
import { GatheredView } from './gathered'
import { limitedBy, limitEndsAt } from './limit'

/** What a view needs. */
export interface KeptViewOptions {
  readonly forward: Forward
  readonly now: () => number
  readonly minuteMs: () => number
  readonly isNoted: boolean
  readonly lastUpAt?: number
  /** Called after each view that is shown. */
  readonly changed: () => void
}

/** The view of one forward. Disposing shows what is gathered and clears the timer. */
export class KeptView implements Disposable {
  /** When a person turned the forward on, epoch ms; 0: not in this run. */
  onSinceAt = 0
  /** Whether a person has read that web pages can reach its port. */
  isNoted: boolean
  /** The saved target that led to the present host. */
  saved: SavedTarget | undefined
  readonly #options: KeptViewOptions
  readonly #gathered: GatheredView

  /** The forward begins off. */
  constructor(options: KeptViewOptions) {
    const { forward, isNoted, lastUpAt, changed } = options
    this.#options = options
    this.isNoted = isNoted
    this.#gathered = new GatheredView(offView(forward, isNoted, lastUpAt), changed)
  }

  /** The view that windows are shown. Its counters may be 250 ms old. */
  get shown(): ForwardView {
    return this.#gathered.shown
  }

  /** The view with every change, also those that are not shown yet. */
  get now(): ForwardView {
    return this.#gathered.now
  }

  /** The forward with the limits of its saved target. */
  get limited(): Forward {
    return limitedBy(this.now.forward, this.saved)
  }

  /** The forward is turned on, or opened again. */
  start(): void {
    this.#gathered.show(startedView(this.now, this.#facts))
  }

  /** Makes a change and shows it at once. */
  update(change: Partial<ForwardView>): void {
    this.#gathered.show(changedView(this.now, change, this.#facts))
  }

  /** Makes a change and shows it together with others: for values that may change many times a second. */
  gather(change: Partial<ForwardView>): void {
    this.#gathered.gather(changedView(this.now, change, this.#facts))
  }

  /** The destination is reached again. */
  reachDestination(): void {
    this.#gathered.show(reachedView(this.now))
  }

  [Symbol.dispose](): void {
    this.#gathered[Symbol.dispose]()
  }

  get #facts(): ViewFacts {
    const { now, minuteMs } = this.#options
    return { nowAt: now(), onSinceAt: this.onSinceAt, minuteMs: minuteMs(), isNoted: this.isNoted, saved: this.saved }
  }
}

/** What the next view is computed from, beside the view before and the change. */
interface ViewFacts {
  /** Epoch ms. */
  readonly nowAt: number
  /** When a person turned the forward on, epoch ms. */
  readonly onSinceAt: number
  /** The length of a minute of the forward's limit; see `Timing`. */
  readonly minuteMs: number
  /** Whether a person has read that web pages can reach its port. */
  readonly isNoted: boolean
  /** The saved target that led to the present host. */
  readonly saved: SavedTarget | undefined
}

/** The view of a forward that is off. `lastUpAt` (epoch ms): when it was up last in an earlier run. */
function offView(forward: Forward, isNoted: boolean, lastUpAt: number | undefined): ForwardView {
  return {
    forward,
    isOn: false,
    state: { kind: 'off' },
    localPort: forward.localPort ?? 0,
    openConnections: 0,
    ...(lastUpAt === undefined ? {} : { lastUpAt }),
    ...pagesNote(forward, isNoted),
  }
}

/** The view of a forward that is turned on. Errors, health and faults of its last run are removed. */
function startedView(view: ForwardView, facts: ViewFacts): ForwardView {
  const { lastError: _error, health: _health, endedBy: _endedBy, destination: _destination, ...kept } = view
  return changedView(kept, { isOn: true, state: { kind: 'connecting' }, openConnections: 0 }, facts)
}

/** The view after `change`. */
function changedView(view: ForwardView, change: Partial<ForwardView>, facts: ViewFacts): ForwardView {
  const { expiresAt: _expiresAt, isPagesNoteDue: _isDue, destination, ...changed } = { ...view, ...change }
  const wasUp = view.state.kind === 'up'
  const isUp = changed.state.kind === 'up'
  const expiresAt = limitEndsAt(limitedBy(changed.forward, facts.saved), facts.onSinceAt, facts.minuteMs)
  return {
    ...changed,
    ...(wasUp === isUp ? {} : { lastUpAt: facts.nowAt }),
    ...(changed.isOn && destination !== undefined ? { destination } : {}),
    ...pagesNote(changed.forward, facts.isNoted),
    ...(changed.isOn && expiresAt !== undefined ? { expiresAt } : {}),
  }
}

/** The view of a forward whose destination is reached again. */
function reachedView({ destination: _destination, ...view }: ForwardView): ForwardView {
  return view
}

function pagesNote({ remotePort }: Forward, isNoted: boolean): Pick<ForwardView, 'isPagesNoteDue'> {
  return isHttpPort(remotePort) && !isNoted ? { isPagesNoteDue: true } : {}
}
