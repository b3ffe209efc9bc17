// When a change of a forward's view is shown: at once, or gathered to four changes a second.
//
// A state, a fault or anything else that a person waits for is shown at once. Counters (open connections, the last error, health)
// are gathered: the first change is shown at once, those of the next 250 ms are shown together. A burst of connections then costs
// four views a second and not one for each connection. Nothing that is gathered is lost: the next view contains it, whatever
// the reason for that view. The shown view keeps its identity until it changes, because the publisher compares views by identity.

import type { ForwardView } from '../../../shared/model/forward'

/** Four times a second: as fast as a person reads a number. */
const GATHER_MS = 250

/** The view of one forward, as it is and as it is shown. Disposing shows what is gathered and clears the timer. */
export class GatheredView implements Disposable {
  readonly #changed: () => void
  #shown: ForwardView
  #now: ForwardView
  /** Runs for 250 ms after a gathered change was shown: changes within that time wait for its end. */
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  /** `changed` is called after each view that is shown. */
  constructor(view: ForwardView, changed: () => void) {
    this.#shown = view
    this.#now = view
    this.#changed = changed
  }

  /** The view that windows are shown. */
  get shown(): ForwardView {
    return this.#shown
  }

  /** The view with everything that is gathered and not shown yet. */
  get now(): ForwardView {
    return this.#now
  }

  /** Replaces the view and shows it at once, together with what is gathered. */
  show(view: ForwardView): void {
    this.#replace(view)
    this.#tell()
  }

  /** Replaces the view; shows it at once, or together with the other changes of the 250 ms. */
  gather(view: ForwardView): void {
    this.#replace(view)
    if (this.#timer !== undefined || this.#now === this.#shown) return
    this.#tell()
    if (!this.#isOver) this.#wait()
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#now !== this.#shown) this.#tell()
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#now === this.#shown) return
      this.#tell()
      this.#wait()
    }, GATHER_MS)
  }

  #replace(view: ForwardView): void {
    if (!isSame(view, this.#now)) this.#now = view
  }

  #tell(): void {
    this.#shown = this.#now
    this.#changed()
  }
}

/** Whether two views have the same fields, compared by identity. */
function isSame(one: ForwardView, other: ForwardView): boolean {
  const [fields, others] = [Object.entries(one), new Map<string, unknown>(Object.entries(other))]
  return fields.length === others.size && fields.every(([name, value]) => others.get(name) === value)
}
