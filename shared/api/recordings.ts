// Requests about recordings.

import type { Recording, RecordingMatch } from '../model/recording'
import { request } from './request'
import { isNull, recordOf } from './shape'

/** The most bytes of one piece of a recording. */
export const MAX_RECORDING_PIECE = 1_048_576

/** The recordings, and where they are. */
export interface RecordingListing {
  readonly folder: string
  readonly recordings: readonly Recording[]
  /** Files that are no recordings, or cannot be read, one sentence each. */
  readonly notices: readonly string[]
}

/** A piece of the file of a recording. */
export interface RecordingPiece {
  readonly bytes: Uint8Array
  /** Where the next piece begins; absent: this is the end. */
  readonly nextOffset?: number
}

/** See shared/api/requests.ts. */
export const recordingRequests = {
  /** Newest first. */
  'recording.list': request(
    ({ object }) => object({}),
    recordOf<RecordingListing>({ folder: 'text', recordings: 'list', notices: 'list' }),
  ),
  /** Places with a text, in every recording, newest first. `isCut`: there are more. */
  'recording.search': request(
    ({ object, text }) => object({ text: text(200).min(1) }),
    recordOf<{ readonly matches: readonly RecordingMatch[]; readonly isCut: boolean }>({
      matches: 'list',
      isCut: 'flag',
    }),
  ),
  /** A piece of the file, for the player and for export. Rejects with `recording-failed`. */
  'recording.read': request(
    ({ object, id, count }) => object({ recordingId: id, offset: count }),
    recordOf<RecordingPiece>({ bytes: 'bytes' }),
  ),
  'recording.delete': request(({ object, list, id }) => object({ recordingIds: list(id, 1_000) }), isNull),
  /** Begins or ends the recording of a terminal, or declines it where none is under way. Output before is not in it. */
  'terminal.record': request(({ object, id, flag }) => object({ terminalId: id, isOn: flag }), isNull),
}
