// The client's legs of one session: usually one, for a moment two while an open session is resumed.
//
// One leg is served: it gets what the agent sends. What happens to the other is up to `OpenResume`. Everything that comes over any leg
// goes to the agent. Source: specification §13 S6.

import type { Cut, Leg } from './leg'
import type { OpenResume } from './openresume'

/** What the legs tell their session. */
export interface LegsListener {
  onFrame(frame: Buffer): void
  /** There is room again after `send` answered false. */
  onRoom(): void
  /** A leg begins to be served. */
  onServed(): void
  /** The last leg has closed by itself. */
  onGone(): void
}

/** The open sockets of a client. */
export class Legs {
  readonly #openResume: OpenResume
  readonly #listener: LegsListener
  #served: Leg | undefined
  /** Oldest first. */
  readonly #others = new Set<Leg>()

  constructor(openResume: OpenResume, listener: LegsListener) {
    this.#openResume = openResume
    this.#listener = listener
  }

  get isPresent(): boolean {
    return this.#served !== undefined
  }

  /** Whether the served leg is in a black hole. */
  get isSwallowing(): boolean {
    return this.#served?.isSwallowing === true
  }

  /** Takes a new leg, and begins to hand over its frames. */
  add(leg: Leg): void {
    const older = this.#served
    if (older !== undefined && this.#openResume === 'waits') this.#others.add(leg)
    else {
      if (older !== undefined && this.#openResume === 'both-live') this.#others.add(older)
      else older?.cut('close-1000')
      this.#serve(leg)
    }
    leg.join({
      onFrame: (frame) => this.#listener.onFrame(frame),
      onRoom: () => this.#listener.onRoom(),
      onGone: () => this.#gone(leg),
    })
  }

  /** Sends to every leg that is served; false when the client is slow. */
  send(frame: Buffer): boolean {
    if (this.#openResume === 'both-live') for (const other of this.#others) other.send(frame)
    return this.#served?.send(frame) ?? true
  }

  /** Cuts every leg. Only a black hole leaves them. */
  cut(how: Cut): void {
    for (const leg of this.#all) leg.cut(how)
    if (how !== 'black-hole') this.#forget()
  }

  /** The session has ended: the client is expected to close. */
  farewell(): void {
    for (const leg of this.#all) leg.farewell()
    this.#forget()
  }

  get #all(): readonly Leg[] {
    return this.#served === undefined ? [] : [...this.#others, this.#served]
  }

  #serve(leg: Leg): void {
    this.#served = leg
    this.#listener.onServed()
  }

  #forget(): void {
    this.#served = undefined
    this.#others.clear()
  }

  #gone(leg: Leg): void {
    if (this.#others.delete(leg) || leg !== this.#served) return
    const next = [...this.#others].at(-1)
    this.#served = undefined
    if (next === undefined) {
      this.#listener.onGone()
      return
    }
    this.#others.delete(next)
    this.#serve(next)
  }
}
