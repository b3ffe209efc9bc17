// One session of a forward, open: its port, and its end.

import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { TimeLeft } from '../../../shared/model/forward'
import type { ChannelCounters } from '../../ssm/channel/handlers'
import { createPort } from '../../ssm/port/create'
import type { Port } from '../../ssm/port/port'
import type { ProbeResult } from '../../ssm/channel/probe'
import { terminatedCause } from '../sessions/causes'
import { portForwardRequest } from '../sessions/documents'
import type { Carrier } from './connections'
import { startSession } from '../sessions/session'
import type { OpenOptions, ResumeProgress } from '../sessions/parts'

/** What to open and where to tell about it. */
export interface PortSessionOptions extends OpenOptions {
  readonly remotePort: number
  /** Resolved and dialled by the instance; absent: the instance itself. */
  readonly remoteHost?: string
  readonly onResuming: (progress: ResumeProgress) => void
  readonly onResumed: (pausedMs: number) => void
}

/** An open session of a forward. Disposing ends it in order. */
export interface PortSession extends Carrier, AsyncDisposable {
  readonly sessionId: string
  /** Resolves with why it is over; every connection has failed by then. */
  readonly ended: Promise<AppError>
  /** See `Wakeable`. */
  wake(): void
  /** See `Channel`. */
  probe(timeoutMs: number): Promise<ProbeResult>
  readonly counters: ChannelCounters
  /** How long it may still live. */
  readonly timeLeft: TimeLeft
  /** Whether a connection may be opened just to look: not where others would have to wait in line for it. */
  readonly canTryDestination: boolean
}

/**
 * Opens a session and resolves once connections can carry data. Rejects with any code of `startSession`, or with why it was over
 * as soon as it was ready.
 */
export async function openPortSession(options: PortSessionOptions): Promise<PortSession> {
  const { service, budget, wakeables, timing, signal, onResuming, onResumed } = options
  let port: Port | undefined
  let endCause: AppError | undefined
  const ended = deferred<AppError>()
  const session = await startSession({
    service,
    wakeables,
    timing,
    request: portForwardRequest(options),
    signal,
    handlers: {
      ready: (ready, channel) => {
        port = createPort(channel, ready, budget)
        return port
      },
      resuming: onResuming,
      resumed: onResumed,
      ended: ({ by, text, cause }) => {
        // Without a word: an agent ends a session of many connections by itself only with one (§8.5).
        const isTerminated = by === 'service' && text === '' && port?.mode === 'mux'
        const why = isTerminated ? terminatedCause() : cause
        port?.destroy(why)
        endCause = why
        ended.resolve(why)
      },
    },
  })
  // Its end may have come with the very read that made it ready.
  if (port === undefined || endCause !== undefined) {
    await session.terminate({ byFlag: false })
    throw endCause ?? new AppError('internal', 'The session was never ready.')
  }
  const { canTerminateByFlag, halfCloseLingerMs } = port
  const openPort = port
  return {
    sessionId: session.sessionId,
    ended: ended.promise,
    halfCloseLingerMs,
    open: () => openPort.open(),
    wake: () => session.wake(),
    probe: (timeoutMs) => session.probe(timeoutMs),
    get counters() {
      return session.counters
    },
    get timeLeft() {
      return session.timeLeft
    },
    canTryDestination: openPort.mode === 'mux',
    [Symbol.asyncDispose]: async () => {
      await session.terminate({ byFlag: canTerminateByFlag })
      openPort.destroy(new AppError('session-ended', 'The forward was closed.'))
    },
  }
}
