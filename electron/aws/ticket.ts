// The ticket of a session, as StartSession and ResumeSession answer it. Pure.

import type { SessionTicket } from '../../shared/session'

/** Ten times the limits that AWS documents. Longer ids, URLs and tokens are refused. */
const MAX_ID = 256
const MAX_TICKET_TEXT = 16_384

/** The ticket in an answer of AWS; undefined where a part is missing or longer than possible. */
export function ticketOf(sessionId: string, streamUrl?: string, tokenValue?: string): SessionTicket | undefined {
  if (!sessionId || !streamUrl || !tokenValue) return undefined
  const isLong = streamUrl.length > MAX_TICKET_TEXT || tokenValue.length > MAX_TICKET_TEXT
  return isLong || sessionId.length > MAX_ID ? undefined : { sessionId, streamUrl, tokenValue }
}
