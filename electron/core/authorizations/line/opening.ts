// Opens a line to another Culvert of this user: an HTTP upgrade on its socket. Owns the connection until it has become a line.

import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { AppError, asError, codeOf } from '../../../../shared/errors'
import { readReply } from '../../lock/asking'
import { readBody } from '../../lock/exchange'
import { checkOwnSocket } from '../../lock/socketpath'
import { Line } from './line'

/** The other end answers at once, unless its process is stopped or overloaded. */
const ANSWER_MS = 15_000

/** Where a line is opened, and the errors of its far end. */
export interface LineTo {
  readonly path: string
  /** The path of the request. */
  readonly url: string
  /** The protocol of the upgrade. */
  readonly protocol: string
  readonly headers?: OutgoingHttpHeaders
  /** Absent: 15 s. */
  readonly answerMs?: number
  /** "The Culvert that …": for errors. */
  readonly subject: string
  /** The error where no process is there. */
  readonly gone: () => AppError
}

/**
 * Resolves with the line, which the caller owns. Only a socket of this user's, in a folder that no one else can use, is connected to.
 * Rejects with `gone()`, `data-directory` for a socket of another user, `timeout`, `protocol`, and the error that is answered.
 */
export async function openLine(to: LineTo): Promise<Line> {
  const { path, url, protocol, headers, answerMs = ANSWER_MS, subject, gone } = to
  await checkOwnSocket(path).catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? gone() : error
  })
  const socket = connect(path)
  // For the whole life of the socket: an unheard error ends the process.
  socket.on('error', () => undefined)
  const timer = setTimeout(() => {
    socket.destroy(new AppError('timeout', `${subject} does not answer: look at it, then try again.`))
  }, answerMs)
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
        path: url,
        headers: { connection: 'Upgrade', upgrade: protocol, ...headers },
      })
      request.on('error', (error) => reject(failureOf(error)))
      request.once('upgrade', (_response, upgradedSocket, head) => resolve(new Line(upgradedSocket, head)))
      request.once('response', (response) => {
        void readBody(response).then((body) => {
          try {
            if (body.kind !== 'whole') throw gone()
            readReply({ status: response.statusCode ?? 0, text: body.text })
            throw new AppError('protocol', `${subject} gave no sensible answer: restart it.`)
          } catch (error) {
            reject(failureOf(error))
          }
        })
      })
      request.end()
    })
  }

  function failureOf(error: unknown): Error {
    const code = codeOf(error)
    if (error instanceof AppError) return error
    return code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ECONNRESET' ? gone() : asError(error)
  }
}
