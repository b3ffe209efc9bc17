// One open session of a forward: its port, and how it ends.

import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { DocumentChoice } from '../../../shared/model/document'
import type { Forecast } from '../../../shared/model/forecast'
import type { SessionFacts } from '../../../shared/sessionnote'
import type { ChannelCounters } from '../../ssm/channel/handlers'
import { createPort } from '../../ssm/port/create'
import type { Port } from '../../ssm/port/port'
import type { ProbeResult } from '../../ssm/channel/probe'
import { terminatedCause } from '../sessions/causes'
import { requestFor } from '../sessions/request/documents'
import { endpointOf } from '../sessions/request/endpoint'
import type { Carrier } from './connections'
import { startSession } from '../sessions/session'
import type { OpenOptions, ResumeProgress } from '../sessions/parts'

/** What to open, and the callbacks of an outage. */
export interface PortSessionOptions extends OpenOptions {
  readonly remotePort: number
  /** Resolved and dialled by the instance; absent: the instance itself. */
  readonly remoteHost?: string
  /** Absent: the environment's, or AWS's. */
  readonly document?: DocumentChoice
  readonly onResuming: (progress: ResumeProgress) => void
  readonly onResumed: (pausedMs: number) => void
  /** Called at each change of the forecast. */
  readonly onForecast: () => void
  /** The use of the session so far, for the ledger. */
  readonly facts?: () => SessionFacts
}

/** An open session of a forward. Disposing ends it in order. */
export interface PortSession extends Carrier, AsyncDisposable {
  readonly sessionId: string
  /** Resolves with why the session ended. Every connection has failed by then. */
  readonly ended: Promise<AppError>
  /** See `Wakeable`. */
  wake(): void
  /** See `Channel`. */
  probe(timeoutMs: number): Promise<ProbeResult>
  readonly counters: ChannelCounters
  /** How long the session is expected to live. */
  readonly forecast: Forecast
  /** Whether a connection may be opened only to test the destination. False in basic mode, where others would wait behind it. */
  readonly canTryDestination: boolean
}

/**
 * Opens a session and resolves once connections can carry data. Rejects with any code of `requestFor` and `startSession`, or with why the
 * session ended as soon as it was ready.
 */
export async function openPortSession(options: PortSessionOptions): Promise<PortSession> {
  const { service, budget, wakeables, permission, timing, signal, onResuming, onResumed, onForecast, facts } = options
  let port: Port | undefined
  let endCause: AppError | undefined
  const ended = deferred<AppError>()
  const session = await startSession({
    service,
    wakeables,
    permission,
    timing,
    request: {
      ...(await requestFor({ ...options, use: options.remoteHost === undefined ? 'port' : 'remoteHost' })),
      about: { type: 'port', endpoint: endpointOf(options), ...options.about },
    },
    signal,
    handlers: {
      ready: (ready, channel) => {
        port = createPort(channel, ready, budget)
        return port
      },
      resuming: onResuming,
      resumed: onResumed,
      forecast: onForecast,
      ...(facts === undefined ? {} : { facts }),
      ended: ({ by, text, cause }) => {
        // An agent gives a reason when it ends a mux session by itself (§8.5). Without one, somebody terminated the session.
        const isTerminated = by === 'service' && text === '' && port?.mode === 'mux'
        const why = isTerminated ? terminatedCause() : cause
        port?.destroy(why)
        endCause = why
        ended.resolve(why)
      },
    },
  })
  // The session may have ended in the same read that made it ready.
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
    get forecast() {
      return session.forecast
    },
    canTryDestination: openPort.mode === 'mux',
    [Symbol.asyncDispose]: async () => {
      await session.terminate({ byFlag: canTerminateByFlag })
      openPort.destroy(new AppError('session-ended', 'The forward was closed.'))
    },
  }
}
