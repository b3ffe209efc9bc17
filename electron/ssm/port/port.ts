// A port session as `open(): Duplex`, in whichever of the three modes document and agent speak.
//
//   Properties.type absent            raw: one connection, its bytes are the session's bytes (AWS-StartSSHSession)
//   LocalPortForwarding, old agent    basic: one connection after the other, Flag 1 between them
//   LocalPortForwarding               mux: smux streams (mux.ts)
//
// Source: specification §5.5, §8.1 to §8.5.

import type { Duplex } from 'node:stream'
import type { AppError } from '../../../shared/errors'
import { BasicPort } from './basic'
import type { ReceiveBudget } from './budget'
import type { Channel } from '../channel/channel'
import type { ChannelReady } from '../handshake/agreement'
import { Flag, PayloadType } from '../codec/message'
import { parseFlag } from '../codec/payloads'
import { RawPort } from './raw'
import { Mux } from './mux'
import { AgentGate, isAgentNewerThan } from '../codec/version'

// Appendix A: there is no half-close on the wire, and a FIN would lose the late response (D10).
const HALF_CLOSE_LINGER_MS = 30_000
const BASIC_HALF_CLOSE_LINGER_MS = 1_000

/** The connections of one port session. */
export interface Port {
  readonly mode: 'mux' | 'basic' | 'raw'
  /** Whether the agent understands the TerminateSession flag. */
  readonly canTerminateByFlag: boolean
  /**
   * How long a connection whose local program has finished writing stays open for an answer without a byte, ms. In basic
   * mode others wait in line behind it.
   */
  readonly halfCloseLingerMs: number
  /**
   * Opens a connection to the session's destination. Mux: as many as wanted at once. Basic: waits for its turn, writes are held
   * until then. Raw: once; a second call throws `protocol`. Throws `session-ended` after `destroy`.
   */
  open(): Duplex
  /** Takes a payload of the session in order. Throws `protocol`. */
  receive(payloadType: number, payload: Buffer): void
  /** The far end hung up and ended the session: a raw connection ends, others never got their own end and fail with `error`. */
  hangUp(error: AppError): void
  /** Ends every connection with `error`. */
  destroy(error: AppError): void
}

/** Makes the port of a session whose channel is ready. It owns its connections; the channel stays the caller's. */
export function createPort(channel: Channel, ready: ChannelReady, budget: ReceiveBudget): Port {
  const agentVersion = ready.agentVersion ?? ''
  const canTerminateByFlag = isAgentNewerThan(agentVersion, AgentGate.terminateFlag)
  const write = (bytes: Buffer, done: () => void): void => channel.write(bytes, done)
  if (ready.properties['type'] !== 'LocalPortForwarding') {
    const raw = new RawPort({ write, budget })
    return {
      mode: 'raw',
      halfCloseLingerMs: HALF_CLOSE_LINGER_MS,
      canTerminateByFlag,
      open: () => raw.open(),
      receive: (payloadType, payload) => {
        if (payloadType === PayloadType.output) raw.receive(payload)
      },
      hangUp: () => raw.remoteEnded(),
      destroy: (error) => raw.destroy(error),
    }
  }
  if (!isAgentNewerThan(agentVersion, AgentGate.mux)) {
    const basic = new BasicPort({ channel, budget })
    return {
      mode: 'basic',
      halfCloseLingerMs: BASIC_HALF_CLOSE_LINGER_MS,
      canTerminateByFlag,
      open: () => basic.open(),
      receive: (payloadType, payload) => {
        if (payloadType === PayloadType.output) basic.receive(payload)
      },
      hangUp: (error) => basic.destroy(error),
      destroy: (error) => basic.destroy(error),
    }
  }
  const sendKeepAlive = !isAgentNewerThan(agentVersion, AgentGate.muxWithoutKeepAlive)
  const mux = new Mux({ write, budget, sendKeepAlive })
  return {
    mode: 'mux',
    halfCloseLingerMs: HALF_CLOSE_LINGER_MS,
    canTerminateByFlag,
    open: () => mux.open(),
    receive: (payloadType, payload) => {
      if (payloadType === PayloadType.output) mux.receive(payload)
      else if (payloadType === PayloadType.flag && parseFlag(payload) === Flag.connectToPortError) {
        mux.connectionRefused()
      }
    },
    hangUp: (error) => mux.destroy(error),
    destroy: (error) => mux.destroy(error),
  }
}
