// Malformed frames, made from a good one. A client must refuse or tolerate them. Source: specification §3.3, §13 S7.

/** The ways to malform a frame. `nul-padding` is unusual and allowed; `text` is a text frame on an open channel. */
export const MALFORMATIONS = [
  'digest',
  'truncated',
  'header-length',
  'header-beyond-end',
  'blank-type',
  'no-date',
  'nul-padding',
  'unknown-type',
  'text',
] as const

/** A way to malform a frame. */
export type Malformation = (typeof MALFORMATIONS)[number]

/** A frame to send. */
export interface Parcel {
  readonly frame: Buffer
  readonly isText: boolean
}

const HEADER_BYTES = 120

/**
 * Makes a malformed copy of `frame` (at least 120 bytes). Where a payload byte is changed, a client that accepts the copy delivers
 * wrong bytes, and not just a message twice.
 */
export function malformedTwin(frame: Buffer, how: Malformation): Parcel {
  const twin = Buffer.from(frame)
  const last = twin.length - 1
  // Publication messages are exempt from digests; a good message has a payload.
  if (last >= HEADER_BYTES) twin.writeUInt8(twin.readUInt8(last) ^ 0x55, last)
  switch (how) {
    case 'digest':
      break
    case 'truncated':
      return { frame: twin.subarray(0, HEADER_BYTES - 3), isText: false }
    case 'header-length':
      twin.writeUInt32BE(115, 0)
      break
    case 'header-beyond-end':
      twin.writeUInt32BE(1_000_000, 0)
      break
    case 'blank-type':
      twin.fill(0x20, 4, 36)
      break
    case 'no-date':
      twin.writeBigUInt64BE(0n, 40)
      break
    case 'nul-padding': {
      const padded = Buffer.from(frame)
      for (let at = 35; at >= 4 && padded[at] === 0x20; at -= 1) padded[at] = 0
      return { frame: padded, isText: false }
    }
    case 'unknown-type':
      twin.fill(0x20, 4, 36)
      twin.write('future_stream_data', 4, 'latin1')
      break
    case 'text':
      return { frame: Buffer.from('{"MessageType":"output_stream_data"}'), isText: true }
  }
  return { frame: twin, isText: false }
}
