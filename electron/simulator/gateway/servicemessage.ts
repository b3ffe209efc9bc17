// The messages that the service itself puts into a data channel, and the one of an agent that it keeps. Pure.
//
// Source: specification §10.7, §13 S8, S9.

import { randomUUID } from 'node:crypto'
import { MessageFlags, MessageType, PayloadType, encodeMessage } from '../../ssm/codec/message'

/** Tells the leg that is present that the other one went (pause) or came back (start). */
export type Publication = typeof MessageType.pausePublication | typeof MessageType.startPublication

// `agent_session_state` in the type field; enough to keep it from the client without decoding every message.
const STATE_TYPE = Buffer.from(MessageType.agentSessionState)

/** Whether a frame of an agent is its session state, which is meant for the service and never forwarded. */
export function isSessionState(frame: Buffer): boolean {
  return frame.subarray(4, 4 + STATE_TYPE.length).equals(STATE_TYPE)
}

/** Encodes a pause or a start. `createdDate` is epoch ms, or 0, which clients have to accept. */
export function publicationMessage(messageType: Publication, createdDate: number): Buffer {
  return serviceMessage(messageType, Buffer.from('{}'), createdDate)
}

/** Encodes the end of a session; `output` is what the person at the client is shown. */
export function channelClosedMessage(session: {
  readonly id: string
  readonly targetId: string
  readonly output: string
}): Buffer {
  const payload = JSON.stringify({
    MessageType: MessageType.channelClosed,
    MessageId: randomUUID(),
    DestinationId: session.targetId,
    SessionId: session.id,
    SchemaVersion: 1,
    CreatedDate: new Date().toISOString(),
    Output: session.output,
  })
  return serviceMessage(MessageType.channelClosed, Buffer.from(payload), Date.now())
}

function serviceMessage(messageType: string, payload: Buffer, createdDate: number): Buffer {
  return encodeMessage({
    messageType,
    payload,
    createdDate,
    schemaVersion: 1,
    sequenceNumber: 0n,
    flags: MessageFlags.none,
    messageId: randomUUID(),
    payloadType: PayloadType.none,
  })
}
