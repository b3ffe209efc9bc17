// One raw connection to a port of an instance (AWS-StartSSHSession): for ssh and whatever else speaks over a pipe.
//
// Source: specification §8.2.

import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors'
import type { ReceiveBudget } from '../../ssm/port/budget'
import type { Channel } from '../../ssm/channel/channel'
import { createPort, type Port } from '../../ssm/port/port'
import { rawPortRequest } from './documents'
import { startSession, type Session } from './session'
import type { SessionService } from './parts'
import type { Wakeable } from './wakeable'
import type { Timing } from './timing'

/** What to connect to. */
export interface RawSessionOptions {
  readonly service: SessionService
  readonly budget: ReceiveBudget
  /** See `SessionOptions`. */
  readonly wakeables: Set<Wakeable>
  readonly timing: Timing
  readonly target: string
  readonly remotePort: number
  readonly reason?: string
  /** Aborts the opening; no effect once it is open. */
  readonly signal: AbortSignal
}

/** An open raw connection. Disposing drains what was written, sends Flag 2 and ends the session. */
export interface RawSession extends AsyncDisposable {
  readonly sessionId: string
  /** The connection's bytes, exactly. Its readable half ends when the far end hangs up; it errors when the session breaks. */
  readonly stream: Duplex
  /** Resolves true once every byte written to `stream` has been acknowledged, false after `timeoutMs`. */
  drained(timeoutMs: number): Promise<boolean>
}

/** Opens the connection. Rejects with any code of `startSession`, and `destination-refused` where nobody listens. */
export async function openRawSession(options: RawSessionOptions): Promise<RawSession> {
  let port: Port | undefined
  let channel: Channel | undefined
  const session: Session = await startSession({
    service: options.service,
    wakeables: options.wakeables,
    timing: options.timing,
    request: rawPortRequest(options),
    signal: options.signal,
    handlers: {
      ready: (ready, readyChannel) => {
        channel = readyChannel
        port = createPort(readyChannel, ready, options.budget)
      },
      data: (payloadType, payload) => port?.receive(payloadType, payload),
      resuming: () => undefined,
      resumed: () => undefined,
      ended: ({ by, text, cause }) => {
        // Without a word the destination hung up; a word says why the session never worked, or why it was ended.
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
    stream: port.open(),
    drained: (timeoutMs) => openChannel.drained(timeoutMs),
    [Symbol.asyncDispose]: () => session.terminate({ byFlag: canTerminateByFlag }),
  }
}
