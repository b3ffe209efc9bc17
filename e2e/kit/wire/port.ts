// A port on a channel on an in-memory wire, and smux frames written and read by hand.

import { createPort } from '../../../electron/ssm/port/create'
import type { Port } from '../../../electron/ssm/port/port'
import { ReceiveBudget } from '../../../electron/ssm/port/budget'
import { acknowledgeAll, openChannel, shakeHands } from './channel'
import { output } from './naive'
import type { MemoryWire } from './memory'

/** Properties of a forward's session. */
export const forwarding = { type: 'LocalPortForwarding', portNumber: '80' }

/** A port on a channel on an in-memory wire whose peer acknowledges everything. */
export function openPort(properties: Record<string, string>, agentVersion?: string, budget = new ReceiveBudget()) {
  const holder: { port?: Port; sequence: number } = { sequence: 2 }
  const opened = openChannel({
    receiver: (ready, channel) => {
      holder.port = createPort(channel, ready, budget)
      return holder.port
    },
  })
  acknowledgeAll(opened.wire)
  shakeHands(opened.wire, properties, agentVersion)
  const port = holder.port!
  return {
    ...opened,
    port,
    budget,
    /** The agent sends bytes of the session. */
    say: (bytes: Buffer | string, type = 1): void => {
      opened.wire.deliver(output(holder.sequence, bytes, type))
      holder.sequence += 1
    },
  }
}

/** All Output bytes that the client sent. */
export function sentBytes(wire: MemoryWire): Buffer {
  const unique = new Map(wire.inputs.filter((m) => m.payloadType === 1).map((m) => [m.sequence, m.payload]))
  return Buffer.concat([...unique.values()])
}

/** A naive smux parser: frames of a whole stream. */
export function frames(stream: Buffer): { cmd: number; id: number; data: string }[] {
  const found = []
  for (let at = 0; at + 8 <= stream.length;) {
    const length = stream[at + 2]! + stream[at + 3]! * 256
    found.push({
      cmd: stream[at + 1]!,
      id: stream.readUInt32LE(at + 4),
      data: stream.toString('latin1', at + 8, at + 8 + length),
    })
    at += 8 + length
  }
  return found
}

/** The bytes of one smux frame. */
export function frame(cmd: number, id: number, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data)
  return Buffer.concat([
    Buffer.from([1, cmd, bytes.length & 0xff, bytes.length >> 8, id & 0xff, (id >> 8) & 0xff, 0, 0]),
    bytes,
  ])
}
