// The id of a pending authorization, which stands for the id of its session until one is started: `pending:RECORD`.

const PENDING_ID = /^pending:([0-9a-f]{12})$/

/** The id of the authorization on record as `recordId`. */
export function pendingId(recordId: string): string {
  return `pending:${recordId}`
}

/** The record that the id of a pending authorization names; undefined for the id of a session. */
export function pendingRecordId(sessionId: string): string | undefined {
  return PENDING_ID.exec(sessionId)?.[1]
}
