// Joins the output of one shell into batches of at most 8 ms and about 64 KiB: one event for each message would cost more than the
// bytes. Owns the timer of a batch and clears it at the end of the output.

import type { Readable } from 'node:stream'

const BATCH_MS = 8
const BATCH_BYTES = 65_536

/** Where batches go. */
export interface BatchSink {
  /** Called with one batch after the other, none of them empty. Must not throw. */
  say(bytes: Buffer): void
  /** Asked after each batch: reading goes on when this resolves; undefined: at once. Absent: always at once. Must not reject. */
  room?(): Promise<void> | undefined
  /** Called behind the last batch. */
  closed?(): void
}

/** Reads `output` to its end, also where an earlier reader has paused it. */
export function batchOutput(output: Readable, sink: BatchSink): void {
  let batch: Buffer[] = []
  let batchBytes = 0
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const bytes = batchBytes > 0 ? Buffer.concat(batch) : undefined
    batch = []
    batchBytes = 0
    if (bytes === undefined) return
    sink.say(bytes)
    const waits = sink.room?.()
    if (waits === undefined) return
    output.pause()
    void waits.then(() => output.resume())
  }
  output.on('data', (chunk: Buffer) => {
    batch.push(chunk)
    batchBytes += chunk.length
    if (batchBytes >= BATCH_BYTES) flush()
    else timer ??= setTimeout(flush, BATCH_MS)
  })
  output.on('close', () => {
    flush()
    sink.closed?.()
  })
  output.resume()
}
