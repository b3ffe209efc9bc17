// Exports and deletes recordings.

import { toWireError } from '../../shared/errors'
import type { Recording } from '../../shared/model/recording'
import { saveBlob } from '../parts/save'
import type { Page } from '../store'
import { loadFile } from './load'
import { exportName } from './words'

/** The most recordings of one request. */
const MAX_DELETED = 1_000

/** Offers the file of a recording as a download. Never rejects: a failure becomes a toast. */
export async function exportRecording(page: Page, recording: Recording): Promise<void> {
  const { signal } = new AbortController()
  try {
    const read = (offset: number) => page.request('recording.read', { recordingId: recording.id, offset })
    saveBlob(await loadFile(read, { signal, onBytes: () => undefined }), exportName(recording))
  } catch (error) {
    page.toast({ tone: 'failed', title: 'The recording was not exported.', text: toWireError(error).message })
  }
}

/** Deletes recordings. Never rejects: a failure becomes a toast. Resolves to whether all are deleted. */
export async function deleteRecordings(page: Page, recordings: readonly Recording[]): Promise<boolean> {
  for (let from = 0; from < recordings.length; from += MAX_DELETED) {
    const recordingIds = recordings.slice(from, from + MAX_DELETED).map(({ id }) => id)
    if (!(await page.ask('recording.delete', { recordingIds }))) return false
  }
  page.announce(recordings.length === 1 ? 'Recording deleted.' : `${recordings.length} recordings deleted.`)
  return true
}
