// One raw connection to a port of an instance (AWS-StartSSHSession), for ssh and other programs that speak over a pipe.
//
// Source: specification §8.2.

import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import type { DocumentChoice } from '../../../shared/model/document'
import type { Forecast } from '../../../shared/model/forecast'
import type { ReadyChannel } from '../../ssm/channel/handlers'
import { createPort } from '../../ssm/port/create'
import type { Port } from '../../ssm/port/port'
import { requestFor } from './request/documents'
import { endpointOf } from './request/endpoint'
import type { OpenOptions } from './parts'
import { startSession } from './session'

/** What to connect to. */
export interface RawSessionOptions extends OpenOptions {
  readonly remotePort: number
  /** Absent: the environment's for ssh, or AWS's. */
  readonly document?: DocumentChoice
}

/** An open raw connection. Disposing drains what was written, sends Flag 2 and ends the session. */
export interface RawSession extends AsyncDisposable {
  readonly sessionId: string
  /** How long the connection is expected to live. */
  readonly forecast: Forecast
  /** The connection's bytes, unaltered. Ends when the far end hangs up; fails when the session breaks. */
  readonly stream: Duplex
  /** Resolves true once every byte written to `stream` has been acknowledged, false after `timeoutMs`. */
  drained(timeoutMs: number): Promise<boolean>
}

/** Opens the connection. Rejects with any code of `requestFor` and `startSession`, and `destination-refused` where nothing listens on the port. */
export async function openRawSession(options: RawSessionOptions): Promise<RawSession> {
  const { service, wakeables, permission, timing, signal, budget } = options
  let port: Port | undefined
  let channel: ReadyChannel | undefined
  const session = await startSession({
    service,
    wakeables,
    permission,
    timing,
    signal,
    request: {
      ...(await requestFor({ ...options, use: 'ssh' })),
      about: { type: 'ssh', endpoint: endpointOf(options), ...options.about },
    },
    handlers: {
      ready: (ready, readyChannel) => {
        channel = readyChannel
        port = createPort(readyChannel, ready, budget)
        return port
      },
      resuming: () => undefined,
      resumed: () => undefined,
      ended: ({ by, text, cause }) => {
        // The service gives no reason when the destination has hung up. A reason means that the session failed or was ended.
        if (by !== 'failure' && text === '') port?.hangUp(cause)
        else port?.destroy(cause)
      },
    },
  })
  if (port === undefined || channel === undefined) throw new AppError('internal', 'The session was never ready.')
  const { canTerminateByFlag } = port
  const openChannel = channel
  return {
    sessionId: session.sessionId,
    get forecast() {
      return session.forecast
    },
    stream: port.open(),
    drained: (timeoutMs) => openChannel.drained(timeoutMs),
    [Symbol.asyncDispose]: () => session.terminate({ byFlag: canTerminateByFlag }),
  }
}
