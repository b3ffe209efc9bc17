// The files of the data directory that the app keeps open: opened together, and closed together before the lock is released.

import { openLedger, type Ledger } from './ledger/ledger'
import { openForwardFile } from './store/forwardfile'
import { openGivenFile } from './store/givenfile'
import type { JsonFile } from './store/jsonfile'
import { openLastRunFile, type LastRunData } from './store/lastrunfile'
import { openSettingsFile } from './store/settingsfile'
import { openTargetFile } from './store/targetfile'

/** The open files. */
export interface Stored {
  readonly settings: Awaited<ReturnType<typeof openSettingsFile>>
  readonly forwardFile: Awaited<ReturnType<typeof openForwardFile>>
  readonly targetFile: Awaited<ReturnType<typeof openTargetFile>>
  readonly givenFile: Awaited<ReturnType<typeof openGivenFile>>
  readonly lastRunFile: JsonFile<LastRunData>
  readonly ledger: Ledger
  /** What each file holds, and where an earlier one went that could not be read; undefined: it was well. */
  readonly keptAside: readonly (readonly [what: string, path: string | undefined])[]
  /** Writes what is under way. Nothing reaches the directory afterwards. */
  close(): Promise<void>
}

/** Opens them. Throws `data-directory`. */
export async function openStored(directory: string): Promise<Stored> {
  const settings = await openSettingsFile(directory)
  const forwardFile = await openForwardFile(directory)
  const targetFile = await openTargetFile(directory)
  const givenFile = await openGivenFile(directory)
  const ledger = await openLedger({ directory, door: 'app' })
  const lastRunFile = await openLastRunFile(directory)
  return {
    settings,
    forwardFile,
    targetFile,
    givenFile,
    lastRunFile,
    ledger,
    keptAside: [
      ['settings', settings.keptAside],
      ['saved forwards', forwardFile.keptAside],
      ['saved targets', targetFile.keptAside],
      ['open sessions', ledger.keptAside],
      ['what ran last', lastRunFile.keptAside],
    ],
    close: async () => {
      await Promise.all([settings, forwardFile, targetFile, givenFile, ledger, lastRunFile].map((file) => file.close()))
    },
  }
}
