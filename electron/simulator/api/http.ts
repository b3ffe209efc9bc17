// The HTTP requests of the simulator: checks where one comes from, reads its body up to a bound, and has it answered.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { isWelcome } from '../gateway/door'
import { refuseUpgrade } from '../gateway/server'
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
async function answerHttp(
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

/** What happens to a request beside its answer. */
export interface HttpStage {
  /** Whether everything but orders is refused, as if the network were gone. */
  readonly isDark: () => boolean
  /** Takes an upgrade that was let in at the door. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
}

/** Answers every request and upgrade of `server`, until that is closed. */
export function serveHttp(server: Server, options: ApiOptions & AdminOptions, stage: HttpStage): void {
  server.on('request', (request, response) => {
    if (stage.isDark() && request.url !== ADMIN_PATH) {
      request.socket.destroy()
      return
    }
    // Every answer of AWS carries a request id.
    response.setHeader('x-amzn-requestid', randomUUID())
    // The request was cut off, the simulator is being disposed, or there is a fault in the simulator.
    answerHttp(request, response, options).catch(() => {
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { connection: 'close' }).end()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    if (stage.isDark()) socket.destroy()
    else if (isWelcome(request)) stage.upgrade(request, socket, head)
    else refuseUpgrade(socket, 403, 'Forbidden')
  })
}
