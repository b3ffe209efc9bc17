// One HTTP request of the simulator: checks where it comes from, reads its body up to a bound, and has it answered.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { isWelcome } from '../gateway/door'
import { ADMIN_PATH, answerAdmin, type AdminOptions } from './admin'
import { answerApi, type ApiOptions } from './api'

/** Larger requests are refused; those of the SDK have some hundred bytes. */
const MAX_BODY_BYTES = 1_048_576

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    const buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    bytes += buffer.length
    if (bytes > MAX_BODY_BYTES) return undefined
    chunks.push(buffer)
  }
  return Buffer.concat(chunks)
}

/** Answers a request: 403 for what a browser could send, 413 for a body over 1 MiB, else the admin call or the API. Rejects when the request is cut off. */
export async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  options: ApiOptions & AdminOptions,
): Promise<void> {
  if (!isWelcome(request)) {
    response.writeHead(403, { connection: 'close' }).end()
    return
  }
  const body = await readBody(request)
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const { method = '', url = '', headers } = request
  const asked = { method, url, headers, body }
  const answer = url === ADMIN_PATH ? answerAdmin(asked, options) : await answerApi(asked, options)
  response.writeHead(answer.status, { 'content-type': answer.contentType }).end(answer.body)
}
