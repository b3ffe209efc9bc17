// Which requests are let in: those to a loopback name from a program of this computer, and none of a web page.
//
// A browser sends Origin with every WebSocket and every cross-site POST, and a rebound name shows in Host. Both are
// refused before anything else is looked at.

import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i

/** Whether a request may be answered: it has no Origin, and its Host is a loopback name. */
export function isWelcome(request: IncomingMessage): boolean {
  return request.headers.origin === undefined && LOOPBACK.test(request.headers.host ?? '')
}
