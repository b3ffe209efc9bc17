// Records that a syslog destination has sent and that may not have arrived: TCP takes bytes long before the receiver has read them.
//
// Kept: the last megabyte, and beyond it what was sent within the last minute, up to what the buffers of two kernels hold. What is older
// than 15 minutes has arrived: TCP ends a connection whose bytes are not acknowledged for that long. After a break all of it is owed: it
// goes again, marked. What is owed is written to a file, so that it also goes again after a restart.

import { rm } from 'node:fs/promises'
import * as z from 'zod'
import type { DrainRecord } from '../../../../shared/model/drain'
import { Queue } from '../../async/queue'
import { readRegular } from '../../store/regularfile'
import { replaceFile } from '../../store/replacing'
import { originSchema } from '../spool/chunk'

const KEPT_BYTES = 1_048_576
const RECENT_MS = 60_000
const MOST_BYTES = 12 * 1_048_576
const ARRIVED_MS = 900_000

interface Entry {
  readonly record: DrainRecord
  readonly bytes: number
  readonly at: number
}

const recordSchema: z.ZodType<DrainRecord> = originSchema.extend({
  at: z.number(),
  sequence: z.number(),
  kind: z.enum(['output', 'dropped', 'test']),
  text: z.string(),
  isPartial: z.literal(true).exactOptional(),
  count: z.number().exactOptional(),
})

/** The newest records that were sent, and those of them that have to go again. */
export class SentTail {
  readonly #path: string
  readonly #now: () => number
  readonly #writes = new Queue()
  /** Oldest first. */
  #sent: Entry[] = []
  #bytes = 0
  #owed: readonly DrainRecord[] = []

  /** `path`: the file of the records that are owed. */
  constructor(path: string, now: () => number) {
    this.#path = path
    this.#now = now
  }

  /** The records that go again, oldest first. */
  get owed(): readonly DrainRecord[] {
    return this.#owed
  }

  /** Reads what an earlier process has left. Never rejects. */
  async load(): Promise<void> {
    try {
      const bytes = await readRegular(this.#path)
      const left = z.array(recordSchema).parse(JSON.parse(bytes?.toString('utf8') ?? ''))
      this.#owed = [...left, ...this.#owed]
    } catch {
      // There is no file, or a power cut has left half of one.
    }
  }

  /** A record that is being sent, as this many bytes. */
  add(record: DrainRecord, bytes: number): void {
    const at = this.#now()
    this.#sent.push({ record, bytes, at })
    this.#bytes += bytes
    let gone = 0
    for (const oldest of this.#sent) {
      const isRecent = at - oldest.at < RECENT_MS
      const isKept = at - oldest.at < ARRIVED_MS && this.#bytes <= (isRecent ? MOST_BYTES : KEPT_BYTES)
      if (isKept) break
      this.#bytes -= oldest.bytes
      gone += 1
    }
    if (gone > 0) this.#sent.splice(0, gone)
  }

  /** The connection is lost: the records that were sent are now owed. */
  broken(): void {
    const at = this.#now()
    const lost = this.#sent.filter((entry) => at - entry.at < ARRIVED_MS).map(({ record }) => record)
    this.#sent = []
    this.#bytes = 0
    if (lost.length === 0) return
    this.#owed = [...lost, ...this.#owed]
    void this.#save()
  }

  /** The first `count` owed records have been sent again. */
  repeated(count: number): void {
    this.#owed = this.#owed.slice(count)
    if (this.#owed.length === 0) void this.#save()
  }

  /** Everything that was sent has arrived. */
  arrived(): void {
    this.#sent = []
    this.#bytes = 0
  }

  /** Resolves once the file is as it should be, or cannot be written. */
  async saved(): Promise<void> {
    await this.#writes.idle()
  }

  /** Never rejects: where the disk refuses it, what is owed is lost only if Culvert ends before it was sent again. */
  #save(): Promise<void> {
    return this.#writes.run(async () => {
      const isNone = this.#owed.length === 0
      const saved = isNone ? rm(this.#path, { force: true }) : replaceFile(this.#path, JSON.stringify(this.#owed))
      await saved.catch(() => undefined)
    })
  }
}
