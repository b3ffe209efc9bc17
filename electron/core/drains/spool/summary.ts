// What remains of a file of a spool that is dropped: one record for each of its sessions, which counts what is missing.

import { replaceFile } from '../../store/replacing'
import { droppedChunk, sessionBytes, type Origin } from './chunk'
import { known, readOrigins, readSome } from './segment'

/** A file that is dropped from byte `from` on. */
interface Source {
  readonly path: string
  readonly from: number
  readonly bytes: number
}

interface Loss {
  readonly origin: Origin
  readonly at: number
  /** Of the last record that is missing. */
  readonly sequence: number
  readonly count: number
}

/**
 * Replaces the file at `target` by the summary of `sources`, one of which it is, oldest first. `dropped` counts the records of output
 * among them: those of an earlier summary are counted already. Rejects as the system does; the file is as before then.
 */
export async function summarize(
  target: string,
  sources: readonly Source[],
): Promise<{
  readonly bytes: number
  readonly records: number
  readonly firstAt: number | undefined
  readonly dropped: number
}> {
  const losses = new Map<string, Loss>()
  let dropped = 0
  for (const { path, from, bytes } of sources) {
    const origins = await readOrigins(path, from)
    for (let at = from; at < bytes;) {
      const lines = await readSome(path, at, bytes)
      for (const { line } of lines) {
        const own = line === undefined ? [] : known(line, origins)
        const last = own.at(-1)
        const origin = line === undefined ? undefined : origins.get(line.key)
        if (line === undefined || last === undefined || origin === undefined) continue
        const count = last.kind === 'dropped' ? (last.count ?? 0) : own.length
        if (last.kind !== 'dropped') dropped += count
        const before = losses.get(line.key)?.count ?? 0
        losses.set(line.key, { origin, at: last.at, sequence: last.sequence, count: before + count })
      }
      at = lines.at(-1)?.end ?? bytes
    }
  }
  const chunks = [...losses].map(([key, { origin, ...loss }]) => droppedChunk({ key, origin }, loss))
  const whole = Buffer.concat(chunks.flatMap((chunk) => [sessionBytes(chunk), chunk.bytes]))
  await replaceFile(target, whole)
  return { bytes: whole.length, records: chunks.length, firstAt: chunks[0]?.at, dropped }
}
