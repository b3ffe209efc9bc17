// Begins one recording: its header, its file, its writer.

import { cutText } from '../../../shared/cut'
import type { CaptureSubject } from '../capture/capture'
import type { CastHeader } from './cast'
import { createFile, recordingError } from './place'
import { RecordingWriter } from './writer'

/** What a recording is begun with. */
export interface BeginOptions {
  readonly path: string
  readonly subject: CaptureSubject
  /** The process that writes it; see ledger/processname.ts. */
  readonly writer: string
  /** Epoch ms. */
  readonly now: () => number
  /** See `RecordingWriterOptions`. */
  readonly changed: () => void
}

/** Makes the file at `path` and begins to write it. Rejects with `recording-failed`, also where there is a file already. */
export async function beginRecording({ path, subject, writer, now, changed }: BeginOptions): Promise<RecordingWriter> {
  const file = await createFile(path).catch((error: unknown) => {
    throw recordingError(path, 'written', error)
  })
  const header = headerOf(subject, writer, now())
  return new RecordingWriter({ path, file, header, now: () => performance.now(), changed })
}

/** The header of a recording that begins at `at` (epoch ms). */
export function headerOf(subject: CaptureSubject, writer: string, at: number): CastHeader {
  const { environment, region, target, targetName, kind, operationId, size } = subject
  const name = targetName === '' ? target : targetName
  return {
    version: 2,
    width: cells(size.cols),
    height: cells(size.rows),
    timestamp: at / 1_000,
    title: cutText(`${name} in ${environment} (${region})`, 300),
    env: { TERM: 'xterm-256color' },
    culvert: {
      environment: cutText(environment, 300),
      region: cutText(region, 300),
      target: cutText(target, 300),
      targetName: cutText(targetName, 300),
      kind,
      operationId: cutText(operationId, 300),
      writer: cutText(writer, 300),
      gaps: 0,
    },
  }
}

/** A terminal that was never shown has no cells, and a recording has. */
function cells(wanted: number): number {
  return Number.isInteger(wanted) ? Math.min(Math.max(wanted, 1), 10_000) : 80
}
