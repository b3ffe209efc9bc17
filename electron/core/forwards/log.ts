// Writes the journal lines of one forward. Many refused connections become one line with a count.

import type { WireError } from '../../../shared/errors'
import type { ForwardView, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import type { JournalEntry } from '../../../shared/model/journal'
import { isAboutDestination } from './destination'
import { addressWords, awaitedWords, hostWords, spanWords } from '../../../shared/status'
import type { Journal } from '../store/journal'

/** At most one line for failed connections with the same error code within this time. */
const STORM_MS = 10_000

/** What a log needs. */
export interface ForwardLogOptions {
  readonly journal: Journal
  readonly now: () => number
  /** The forward as it is now; undefined once it is deleted. */
  readonly view: () => ForwardView | undefined
}

/** Writes to the journal for one forward. */
export class ForwardLog {
  readonly #options: ForwardLogOptions
  #untold = 0
  #toldAt = Number.NEGATIVE_INFINITY
  #toldCode = ''
  /** The state of the last line. */
  #toldState = ''
  /** Lines since the forward was up last: one for an outage, and one for each new thing that the outage waits for. */
  #isOutageTold = false
  #toldObstacle = ''

  constructor(options: ForwardLogOptions) {
    this.#options = options
  }

  /** Writes a line for a new state, unless the line before already says it. */
  state(before: TunnelState, after: TunnelState): void {
    if (after.kind === 'off' || after.kind === 'connecting') return
    const name = after.kind === 'waiting' ? `waiting for ${after.for}` : after.kind
    if (name === this.#toldState || this.#isKnown(after)) return
    this.#toldState = name
    switch (after.kind) {
      case 'up': {
        const view = this.#options.view()
        // After an outage the event `resumed` or `restarted` writes the line, with more detail.
        if (view === undefined || before.kind === 'reconnecting') break
        this.#add('up', `is up on ${addressWords(view)}.`, { facts: { Session: after.sessionId } })
        break
      }
      case 'reconnecting':
        this.#add('working', 'lost its connection and is reconnecting.', { error: after.cause })
        break
      case 'waiting':
        this.#add('waiting', `waits for ${awaitedWords(after)}.`, { error: after.cause })
        break
      case 'failed':
        this.#add('failed', 'has failed.', { error: after.error })
        break
      default:
        after satisfies never
    }
  }

  /** Whether the journal already has this state: another attempt of the same outage, or another look at what it waits for. */
  #isKnown(after: TunnelState): boolean {
    switch (after.kind) {
      case 'reconnecting':
        if (this.#isOutageTold) return true
        break
      case 'waiting':
        if (this.#toldObstacle === after.for) return true
        this.#toldObstacle = after.for
        break
      case 'off':
      case 'connecting':
      case 'up':
      case 'failed':
        this.#isOutageTold = false
        this.#toldObstacle = ''
        return false
    }
    this.#isOutageTold = true
    return false
  }

  /** Writes a line for an event. */
  event(event: TunnelEvent): void {
    switch (event.kind) {
      case 'connection-opened':
      case 'connection-closed':
      case 'connection-answered':
        break
      case 'connection-failed':
        this.#connectionFailed(event.error)
        break
      case 'resumed': {
        const kept = event.connectionsKept === 1 ? '1 connection' : `${event.connectionsKept} connections`
        this.#add('up', `resumed after ${pauseWords(event.pausedMs)}, ${kept} kept.`)
        break
      }
      case 'restarted': {
        const lost =
          event.connectionsLost === 1 ? '1 connection was lost' : `${event.connectionsLost} connections were lost`
        this.#add('up', `restarted with a new session after ${pauseWords(event.pausedMs)}; ${lost}.`, {
          error: event.cause,
        })
        break
      }
      case 'moved':
        this.#add('up', `moved from ${hostWords(event.from)} to ${hostWords(event.to)}.`, { error: event.cause })
        break
      case 'notice':
        this.#add('idle', `has a note: ${event.text}`)
        break
      default:
        event satisfies never
    }
  }

  /** The session is up and the destination is not reached. Called when that begins, and not for each connection. */
  destinationLost(error: WireError): void {
    this.#add('failed', 'does not reach its destination.', { error })
  }

  /** The destination has answered for the first time after `destinationLost`. */
  destinationReached(): void {
    this.#add('up', 'reaches its destination again.')
  }

  /** A person has turned the forward off. */
  stopped(): void {
    this.#forget()
    this.#add('idle', 'was turned off.')
  }

  /** The forward's own limit has ended. */
  expired(error: WireError): void {
    this.#forget()
    this.#add('idle', 'reached its own limit and was turned off.', { error })
  }

  /** The chosen port could not be saved. */
  unsaved(error: WireError): void {
    this.#add('failed', 'could not be saved with its port.', { error })
  }

  #forget(): void {
    this.#toldState = ''
    this.#isOutageTold = false
    this.#toldObstacle = ''
  }

  #connectionFailed(error: WireError): void {
    // `destinationLost` has written the line.
    if (isAboutDestination(error)) return
    const now = this.#options.now()
    if (error.code === this.#toldCode && now - this.#toldAt < STORM_MS) {
      this.#untold += 1
      return
    }
    const more = this.#untold
    this.#untold = 0
    this.#toldAt = now
    this.#toldCode = error.code
    this.#add('failed', 'could not carry a connection.', {
      error,
      ...(more === 0 ? {} : { facts: { 'Connections refused since the last line': String(more) } }),
    })
  }

  #add(
    tone: JournalEntry['tone'],
    text: string,
    more: { readonly error?: WireError; readonly facts?: Readonly<Record<string, string>> } = {},
  ): void {
    const forward = this.#options.view()?.forward
    if (forward === undefined) return
    const { id, name } = forward
    this.#options.journal.add({ tone, subject: { kind: 'forward', id, name }, text, ...more })
  }
}

/** A pause in words: seconds with one decimal below a minute. */
function pauseWords(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : spanWords(ms)
}
