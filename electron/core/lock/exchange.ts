// One question to a socket: an HTTP request out, its answer back, then the connection is closed. Also the reading of a body, for both ends.
//
//   GET /who                                   200  {"pid":…,"door":"window","startedAt":…}
//   POST /request  {"forward":"up","name":…}   200  what the holder answers, as JSON
//                                              4xx, 503  {"code":"…","message":"…"}: a WireError
//
// Earlier versions of Culvert spoke lines of JSON. They answer an HTTP request with such a line, which is `unreadable` here. Their
// own lines get 400 from Node, and they report an answer that makes no sense. Does not own the meaning of requests or answers.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { deferred } from '../../../shared/deferred'
import { codeOf } from '../../../shared/errors'

/** Longer bodies are refused at both ends. */
export const MAX_BODY_BYTES = 65_536

/** Where a holder says who it is. */
export const WHO_PATH = '/who'

/** Where a holder takes requests. */
export const REQUEST_PATH = '/request'

/** A question: who the holder is, or a request, which crosses as JSON. */
export type Question = { readonly kind: 'who' } | { readonly kind: 'request'; readonly request: unknown }

/** The outcome of reading a body. */
export type Body =
  | { readonly kind: 'whole'; readonly text: string }
  /** It is longer than `MAX_BODY_BYTES`. */
  | { readonly kind: 'too-long' }
  /** The connection closed before the body was whole. */
  | { readonly kind: 'closed' }

/** The outcome of a question. */
export type ExchangeResult =
  | { readonly kind: 'answer'; readonly status: number; readonly text: string }
  /** `absent`: no process listens there. `closed`: the connection ended without an answer. `unreadable`: the answer is no HTTP. */
  | { readonly kind: 'absent' | 'closed' | 'silent' | 'too-long' | 'unreadable' }
  | { readonly kind: 'failed'; readonly error: Error }

/** Reads a body to its end; bytes beyond the limit are dropped. Never rejects. The caller sets the deadline. */
export function readBody(message: IncomingMessage): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    message.on('error', () => undefined /* 'close' follows */)
    message.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length
      if (sizeBytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else resolve({ kind: 'too-long' })
    })
    message.once('end', () => resolve({ kind: 'whole', text: Buffer.concat(chunks).toString() }))
    message.once('close', () => resolve({ kind: 'closed' }))
  })
}

/** Asks the socket at `path`. Never rejects; the connection is gone when it resolves. */
export async function exchange(path: string, question: Question, timeoutMs: number): Promise<ExchangeResult> {
  const socket = connect(path)
  let isConnected = false
  let isLate = false
  let failure: Error | undefined
  let answer: Promise<ExchangeResult> | undefined
  const fail = (error: Error): void => {
    failure ??= error
  }
  // Both for the whole life of the socket: an unheard error ends the process.
  socket.on('error', fail)
  const closed = deferred()
  socket.once('close', () => closed.resolve())
  socket.once('connect', () => {
    isConnected = true
  })
  const timer = setTimeout(() => {
    isLate = true
    socket.destroy()
  }, timeoutMs)
  const body = question.kind === 'who' ? undefined : JSON.stringify(question.request)
  const request = httpRequest({
    createConnection: () => socket,
    ...(body === undefined
      ? { path: WHO_PATH }
      : { method: 'POST', path: REQUEST_PATH, headers: { 'content-type': 'application/json' } }),
  })
  request.on('error', fail)
  request.once('response', (response) => {
    answer = readBody(response).then((read) => {
      socket.destroy()
      return read.kind === 'whole' ? { kind: 'answer', status: response.statusCode ?? 0, text: read.text } : read
    })
  })
  request.end(body)
  await closed.promise
  clearTimeout(timer)
  const read = await answer
  if (read !== undefined && read.kind !== 'closed') return read
  if (isLate) return { kind: 'silent' }
  const code = codeOf(failure)
  if (code?.startsWith('HPE_') === true) return { kind: 'unreadable' }
  if (isConnected || failure === undefined) return { kind: 'closed' }
  return code === 'ENOENT' || code === 'ECONNREFUSED' ? { kind: 'absent' } : { kind: 'failed', error: failure }
}

/**
 * Looks whether a process listens at `path`. `dead`: the socket of a process that is gone. `absent`: no such file. Every other
 * error counts as alive, because a living lock must never be taken over.
 */
export function look(path: string): Promise<'alive' | 'dead' | 'absent'> {
  return new Promise((resolve) => {
    const socket = connect(path)
    // For the whole life of the socket: an unheard error ends the process.
    socket.on('error', () => undefined)
    socket.once('connect', () => {
      socket.destroy()
      resolve('alive')
    })
    socket.once('error', (error) => {
      const code = codeOf(error)
      if (code === 'ENOENT') resolve('absent')
      else resolve(code === 'ECONNREFUSED' ? 'dead' : 'alive')
    })
  })
}
