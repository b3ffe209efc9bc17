// What the simulator saw of one session: counters, and the newest messages by their headers. No payload bytes are kept.
//
// Tests assert on this: duplicates, acknowledgements per sequence number, early data, retransmissions that differ from
// what they repeat. Everything is bounded. Source: specification §13 S17.

import { crc32 } from 'node:zlib'

const LOG_ENTRIES = 2_000
/** Sequence numbers that are remembered for comparison and counting; far more than any client keeps in flight. */
const REMEMBERED = 8_192

/** One message as it passed, header only. */
export interface LoggedMessage {
  /** Epoch ms. */
  readonly at: number
  readonly from: 'client' | 'agent' | 'service'
  readonly messageType: string
  readonly sequenceNumber: number
  readonly flags: number
  readonly payloadType: number
  readonly payloadBytes: number
}

/** One opening of the data channel by the client. The token is not kept. */
export interface OpenedChannel {
  readonly at: number
  readonly requestId: string
  readonly clientId: string | undefined
  readonly clientVersion: string | undefined
  readonly isSigned: boolean
}

/** Numbers of one session. "Received" is from the client's side, "sent" towards it. */
export interface SessionCounters {
  readonly received: number
  readonly sent: number
  readonly acknowledgementsReceived: number
  readonly acknowledgementsSent: number
  /** Copies of a stream message that had come before. */
  readonly duplicatesReceived: number
  /** Copies that were not byte-identical to the first. */
  readonly alteredRetransmits: number
  /** Stream messages before the handshake was complete: acknowledged and thrown away. */
  readonly earlyData: number
  /** Frames that were not messages. */
  readonly malformed: number
  /** Messages that the agent sent again. */
  readonly retransmits: number
  /** Messages that the relay dropped because a leg was absent. */
  readonly dropped: number
}

// The newest values by sequence number, in two flat arrays: this is looked at for every message.
class NewestNumbers {
  readonly #numbers = new Float64Array(REMEMBERED).fill(-1)
  readonly #values = new Uint32Array(REMEMBERED)

  get(sequenceNumber: number): number | undefined {
    const slot = sequenceNumber % REMEMBERED
    return this.#numbers[slot] === sequenceNumber ? this.#values[slot] : undefined
  }

  set(sequenceNumber: number, value: number): void {
    const slot = sequenceNumber % REMEMBERED
    this.#numbers[slot] = sequenceNumber
    this.#values[slot] = value
  }
}

/** Collects what happens in one session. */
export class Observation {
  readonly #counters = {
    received: 0,
    sent: 0,
    acknowledgementsReceived: 0,
    acknowledgementsSent: 0,
    duplicatesReceived: 0,
    alteredRetransmits: 0,
    earlyData: 0,
    malformed: 0,
    retransmits: 0,
    dropped: 0,
  }
  readonly #opened: OpenedChannel[] = []
  readonly #log: LoggedMessage[] = []
  readonly #acknowledged = new NewestNumbers()
  readonly #checksums = new NewestNumbers()
  #logged = 0

  get counters(): SessionCounters {
    return { ...this.#counters }
  }

  /** Every opening of the data channel by the client, first to last. */
  get opened(): readonly OpenedChannel[] {
    return [...this.#opened]
  }

  /** The newest messages, oldest first; at most 2,000. */
  log(): LoggedMessage[] {
    const start = this.#logged % LOG_ENTRIES
    return this.#logged <= LOG_ENTRIES ? [...this.#log] : [...this.#log.slice(start), ...this.#log.slice(0, start)]
  }

  /** How often the client acknowledged the agent's message of this number (of the newest 8,192 numbers). */
  acknowledgementsOf(sequenceNumber: number): number {
    return this.#acknowledged.get(sequenceNumber) ?? 0
  }

  count(counter: keyof SessionCounters): void {
    this.#counters[counter] += 1
  }

  /** Logs a whole binary message by its header. */
  noteFrame(from: LoggedMessage['from'], frame: Buffer): void {
    this.#log[this.#logged % LOG_ENTRIES] = {
      at: Date.now(),
      from,
      messageType: frame.toString('latin1', 4, 36).trimEnd(),
      sequenceNumber: Number(frame.readBigInt64BE(48)),
      flags: frame.readUInt8(63),
      payloadType: frame.readUInt32BE(112),
      payloadBytes: frame.length - 120,
    }
    this.#logged += 1
  }

  noteOpened(opened: OpenedChannel): void {
    this.#opened.push(opened)
  }

  noteAcknowledged(sequenceNumber: number): void {
    this.#counters.acknowledgementsReceived += 1
    this.#acknowledged.set(sequenceNumber, this.acknowledgementsOf(sequenceNumber) + 1)
  }

  /** Compares a stream message of the client with an earlier copy of the same number, if there was one. */
  noteStreamMessage(sequenceNumber: number, frame: Buffer): void {
    const checksum = crc32(frame)
    const earlier = this.#checksums.get(sequenceNumber)
    if (earlier === undefined) {
      this.#checksums.set(sequenceNumber, checksum)
      return
    }
    this.#counters.duplicatesReceived += 1
    if (earlier !== checksum) this.#counters.alteredRetransmits += 1
  }
}
