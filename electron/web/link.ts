// One page's Link over a WebSocket: the token first, then requests and events as shared/api.ts has them.
//
// Data that the page has not read stays in this process. Unread events are limited by the feed (page/feed.ts), which sends the whole state
// later. Answers cannot be replaced by the state: each counts as a request under way until the system has taken it. A page that asks and
// never reads is dropped; a page that asks for much at once, such as every terminal after a reload, gets all of it.

import * as z from 'zod'
import type { RawData, WebSocket } from 'ws'
import type { ResponseMessage } from '../../shared/api'
import { encodeOutput, encodePiece, encodeReplay } from '../../shared/api/frames'
import { requests } from '../../shared/api/requests'
import { toWireError } from '../../shared/errors'
import type { Core } from '../core/coreparts'
import { Feed } from '../page/feed'
import { isToken } from '../page/policy'

const TOKEN_WAIT_MS = 5_000
// Requests under way at once. A page has one for each terminal whose shell takes no input, and a few more.
const MAX_PENDING = 256
const CLOSE_POLICY = 1_008
const CLOSE_TRY_AGAIN = 1_013

/** One request as it crosses a Link; `id` is chosen by the asker and unique on its link. */
const requestMessage = z.strictObject({ id: z.number().int(), name: z.string(), parameters: z.unknown() })

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

/** A binary frame for the output of a terminal and for a piece of a recording, JSON for all other answers. */
function encode(message: ResponseMessage): string | Uint8Array {
  if (!message.ok) return JSON.stringify(message)
  const { id, value } = message
  if (requests['terminal.replay'].answer(value)) return encodeReplay(id, value)
  return requests['recording.read'].answer(value) ? encodePiece(id, value) : JSON.stringify(message)
}

/**
 * Serves one socket until it closes. Nothing is answered before the token was right; it must come within 5 s. A page that is too
 * slow for that, on a busy computer, is told to try again: only a wrong token is refused for good.
 */
export function serveLink(socket: WebSocket, core: Core, token: string): void {
  const client = core.connect()
  const feed = new Feed(client, (message, sequence) => {
    // The socket is closing: sending would fail.
    if (socket.readyState !== socket.OPEN) feed[Symbol.dispose]()
    // Written to the system counts as taken: its buffers are small, and full when the page does not read.
    else {
      socket.send(typeof message === 'string' ? message : encodeOutput(message), (error) => {
        if (!error) feed.taken(sequence)
      })
    }
  })
  const timer = setTimeout(() => socket.close(CLOSE_TRY_AGAIN, 'no token'), TOKEN_WAIT_MS)
  let pending = 0
  const onRequest = (data: RawData): void => {
    // Messages may still arrive after we have begun to close.
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
      if (socket.readyState === socket.OPEN) socket.send(encode(message), () => (pending -= 1))
    }
    client.handle(request.name, request.parameters).then(
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
    socket.on('message', onRequest)
    feed.follow()
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    clearTimeout(timer)
    feed[Symbol.dispose]()
    client[Symbol.dispose]()
  })
}
