// Which requests are accepted: those of programs on this computer that name a loopback host, and never those of a web page.
//
// A browser sends Origin with every WebSocket and every cross-site POST, and a rebound name shows in Host. Both are
// refused before the rest of the request is read.

import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i

/** Whether a request names a loopback host and does not come from a web page. */
export function isWelcome(request: IncomingMessage): boolean {
  return request.headers.origin === undefined && LOOPBACK.test(request.headers.host ?? '')
}
