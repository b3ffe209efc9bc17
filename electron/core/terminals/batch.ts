// Joins the output of one shell into batches of at most 8 ms and about 64 KiB: one event for each message would cost more than the
// bytes. Owns the timer of a batch and clears it at the end of the output.

import type { Readable } from 'node:stream'

const BATCH_MS = 8
const BATCH_BYTES = 65_536

/** Reads `output` to its end and calls `say` with one batch after the other, none of them empty. `say` must not throw. */
export function batchOutput(output: Readable, say: (bytes: Buffer) => void): void {
  let batch: Buffer[] = []
  let batchBytes = 0
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (batchBytes > 0) say(Buffer.concat(batch))
    batch = []
    batchBytes = 0
  }
  output.on('data', (chunk: Buffer) => {
    batch.push(chunk)
    batchBytes += chunk.length
    if (batchBytes >= BATCH_BYTES) flush()
    else timer ??= setTimeout(flush, BATCH_MS)
  })
  output.on('close', flush)
}
