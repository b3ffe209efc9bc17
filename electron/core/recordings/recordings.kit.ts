// Recordings in a folder of their own, for tests.

import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { CaptureSubject } from '../capture/capture'
import { Recordings } from './recordings'

/** A subject of a recording. */
export function subjectOf(more: Partial<CaptureSubject> = {}): CaptureSubject {
  return {
    kind: 'shell',
    ref: { kind: 'demo' },
    environment: 'prod',
    region: 'eu-west-1',
    account: '111122223333',
    target: 'i-0123456789abcdef0',
    targetName: 'web-1',
    operationId: 'operation',
    operationUserName: '',
    operationUserEmail: '',
    size: { cols: 80, rows: 24 },
    sessionId: () => '',
    ...more,
  }
}

/** Recordings whose settings and clock a test changes. */
export async function makeRecordings() {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'culvert-recordings-'))
  const settings = { recordingFolder: '', recordingDays: 90, recordingMegabytes: 100 }
  const clock = { ms: Date.UTC(2_026, 10, 29, 14, 18, 15) }
  const recordings = new Recordings({ dataDirectory, settings: () => settings, now: () => clock.ms })
  onTestFinished(async () => {
    await recordings[Symbol.asyncDispose]()
    await rm(dataDirectory, { recursive: true, force: true })
  })
  const folder = join(dataDirectory, 'recordings')
  /** Writes a whole recording and resolves with its id. */
  const record = async (
    pieces: readonly (string | Uint8Array)[],
    more: Partial<CaptureSubject> = {},
  ): Promise<string> => {
    const { capture, view } = await recordings.begin(subjectOf(more), () => undefined)
    for (const piece of pieces) capture.output(Buffer.from(piece))
    await capture[Symbol.asyncDispose]()
    await utimes(join(folder, view.recordingId), clock.ms / 1_000, clock.ms / 1_000)
    return view.recordingId
  }
  return { recordings, settings, clock, folder, dataDirectory, record }
}
