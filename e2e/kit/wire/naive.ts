// A second, naive codec of the binary message, written apart from electron/ssm/codec/message.ts: byte by byte from the table in
// the specification, so that both halves of the product cannot be wrong together unseen.

import { createHash } from 'node:crypto'

/** The fields of a message that tests compare. */
export interface NaiveMessage {
  readonly type: string
  readonly createdDate: bigint
  readonly sequence: bigint
  readonly flags: bigint
  readonly id: string
  readonly digestHex: string
  readonly payloadType: number
  readonly payloadLength: number
  readonly payload: Buffer
}

function unsigned(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n
  for (let index = 0; index < length; index += 1) value = value * 256n + BigInt(bytes[at + index]!)
  return value
}

function hex(bytes: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let index = 0; index < length; index += 1) text += bytes[at + index]!.toString(16).padStart(2, '0')
  return text
}

/** Decodes without any check. */
export function naiveDecode(frame: Buffer): NaiveMessage {
  let type = ''
  for (let index = 4; index < 36; index += 1) type += String.fromCharCode(frame[index]!)
  const id = hex(frame, 72, 8) + hex(frame, 64, 8)
  return {
    type: type.replace(/[ \0]+$/, ''),
    createdDate: unsigned(frame, 40, 8),
    sequence: BigInt.asIntN(64, unsigned(frame, 48, 8)),
    flags: unsigned(frame, 56, 8),
    id: [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)].join('-'),
    digestHex: hex(frame, 80, 32),
    payloadType: Number(unsigned(frame, 112, 4)),
    payloadLength: Number(unsigned(frame, 116, 4)),
    payload: Buffer.from(frame.subarray(120)),
  }
}

function put(bytes: number[], value: bigint, length: number): void {
  for (let shift = length - 1; shift >= 0; shift -= 1) bytes.push(Number((value >> BigInt(shift * 8)) & 0xffn))
}

/** Encodes a message as an agent would; everything has a default. */
export function naiveEncode(fields: {
  type: string
  sequence?: number | bigint
  flags?: number
  payloadType?: number
  payload: Buffer | string
  id?: string
  createdDate?: number
}): Buffer {
  const payload = Buffer.from(fields.payload)
  const bytes: number[] = []
  put(bytes, 116n, 4)
  for (let index = 0; index < 32; index += 1) bytes.push(fields.type.charCodeAt(index) || 0x20)
  put(bytes, 1n, 4)
  put(bytes, BigInt(fields.createdDate ?? 1_700_000_000_123), 8)
  put(bytes, BigInt.asUintN(64, BigInt(fields.sequence ?? 0)), 8)
  put(bytes, BigInt(fields.flags ?? 0), 8)
  const id = (fields.id ?? '00112233-4455-6677-8899-aabbccddeeff').replaceAll('-', '')
  const idBytes = Buffer.from(id, 'hex')
  bytes.push(...idBytes.subarray(8), ...idBytes.subarray(0, 8))
  bytes.push(...createHash('sha256').update(payload).digest())
  put(bytes, BigInt(fields.payloadType ?? 0), 4)
  put(bytes, BigInt(payload.length), 4)
  return Buffer.concat([Buffer.from(bytes), payload])
}

/** An output message of an agent. */
export function output(sequence: number, payload: Buffer | string, payloadType = 1): Buffer {
  return naiveEncode({ type: 'output_stream_data', sequence, flags: sequence === 0 ? 1 : 0, payloadType, payload })
}

/** An agent's acknowledgement of input `sequence`. */
export function acknowledgement(sequence: number): Buffer {
  return naiveEncode({
    type: 'acknowledge',
    flags: 3,
    payload: JSON.stringify({
      AcknowledgedMessageType: 'input_stream_data',
      AcknowledgedMessageId: '00112233-4455-6677-8899-aabbccddeeff',
      AcknowledgedMessageSequenceNumber: sequence,
      IsSequentialMessage: true,
    }),
  })
}
