// How a tunnel stands, and what it tells of that: its state, pushed to its owner at each change.
//
//   connecting -> up <-> reconnecting{resume | restart} <-> waiting{login | network | instance | port} -> failed
//   off when disposed
//
// While a session is up the time that it has left is compared 20 times in each minute of the service: where it has changed, `up`
// is told again. Owns the state and the timer of that comparison. Does not decide what comes next (tunnel.ts).

import { toWireError, type AppError } from '../../../shared/errors'
import type { TimeLeft, TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { isSameTimeLeft } from '../sessions/lifetime'
import type { ResumeProgress } from '../sessions/parts'
import { restartedEvent, restartingState, type Outage } from './outage'

// Every 3 s.
const LOOKS_PER_MINUTE = 20

/** What a session tells of itself while it is up. */
export interface StandingSession {
  readonly sessionId: string
  readonly timeLeft: TimeLeft
}

/** Whom a tunnel tells how it stands. */
export interface StandingOptions {
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
  /** How long a minute of the service takes; see `Timing`. */
  readonly minuteMs: number
}

/** The state of one tunnel. */
export class Standing {
  readonly #options: StandingOptions
  #state: TunnelState = { kind: 'off' }
  #session: StandingSession | undefined
  /** Epoch ms of when the session of now came up. */
  #upSinceAt = 0
  #hasBeenUp = false
  #forecast: NodeJS.Timeout | undefined

  constructor(options: StandingOptions) {
    this.#options = options
  }

  get state(): TunnelState {
    return this.#state
  }

  /** Whether any session of it was up. */
  get hasBeenUp(): boolean {
    return this.#hasBeenUp
  }

  /** Tells a state. */
  tell(state: TunnelState): void {
    this.#state = state
    this.#options.onState(state)
  }

  /** A new session is up. `ended` follows, once. */
  up(session: StandingSession): void {
    this.#session = session
    this.#hasBeenUp = true
    this.#upSinceAt = Date.now()
    this.#forecast = setInterval(() => {
      const state = this.#state
      if (state.kind === 'up' && !isSameTimeLeft(state, session.timeLeft)) this.#tellUp(session)
    }, this.#options.minuteMs / LOOKS_PER_MINUTE)
    // Last: the one who is told may end the tunnel.
    this.#tellUp(session)
  }

  /** The session is over, or nobody is to be told of it any more. Idempotent. */
  ended(): void {
    clearInterval(this.#forecast)
    this.#session = undefined
  }

  /** The session has lost its socket and is being resumed. */
  resuming({ cause, attempt, sinceAt, retryAt, waitsFor }: ResumeProgress): void {
    const known = { sinceAt, cause: toWireError(cause), ...(retryAt === undefined ? {} : { retryAt }) }
    this.tell(
      waitsFor === undefined
        ? { kind: 'reconnecting', via: 'resume', attempt, ...known }
        : { kind: 'waiting', for: waitsFor, ...known },
    )
  }

  /** The session has another socket, and `connectionsKept` connections. */
  resumed(pausedMs: number, connectionsKept: number): void {
    this.#options.onEvent({ kind: 'resumed', pausedMs, connectionsKept })
    if (this.#session !== undefined) this.#tellUp(this.#session)
  }

  /** A new session is tried. */
  restarting(outage: Outage): void {
    this.tell(this.#hasBeenUp ? restartingState(outage) : { kind: 'connecting' })
  }

  /** A new session is about to be up, in place of one that was. */
  restarted(outage: Outage): void {
    if (this.#hasBeenUp) this.#options.onEvent(restartedEvent(outage))
  }

  /** The tunnel has ended: only a person can mend it. */
  failed(error: AppError): void {
    this.tell({ kind: 'failed', sinceAt: Date.now(), error: toWireError(error) })
  }

  #tellUp({ sessionId, timeLeft }: StandingSession): void {
    this.tell({ kind: 'up', sinceAt: this.#upSinceAt, sessionId, ...timeLeft })
  }
}
