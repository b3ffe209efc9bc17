// The two messages that a client makes: a numbered stream message and an acknowledgement.

import { randomUUID } from 'node:crypto'
import { encodeMessage, MessageFlags, MessageType, PayloadType, type Message } from './message'
import { formatAcknowledge } from './payloads'

/** Encodes input message `sequence`, dated now and with a new id. Flags are 0 as the reference plugin sends them. */
export function encodeInput(sequence: number, payloadType: number, payload: Buffer): Buffer {
  return encodeMessage({
    messageType: MessageType.input,
    schemaVersion: 1,
    createdDate: Date.now(),
    sequenceNumber: BigInt(sequence),
    flags: MessageFlags.none,
    messageId: randomUUID(),
    payloadType,
    payload,
  })
}

/** Encodes the acknowledgement of one received copy. Header number 0: the acknowledged one is in the payload (§4.2). */
export function encodeAcknowledge(received: Message, sequenceNumber: number): Buffer {
  return encodeMessage({
    messageType: MessageType.acknowledge,
    schemaVersion: 1,
    createdDate: Date.now(),
    sequenceNumber: 0n,
    flags: MessageFlags.acknowledge,
    messageId: randomUUID(),
    payloadType: PayloadType.none,
    payload: formatAcknowledge({
      messageType: received.messageType,
      messageId: received.messageId,
      sequenceNumber,
    }),
  })
}
