// An HTTP receiver for the tests of destinations: keeps what it was sent, and answers as it is told.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that the receiver got. */
export interface Got {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The receiver. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly got: Got[]
  /** The answers to the next requests, in order. When none is left, a request gets 200 and the body of `otherwise`. */
  readonly answers: ((got: Got, response: ServerResponse) => void)[]
  otherwise: (got: Got) => string
}

/** An answer with a status. */
export function status(code: number, body = '', headers: Readonly<Record<string, string>> = {}) {
  return (_got: Got, response: ServerResponse): void => {
    response.writeHead(code, headers).end(body)
  }
}

/** Starts a receiver on a free port. */
export async function startReceiver(): Promise<Receiver> {
  const got: Got[] = []
  const answers: ((got: Got, response: ServerResponse) => void)[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, path: url, headers, body: Buffer.concat(chunks).toString() }
      got.push(one)
      const answer = answers.shift()
      if (answer === undefined) response.end(receiver.otherwise(one))
      else answer(one, response)
    })
  })
  server.on('connection', (socket) => socket.on('error', () => undefined))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    got,
    answers,
    otherwise: () => '',
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return receiver
}
