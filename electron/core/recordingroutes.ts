// The handlers of the requests about recordings.

import type { Handlers } from './routes'
import type { Terminals } from './terminals/terminals'
import type { Recordings } from './recordings/recordings'
import { searchRecordings } from './recordings/search'

type RecordingHandlers = Pick<Handlers, Extract<keyof Handlers, `recording.${string}` | 'terminal.record'>>

/** Makes the handlers. */
export function recordingHandlers({
  recordings,
  terminals,
}: {
  readonly recordings: Recordings
  readonly terminals: Pick<Terminals, 'record'>
}): RecordingHandlers {
  return {
    'recording.list': () => recordings.list(),
    'recording.search': async ({ text }) => searchRecordings(await recordings.list(), text),
    'recording.read': ({ recordingId, offset }) => recordings.read(recordingId, offset),
    'recording.delete': async ({ recordingIds }) => {
      await recordings.delete(recordingIds)
      return null
    },
    'terminal.record': async ({ terminalId, isOn }) => {
      await terminals.record(terminalId, isOn)
      return null
    },
  }
}
