// Received bytes in memory of their own.
//
// A received message is a view of a read buffer of 64 KiB. Keeping ten bytes of it keeps the whole buffer in memory, which no budget
// counts.

/** Bytes are copied where their read buffer is more than this many times as large. */
const MAX_WASTE = 2

/** Returns the same bytes, copied where they are a view of a buffer more than twice their size. */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= MAX_WASTE * bytes.length) return bytes
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  return own
}
