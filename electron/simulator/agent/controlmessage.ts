// The messages of an agent that are not stream data: acknowledgements and its own state. Pure.

import { MessageFlags, MessageType, PayloadType, encodeMessage, type Message } from '../../ssm/codec/message'
import { formatAcknowledge } from '../../ssm/codec/payloads'

/** What makes a message's bytes its own. */
export interface Stamp {
  readonly messageId: string
  /** Epoch ms. */
  readonly createdDate: number
}

function encodeControl(messageType: string, payload: Buffer, stamp: Stamp): Buffer {
  return encodeMessage({
    messageType,
    schemaVersion: 1,
    createdDate: stamp.createdDate,
    sequenceNumber: 0n,
    flags: MessageFlags.acknowledge,
    messageId: stamp.messageId,
    payloadType: PayloadType.none,
    payload,
  })
}

/** Encodes the acknowledgement of one received message. */
export function encodeAcknowledge(message: Message, stamp: Stamp): Buffer {
  const payload = formatAcknowledge({
    messageType: message.messageType,
    messageId: message.messageId,
    sequenceNumber: Number(message.sequenceNumber),
  })
  return encodeControl(MessageType.acknowledge, payload, stamp)
}

/** Encodes what an agent tells the service about its session; never forwarded to a client. */
export function encodeSessionState(state: 'Connected' | 'Terminating', sessionId: string, stamp: Stamp): Buffer {
  const payload = JSON.stringify({ SchemaVersion: 1, SessionState: state, SessionId: sessionId })
  return encodeControl(MessageType.agentSessionState, Buffer.from(payload), stamp)
}
