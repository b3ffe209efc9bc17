// One window's Link over a WebSocket: the token first, then requests and events as shared/api.ts has them.

import * as z from 'zod'
import type { RawData, WebSocket } from 'ws'
import { requestMessage, type EventMessage, type ResponseMessage } from '../../shared/api'
import { toWireError } from '../../shared/errors'
import type { Core } from '../core/core'
import { isToken } from './guard'

const TOKEN_WAIT_MS = 5_000
// A window that reads nothing must not fill the core's process: it is dropped, and finds the whole state when it is back.
const MAX_BACKLOG_BYTES = 16 * 1_024 * 1_024
// Requests under way at once. A page has one for each terminal that takes nothing, and a handful more.
const MAX_PENDING = 256
const CLOSE_POLICY = 1_008
const CLOSE_TRY_AGAIN = 1_013

const hello = z.strictObject({ token: z.string() })

function toText(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}

function parse<T>(data: RawData, schema: z.ZodType<T>): T | undefined {
  let value: unknown
  try {
    value = JSON.parse(toText(data))
  } catch {
    return undefined
  }
  const result = schema.safeParse(value)
  return result.success ? result.data : undefined
}

/**
 * Serves one socket until it closes. Nothing is answered before the token was right; it must come within 5 s. A page that is too
 * slow for that, on a busy computer, is told to try again: only a wrong token is refused for good.
 */
export function serveLink(socket: WebSocket, core: Core, token: string): void {
  let unsubscribe: () => void = () => undefined
  const timer = setTimeout(() => socket.close(CLOSE_TRY_AGAIN, 'no token'), TOKEN_WAIT_MS)
  const send = (message: ResponseMessage | EventMessage): void => {
    if (socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.close(CLOSE_TRY_AGAIN, 'too slow')
    else socket.send(JSON.stringify(message))
  }
  let pending = 0
  const onRequest = (data: RawData): void => {
    // What came in before the other side saw that we close.
    if (socket.readyState !== socket.OPEN) return
    const request = parse(data, requestMessage)
    if (request === undefined) {
      socket.close(CLOSE_POLICY, 'malformed request')
      return
    }
    if (pending >= MAX_PENDING) {
      socket.close(CLOSE_TRY_AGAIN, 'too many requests')
      return
    }
    pending += 1
    const answer = (message: ResponseMessage): void => {
      pending -= 1
      send(message)
    }
    core.handle(request.name, request.parameters).then(
      (value) => answer({ id: request.id, ok: true, value }),
      (error: unknown) => answer({ id: request.id, ok: false, error: toWireError(error) }),
    )
  }
  socket.once('message', (data) => {
    clearTimeout(timer)
    if (!isToken(parse(data, hello)?.token, token)) {
      socket.close(CLOSE_POLICY, 'wrong token')
      return
    }
    unsubscribe = core.subscribe((event, value) => send({ event, value }))
    socket.on('message', onRequest)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    clearTimeout(timer)
    unsubscribe()
  })
}
