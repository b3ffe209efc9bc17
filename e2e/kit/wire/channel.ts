// A channel on an in-memory wire. Everything that it reports is recorded.

import type { AppError } from '../../../shared/errors'
import { Channel } from '../../../electron/ssm/channel/channel'
import type { ChannelHandlers } from '../../../electron/ssm/channel/handlers'
import type { ChannelReady } from '../../../electron/ssm/handshake/agreement'
import type { EncryptionOptions } from '../../../electron/ssm/handshake/keyexchange'
import { acknowledgement, output } from './naive'
import { MemoryWire } from './memory'

/** What a channel has reported so far. */
export interface ChannelLog {
  ready: ChannelReady[]
  data: { payloadType: number; payload: Buffer }[]
  lost: AppError[]
  resumed: number
  closed: string[]
  failed: AppError[]
  /** Why frames were dropped, and which messages were sent again. */
  dropped: string[]
  resent: { sequence: number; attempt: number }[]
}

/** Makes a channel whose first wire is attached. What it receives is recorded, unless `receiver` makes another receiver. */
export function openChannel(
  options: {
    readyAfterQuietMs?: number
    encryption?: EncryptionOptions
    now?: () => number
    onData?: (payloadType: number, payload: Buffer) => void
    receiver?: ChannelHandlers['ready']
  } = {},
): {
  channel: Channel
  wire: MemoryWire
  log: ChannelLog
} {
  const log: ChannelLog = { ready: [], data: [], lost: [], resumed: 0, closed: [], failed: [], dropped: [], resent: [] }
  const channel = new Channel({
    ...(options.readyAfterQuietMs === undefined ? {} : { readyAfterQuietMs: options.readyAfterQuietMs }),
    ...(options.encryption === undefined ? {} : { encryption: options.encryption }),
    ...(options.now === undefined ? {} : { now: options.now }),
    observer: {
      dropped: (why) => log.dropped.push(why),
      resent: (sequence, attempt) => log.resent.push({ sequence, attempt }),
    },
    handlers: {
      ready: (ready, readyChannel) => {
        log.ready.push(ready)
        if (options.receiver !== undefined) return options.receiver(ready, readyChannel)
        return {
          receive: (payloadType, payload) => {
            log.data.push({ payloadType, payload: Buffer.from(payload) })
            options.onData?.(payloadType, payload)
          },
        }
      },
      lost: (cause) => log.lost.push(cause),
      resumed: () => {
        log.resumed += 1
      },
      closed: (text) => log.closed.push(text),
      failed: (error) => log.failed.push(error),
    },
  })
  const wire = new MemoryWire()
  channel.attach(wire, 'token-1')
  return { channel, wire, log }
}

/** A HandshakeRequest of a port session. */
export function portHandshake(properties: Record<string, string>, agentVersion = '3.3.987.0'): string {
  return JSON.stringify({
    AgentVersion: agentVersion,
    RequestedClientActions: [
      { ActionType: 'SessionType', ActionParameters: { SessionType: 'Port', Properties: properties } },
    ],
  })
}

/** Plays the agent's side of a port handshake; the next output number is 2. */
export function shakeHands(wire: MemoryWire, properties: Record<string, string>, agentVersion?: string): void {
  wire.deliver(output(0, portHandshake(properties, agentVersion), 5))
  wire.deliver(acknowledgement(0))
  wire.deliver(output(1, '{"HandshakeTimeToComplete":1,"CustomerMessage":""}', 7))
}

/** Lets the wire acknowledge everything that is sent on it from now on. */
export function acknowledgeAll(wire: MemoryWire): void {
  wire.onFrame = (frame) => {
    const sequence = Number(frame.readBigInt64BE(48))
    if (frame.toString('latin1', 4, 9) === 'input') queueMicrotask(() => wire.deliver(acknowledgement(sequence)))
  }
}
