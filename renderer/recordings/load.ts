// Reads the file of a recording through the core: the first part of it for the player, or all of it for export.
//
// A file may be larger than the page's memory: what is played is bounded, and an export is handed to the browser's own storage in parts.

import type { RecordingPiece } from '../../shared/api/recordings'
import { CastReader, type Cast } from './cast'

/** The most bytes that are played. Going back in a recording draws it from its start. */
const MAX_PLAYED_BYTES = 33_554_432

/** A Blob of this size may be moved to the disk by the browser; the list of an export's parts stays short. */
const BLOB_BYTES = 33_554_432

/** Reads a piece of the file; see the request `recording.read`. */
export type ReadPiece = (offset: number) => Promise<RecordingPiece>

/** The pieces of a file from its start. Ends at a piece whose next offset does not advance. */
async function* pieces(read: ReadPiece, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let offset: number | undefined = 0
  while (offset !== undefined) {
    signal.throwIfAborted()
    const at: number = offset
    const piece = await read(at)
    yield piece.bytes
    const { nextOffset } = piece
    offset = nextOffset !== undefined && nextOffset > at ? nextOffset : undefined
  }
}

/** What is played of a recording. */
export interface Loaded {
  /** Undefined: the file is no recording. */
  readonly cast: Cast | undefined
  /** Only the first part of the file is played. */
  readonly isCut: boolean
}

/** How a file is read. */
interface LoadOptions {
  readonly signal: AbortSignal
  /** Told how much was read so far. */
  readonly onBytes: (bytes: number) => void
}

/** Reads a recording for the player. Rejects as `read` does, or with the signal's reason. */
export async function loadCast(
  read: ReadPiece,
  { signal, onBytes, maxBytes = MAX_PLAYED_BYTES }: LoadOptions & { readonly maxBytes?: number },
): Promise<Loaded> {
  const reader = new CastReader()
  let count = 0
  let isCut = false
  for await (const bytes of pieces(read, signal)) {
    if (count > 0 && (count + bytes.length > maxBytes || reader.isFull)) {
      isCut = true
      break
    }
    reader.push(bytes)
    count += bytes.length
    onBytes(count)
  }
  const cast = reader.finish()
  return { cast, isCut: isCut || cast?.isCut === true }
}

/** Reads a whole file as a Blob. Rejects as `read` does, or with the signal's reason. */
export async function loadFile(read: ReadPiece, { signal, onBytes }: LoadOptions): Promise<Blob> {
  let done: Blob[] = []
  let parts: Uint8Array<ArrayBuffer>[] = []
  let waiting = 0
  let count = 0
  for await (const bytes of pieces(read, signal)) {
    // A copy: the bytes may be part of a larger message, which would be kept as well.
    parts.push(Uint8Array.from(bytes))
    waiting += bytes.length
    count += bytes.length
    onBytes(count)
    if (waiting < BLOB_BYTES) continue
    done = [...done, new Blob(parts)]
    parts = []
    waiting = 0
  }
  return new Blob([...done, ...parts], { type: 'application/x-asciicast' })
}
