// The three classes of messages that a fault can be limited to. The header alone decides. Pure.

import { MessageType, PayloadType } from '../../ssm/codec/message'

/** User bytes; acknowledgements; and the rest: handshake, sizes, flags and the service's own messages. */
export type MessageClass = 'data' | 'acknowledge' | 'control'

const HEADER_BYTES = 120
const DATA: ReadonlySet<number> = new Set([PayloadType.output, PayloadType.stdErr, PayloadType.exitCode])

/** The message type of a frame, unpadded; "" for a frame that is too short to be a message. */
export function messageTypeOf(frame: Buffer): string {
  return frame.length < HEADER_BYTES ? '' : frame.toString('latin1', 4, 36).trimEnd()
}

/** Whether a frame is a stream message, which keeps its session from idling out. */
export function isStreamMessage(frame: Buffer): boolean {
  const type = messageTypeOf(frame)
  return type === MessageType.input || type === MessageType.output
}

/** The class of a frame, well-formed or not. */
export function messageClassOf(frame: Buffer): MessageClass {
  if (messageTypeOf(frame) === MessageType.acknowledge) return 'acknowledge'
  return isStreamMessage(frame) && DATA.has(frame.readUInt32BE(112)) ? 'data' : 'control'
}
