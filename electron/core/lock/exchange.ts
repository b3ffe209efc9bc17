// One question to a socket: a JSON line out, a line back, then it is closed. Also the reading of such a line, for both ends.
//
//   {"who":true}\n          →  {"ok":true,"value":{"pid":…,"door":"window","startedAt":…}}\n
//   {"forward":"up",…}\n    →  {"ok":false,"error":{"code":"…","message":"…"}}\n
//
// Does not own what is asked or what an answer means.

import { connect, type Socket } from 'node:net'
import { codeOf } from '../../../shared/errors'

/** Longer lines are refused at both ends. */
export const MAX_LINE_BYTES = 65_536

const LINE_BREAK = 0x0a

/** What came instead of a line. */
export type LineResult =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'closed' }

/** What became of a question. `absent`: nobody listens there. `closed`: somebody did and went away. */
export type ExchangeResult =
  | LineResult
  | { readonly kind: 'absent' | 'silent' }
  | { readonly kind: 'failed'; readonly error: Error }

/**
 * Reads the first line, without its break; what follows it is dropped. Never rejects. The caller keeps a listener for
 * 'error' and sees to a deadline by destroying the socket.
 */
export function readLine(socket: Socket): Promise<LineResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    const finish = (result: LineResult): void => {
      socket.off('data', take)
      resolve(result)
    }
    const take = (chunk: Buffer): void => {
      const end = chunk.indexOf(LINE_BREAK)
      const part = end === -1 ? chunk : chunk.subarray(0, end)
      chunks.push(part)
      sizeBytes += part.length
      if (sizeBytes > MAX_LINE_BYTES) finish({ kind: 'too-long' })
      else if (end !== -1) finish({ kind: 'line', text: Buffer.concat(chunks).toString() })
    }
    socket.on('data', take)
    socket.once('end', () => finish({ kind: 'closed' }))
    socket.once('close', () => finish({ kind: 'closed' }))
  })
}

/** Asks the socket at `path`. Never rejects; the connection is gone when it resolves. */
export async function exchange(path: string, request: unknown, timeoutMs: number): Promise<ExchangeResult> {
  const socket = connect(path)
  let isConnected = false
  let isLate = false
  let failure: Error | undefined
  const timer = setTimeout(() => {
    isLate = true
    socket.destroy()
  }, timeoutMs)
  socket.once('connect', () => {
    isConnected = true
    socket.write(`${JSON.stringify(request)}\n`)
  })
  // For the whole life of the socket: an error that is not heard ends the process.
  socket.on('error', (error) => {
    failure ??= error
  })
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  const result = await readLine(socket)
  clearTimeout(timer)
  socket.destroy()
  await closed
  if (result.kind !== 'closed') return result
  if (isLate) return { kind: 'silent' }
  if (isConnected || failure === undefined) return result
  const code = codeOf(failure)
  return code === 'ENOENT' || code === 'ECONNREFUSED' ? { kind: 'absent' } : { kind: 'failed', error: failure }
}

/** Whether somebody listens at `path`. `dead`: somebody did. Whatever is not sure counts as alive. */
export function look(path: string): Promise<'alive' | 'dead' | 'absent'> {
  return new Promise((resolve) => {
    const socket = connect(path)
    // Before and after the answer too: an error that is not heard ends the process.
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
