// Redeems a token at its holder: the side of the command that attends.
//
// Needs no variables, no home and no data directory. The token is sent only to a socket of this user's, in a folder that no one else can
// use.

import { AppError } from '../../../shared/errors'
import { authorizationSocketPath } from '../lock/socketpath'
import { LINE_PROTOCOL, LOCAL_PORT_HEADER, REDEEM_PATH } from './holder'
import type { Line } from './line/line'
import { openLine } from './line/opening'
import type { AuthorizationToken } from './tokens/token'

/**
 * Redeems the token, for a listener on `localPort` where one is given; resolves with the line to its holder, which the caller owns. Rejects with `authorization-refused` for an unknown, used
 * or expired one, `not-running` where its holder is gone, `data-directory` for a socket of somebody else, `timeout` and `protocol`.
 */
export function redeem({ holder, secret }: AuthorizationToken, localPort?: number): Promise<Line> {
  return openLine({
    path: authorizationSocketPath(holder, process.getuid?.()),
    url: REDEEM_PATH,
    protocol: LINE_PROTOCOL,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(localPort === undefined ? {} : { [LOCAL_PORT_HEADER]: String(localPort) }),
    },
    subject: 'The Culvert that authorized the session',
    gone: holderGone,
  })
}

/** The error of a token whose holder is not there any more: `not-running`. */
function holderGone(): AppError {
  return new AppError(
    'not-running',
    'The Culvert that authorized the session is not running any more, and its authorizations have ended with it. Run culvert authorize again.',
  )
}
