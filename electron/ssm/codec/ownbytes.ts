// Received bytes in memory of their own.
//
// A message is a view of the 64 KiB that were read with it. Keeping ten bytes of it would keep all of that, uncounted.

/** More of a read chunk than this many times what is kept is not kept alive for it. */
const MAX_WASTE = 2

/** The same bytes, copied where they would keep more than twice their size alive. */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength <= MAX_WASTE * bytes.length) return bytes
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  return own
}
