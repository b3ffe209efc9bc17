// Deterministic bytes that look random: the keystream of AES-128-CTR under a fixed key. Fast enough to never be the
// bottleneck. Every reader of the same length gets the same bytes.

import { createCipheriv } from 'node:crypto'

const CHUNK_BYTES = 65_536
const KEY = Buffer.alloc(16, 0x43)
const ZEROS = Buffer.alloc(CHUNK_BYTES)

/** Yields the first `totalBytes` bytes that the source on port 9001 sends, in chunks of at most 64 KiB. */
export function* sourceBytes(totalBytes: number): Generator<Buffer> {
  const stream = createCipheriv('aes-128-ctr', KEY, Buffer.alloc(16))
  for (let left = totalBytes; left > 0; left -= CHUNK_BYTES) {
    yield stream.update(left < CHUNK_BYTES ? ZEROS.subarray(0, left) : ZEROS)
  }
}
