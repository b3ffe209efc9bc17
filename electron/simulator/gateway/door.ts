// Who may knock: only programs of this computer that speak to a loopback name, and never a web page.
//
// A browser sends Origin with every WebSocket and every cross-site POST, and a rebound name shows in Host. Both are
// refused before anything else is looked at.

import type { IncomingMessage } from 'node:http'

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i

/** Whether a request comes from where requests may come from. */
export function isWelcome(request: IncomingMessage): boolean {
  return request.headers.origin === undefined && LOOPBACK.test(request.headers.host ?? '')
}
