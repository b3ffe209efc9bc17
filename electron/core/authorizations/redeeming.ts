// Redeems a token at its holder: the side of the command that attends.
//
// Needs no variables, no home and no data directory. The token is sent only to a socket of this user's, in a folder that no one else can
// use. Owns the connection until it has become a line.

import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { AppError, asError, codeOf } from '../../../shared/errors'
import { readReply } from '../lock/asking'
import { readBody } from '../lock/exchange'
import { authorizationSocketPath, checkOwnSocket } from '../lock/socketpath'
import { LINE_PROTOCOL, LOCAL_PORT_HEADER, REDEEM_PATH } from './holder'
import { Line } from './line/line'
import type { AuthorizationToken } from './tokens/token'

/** A holder answers at once, unless its process is stopped or overloaded. */
const ANSWER_MS = 15_000

/**
 * Redeems the token, for a listener on `localPort` where one is given; resolves with the line to its holder, which the caller owns. Rejects with `authorization-refused` for an unknown, used
 * or expired one, `not-running` where its holder is gone, `data-directory` for a socket of somebody else, `timeout` and `protocol`.
 */
export async function redeem({ holder, secret }: AuthorizationToken, localPort?: number): Promise<Line> {
  const path = authorizationSocketPath(holder, process.getuid?.())
  await checkOwnSocket(path).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? holderGone() : error
  })
  const socket = connect(path)
  // For the whole life of the socket: an unheard error ends the process.
  socket.on('error', () => undefined)
  const timer = setTimeout(() => {
    const text = 'The Culvert that authorized the session does not answer: look at it, then try again.'
    socket.destroy(new AppError('timeout', text))
  }, ANSWER_MS)
  try {
    return await upgraded()
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
  }

  function upgraded(): Promise<Line> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        createConnection: () => socket,
        path: REDEEM_PATH,
        headers: {
          connection: 'Upgrade',
          upgrade: LINE_PROTOCOL,
          authorization: `Bearer ${secret}`,
          ...(localPort === undefined ? {} : { [LOCAL_PORT_HEADER]: String(localPort) }),
        },
      })
      request.on('error', (error) => reject(failureOf(error)))
      request.once('upgrade', (_response, upgradedSocket, head) => resolve(new Line(upgradedSocket, head)))
      request.once('response', (response) => {
        void readBody(response).then((body) => {
          try {
            if (body.kind !== 'whole') throw holderGone()
            readReply({ status: response.statusCode ?? 0, text: body.text })
            throw new AppError(
              'protocol',
              'The Culvert that authorized the session gave no sensible answer: restart it.',
            )
          } catch (error) {
            reject(failureOf(error))
          }
        })
      })
      request.end()
    })
  }
}

function failureOf(error: unknown): Error {
  const code = codeOf(error)
  if (error instanceof AppError) return error
  return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' ? holderGone() : asError(error)
}

/** The error of a token whose holder is not there any more: `not-running`. */
function holderGone(): AppError {
  return new AppError(
    'not-running',
    'The Culvert that authorized the session is not running any more, and its authorizations have ended with it. Run culvert authorize again.',
  )
}
