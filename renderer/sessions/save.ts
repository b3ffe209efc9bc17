// Saves sessions as a file: created in the page in pieces, offered to the browser as a download.

import { toWireError } from '../../shared/errors'
import type { AccountSession } from '../../shared/model/accountsession'
import { saveParts, stampOf } from '../parts/save'
import type { Page } from '../store'
import { exportParts, exportPieces, type ExportFormat } from './words/export'

const TYPES: Readonly<Record<ExportFormat, string>> = { csv: 'text/csv', json: 'application/json' }

/** Lets the page draw. */
function rest(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}

/** Offers the sessions as a file. Never rejects: a failure becomes a toast. */
export async function saveSessions(
  page: Page,
  sessions: readonly AccountSession[],
  format: ExportFormat,
): Promise<void> {
  const nowAt = Date.now()
  try {
    const parts = await exportParts(exportPieces(sessions, format, nowAt), rest)
    saveParts(parts, { fileName: `sessions ${stampOf(nowAt)}.${format}`, type: TYPES[format] })
  } catch (error) {
    page.toast({ tone: 'failed', title: 'The sessions were not exported.', text: toWireError(error).message })
  }
}
