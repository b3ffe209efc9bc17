// Makes the captures of the app's sessions from the settings.

import { settingsOf } from '../../shared/environmentsettings'
import type { Settings } from '../../shared/settings'
import { Line } from './authorizations/line/line'
import { Captures, type Draining } from './capture/captures'
import { takeOutput } from './capture/taking'
import { CAPTURE_PATH, CAPTURE_PROTOCOL } from './capture/words'
import type { DirectoryLock } from './lock/lock'
import { Recordings } from './recordings/recordings'

/** The parts that captures are made from. */
export interface CaptureParts {
  readonly dataDirectory: string
  readonly settings: () => Settings
  /** Epoch ms. */
  readonly now: () => number
  readonly draining?: Draining
}

/** Opens the recordings, and begins to delete old ones. The caller disposes of them once the sessions have ended. */
export function openCaptures({ dataDirectory, settings, now, draining }: CaptureParts): {
  readonly captures: Captures
  readonly recordings: Recordings
} {
  const recordings = new Recordings({ dataDirectory, settings, now })
  recordings.keep()
  const captures = new Captures({
    recorder: recordings,
    ruleOf: (name, region) => settingsOf(settings().environments, name, region).recording ?? 'off',
    settings,
    ...(draining === undefined ? {} : { draining }),
  })
  return { captures, recordings }
}

/** Takes the output of command lines from the socket of the data directory, until `signal` is aborted. */
export function takeHanded(lock: Pick<DirectoryLock, 'serveLines'>, captures: Captures, signal: AbortSignal): void {
  lock.serveLines({
    path: CAPTURE_PATH,
    protocol: CAPTURE_PROTOCOL,
    take: (socket, head) => void takeOutput(new Line(socket, head), captures, signal),
  })
}
