// The binary message of the data channel: encode and decode, nothing else.
//
// All integers big-endian. Source: amazon-ssm-agent agent/session/contracts/messageparser.go.
//
//   off len field            off len field
//     0   4 HeaderLength=116  64  16 MessageId (low 8 bytes of the UUID first, then the high 8)
//     4  32 MessageType       80  32 PayloadDigest, SHA-256 of the payload as sent
//    36   4 SchemaVersion    112   4 PayloadType
//    40   8 CreatedDate ms   116   4 PayloadLength
//    48   8 SequenceNumber   120   n Payload, to the end of the WebSocket message
//    56   8 Flags

import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors'

const HEADER_LENGTH = 116
const PAYLOAD_OFFSET = 120
const TYPE_LENGTH = 32

/** Message types on a data channel. AWS spelling. */
export const MessageType = {
  input: 'input_stream_data',
  output: 'output_stream_data',
  acknowledge: 'acknowledge',
  channelClosed: 'channel_closed',
  pausePublication: 'pause_publication',
  startPublication: 'start_publication',
  agentSessionState: 'agent_session_state',
} as const

/** Payload types of stream messages. Source: specification §3.4. */
export const PayloadType = {
  none: 0,
  output: 1,
  error: 2,
  size: 3,
  parameter: 4,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  challengeRequest: 8,
  challengeResponse: 9,
  flag: 10,
  stdErr: 11,
  exitCode: 12,
} as const

/** Values of a Flag payload (u32 big-endian). */
export const Flag = { disconnectToPort: 1, terminateSession: 2, connectToPortError: 3 } as const

/** Bits of the Flags field; an acknowledgement carries both. */
export const MessageFlags = { none: 0n, syn: 1n, fin: 2n, acknowledge: 3n } as const

/** The fields of a message that the caller sets. The other fields are computed. */
export interface MessageFields {
  /** At most 32 ASCII characters. */
  readonly messageType: string
  readonly schemaVersion: number
  /** Epoch milliseconds, above 0. */
  readonly createdDate: number
  /** A signed 64-bit integer. */
  readonly sequenceNumber: bigint
  /** An unsigned 64-bit integer. */
  readonly flags: bigint
  /** Lower-case hyphenated UUID. */
  readonly messageId: string
  readonly payloadType: number
  /** Not empty when encoding: neither AWS's agent nor its plugin can serialise an empty payload. */
  readonly payload: Buffer
}

/** A decoded message. `payload` is a view of the frame it was decoded from: copy it before keeping it for long. */
export interface Message extends MessageFields {
  readonly payloadDigest: Buffer
  /** The PayloadLength field as sent. Not used: the payload reaches to the end of the frame. */
  readonly payloadLength: number
}

function malformed(why: string): AppError {
  return new AppError('protocol', `The peer sent a malformed message: ${why}.`)
}

function digestOf(payload: Uint8Array): Buffer {
  return createHash('sha256').update(payload).digest()
}

function putMessageId(frame: Buffer, messageId: string): void {
  const hex = messageId.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/.test(hex)) throw malformed(`"${messageId}" is not a message id`)
  frame.write(hex.slice(16), 64, 'hex')
  frame.write(hex.slice(0, 16), 72, 'hex')
}

function getMessageId(frame: Buffer): string {
  const high = frame.toString('hex', 72, 80)
  const low = frame.toString('hex', 64, 72)
  return `${high.slice(0, 8)}-${high.slice(8, 12)}-${high.slice(12)}-${low.slice(0, 4)}-${low.slice(4)}`
}

/**
 * Encodes one message as the bytes of one binary WebSocket message (120 + payload bytes; a new Buffer).
 * Throws `protocol` for an empty payload, a type over 32 bytes or a malformed id.
 */
export function encodeMessage(fields: MessageFields): Buffer {
  const { payload } = fields
  if (payload.length === 0) throw malformed('an empty payload cannot be sent')
  if (Buffer.byteLength(fields.messageType) > TYPE_LENGTH) throw malformed('the message type is over 32 bytes')
  const frame = Buffer.alloc(PAYLOAD_OFFSET + payload.length)
  frame.writeUInt32BE(HEADER_LENGTH, 0)
  frame.fill(0x20, 4, 4 + TYPE_LENGTH)
  frame.write(fields.messageType, 4, 'latin1')
  frame.writeUInt32BE(fields.schemaVersion, 36)
  frame.writeBigUInt64BE(BigInt(fields.createdDate), 40)
  frame.writeBigInt64BE(fields.sequenceNumber, 48)
  frame.writeBigUInt64BE(fields.flags, 56)
  putMessageId(frame, fields.messageId)
  digestOf(payload).copy(frame, 80)
  frame.writeUInt32BE(fields.payloadType, 112)
  frame.writeUInt32BE(payload.length, 116)
  payload.copy(frame, PAYLOAD_OFFSET)
  return frame
}

// Receivers strip NUL first, then white space (specification §3.1): some senders pad with NUL.
function readType(frame: Buffer): string {
  let start = 4
  let end = 4 + TYPE_LENGTH
  while (start < end && frame[start] === 0) start += 1
  while (end > start && frame[end - 1] === 0) end -= 1
  return frame.toString('latin1', start, end).trim()
}

/**
 * Decodes one binary WebSocket message. Throws `protocol` (and nothing else) when a client must drop it (§3.3): too
 * short, HeaderLength other than 116, blank type, CreatedDate 0, digest mismatch. Publication messages are exempt from
 * the checks of date and digest. As an agent (`receiver: 'agent'`, for the simulator) digests are not checked, but publication
 * messages need a date like all others.
 */
export function decodeMessage(frame: Buffer, options: { readonly receiver?: 'client' | 'agent' } = {}): Message {
  if (frame.length < PAYLOAD_OFFSET) throw malformed(`${frame.length} bytes are less than a header`)
  if (frame.readUInt32BE(0) !== HEADER_LENGTH) throw malformed('the header length is not 116')
  const messageType = readType(frame)
  if (messageType === '') throw malformed('the message type is blank')
  const createdDate = Number(frame.readBigUInt64BE(40))
  const payload = frame.subarray(PAYLOAD_OFFSET)
  const payloadDigest = frame.subarray(80, 112)
  const isAgent = options.receiver === 'agent'
  const isPublication = messageType === MessageType.startPublication || messageType === MessageType.pausePublication
  if (isAgent || !isPublication) {
    if (createdDate === 0) throw malformed('the creation date is 0')
    if (!isAgent && payload.length > 0 && !digestOf(payload).equals(payloadDigest)) {
      throw malformed('the payload does not match its digest')
    }
  }
  return {
    messageType,
    schemaVersion: frame.readUInt32BE(36),
    createdDate,
    sequenceNumber: frame.readBigInt64BE(48),
    flags: frame.readBigUInt64BE(56),
    messageId: getMessageId(frame),
    payloadDigest,
    payloadType: frame.readUInt32BE(112),
    payloadLength: frame.readUInt32BE(116),
    payload,
  }
}
