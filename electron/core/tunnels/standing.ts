// The state of a tunnel, pushed to its owner at each change.
//
//   connecting -> up <-> reconnecting{resume | restart} <-> waiting{login | network | instance | port} -> failed
//   off when disposed
//
// While a session is up, `up` is told again with each change of its forecast. Owns the state. tunnel.ts decides what happens next.

import { toWireError, type AppError } from '../../../shared/errors'
import type { Forecast } from '../../../shared/model/forecast'
import type { TunnelEvent, TunnelState } from '../../../shared/model/forward'
import { isSameForecast } from '../sessions/forecast'
import type { ResumeProgress } from '../sessions/parts'
import { restartedEvent, restartingState, type Outage } from './outage'

/** The session that is up, as far as its state tells of it. */
export interface StandingSession {
  readonly sessionId: string
  readonly forecast: Forecast
}

/** The callbacks of a tunnel's state. */
export interface StandingOptions {
  readonly onState: (state: TunnelState) => void
  readonly onEvent: (event: TunnelEvent) => void
}

/** The state of one tunnel. */
export class Standing {
  readonly #options: StandingOptions
  #state: TunnelState = { kind: 'off' }
  #session: StandingSession | undefined
  /** When the present session came up, epoch ms. */
  #upSinceAt = 0
  #hasBeenUp = false

  constructor(options: StandingOptions) {
    this.#options = options
  }

  get state(): TunnelState {
    return this.#state
  }

  /** Whether any session of the tunnel has been up. */
  get hasBeenUp(): boolean {
    return this.#hasBeenUp
  }

  /** Takes a state and tells it. */
  tell(state: TunnelState): void {
    this.#state = state
    this.#options.onState(state)
  }

  /** A new session is up. Call `ended` when it has ended. */
  up(session: StandingSession): void {
    this.#session = session
    this.#hasBeenUp = true
    this.#upSinceAt = Date.now()
    this.#tellUp(session)
  }

  /** The forecast of the session that is up has changed. */
  forecast(): void {
    const [session, state] = [this.#session, this.#state]
    // The state at a resume has told it already.
    if (session === undefined || state.kind !== 'up' || isSameForecast(state, session.forecast)) return
    this.#tellUp(session)
  }

  /** The session has ended, or its changes are not told any more. Idempotent. */
  ended(): void {
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

  /** The session goes on over a new socket, with `connectionsKept` connections. */
  resumed(pausedMs: number, connectionsKept: number): void {
    this.#options.onEvent({ kind: 'resumed', pausedMs, connectionsKept })
    if (this.#session !== undefined) this.#tellUp(this.#session)
  }

  /** A new session is about to be opened. */
  restarting(outage: Outage): void {
    this.tell(this.#hasBeenUp ? restartingState(outage) : { kind: 'connecting' })
  }

  /** A new session replaces one that was up. Called just before `up`. */
  restarted(outage: Outage): void {
    if (this.#hasBeenUp) this.#options.onEvent(restartedEvent(outage))
  }

  /** The tunnel has ended with an error that only a person can mend. */
  failed(error: AppError): void {
    this.tell({ kind: 'failed', sinceAt: Date.now(), error: toWireError(error) })
  }

  #tellUp({ sessionId, forecast }: StandingSession): void {
    this.tell({ kind: 'up', sinceAt: this.#upSinceAt, sessionId, ...forecast })
  }
}
