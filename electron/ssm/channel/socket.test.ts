import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { AppError } from '../../../shared/errors'
import { output } from '../../../e2e/kit/wire/naive'
import { Channel } from './channel'
import { dial } from './socket'
import type { Wire } from './wire'

let server: Server
let sockets: WebSocketServer
let upgrades: IncomingMessage[]
let answer: (request: IncomingMessage, socket: Socket, head: Buffer) => void
let accepted: Promise<WebSocket>
const never = new AbortController().signal

beforeEach(async () => {
  upgrades = []
  sockets = new WebSocketServer({ noServer: true })
  server = createServer()
  accepted = new Promise((resolve) => sockets.once('connection', resolve))
  answer = (request, socket, head) =>
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request))
  server.on('upgrade', (request, socket, head) => {
    upgrades.push(request)
    answer(request, socket as Socket, head)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  for (const each of sockets.clients) each.terminate()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const url = (path: string): string => `ws://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

function listen(wire: Wire) {
  const heard: { messages: Buffer[]; closed: AppError[] } = { messages: [], closed: [] }
  const gone = new Promise<AppError>((resolve) =>
    wire.listen({
      message: (data) => heard.messages.push(data),
      pong: () => undefined,
      closed: (cause) => {
        heard.closed.push(cause)
        resolve(cause)
      },
    }),
  )
  return { heard, gone }
}

describe('dialling the message gateway', () => {
  it('check 8: uses the bytes of the URL as they came and offers neither extension nor subprotocol', async () => {
    const path = '/v1/data-channel/s-1?role=publish_subscribe&cell-number=Ab+c/d=='
    const wire = await dial({ url: url(path), headers: { 'x-amz-date': 'now' }, agent: undefined, signal: never })
    const [request] = upgrades
    expect(request!.url).toBe(path)
    expect(request!.headers['x-amz-date']).toBe('now')
    expect(request!.headers['sec-websocket-extensions']).toBeUndefined()
    expect(request!.headers['sec-websocket-protocol']).toBeUndefined()
    expect(request!.headers['origin']).toBeUndefined()
    wire.terminate()
  })

  it('passes on binary messages and ignores text', async () => {
    const wire = await dial({ url: url('/'), headers: {}, agent: undefined, signal: never })
    const { heard, gone } = listen(wire)
    const peer = await accepted
    peer.send('text')
    peer.send(Buffer.from('binary'))
    peer.close(1_000, 'Bye')
    expect((await gone).message).toContain('1000, Bye')
    expect(heard.messages.map((each) => each.toString())).toEqual(['binary'])
    expect(heard.closed.length).toBe(1)
  })

  it('says when the peer resets the connection', async () => {
    const wire = await dial({ url: url('/'), headers: {}, agent: undefined, signal: never })
    const { gone } = listen(wire)
    const peer = await accepted
    peer.terminate()
    expect((await gone).code).toBe('network')
  })

  it('tells a refusal from other answers, and a closed port from both', async () => {
    const outcomes: string[] = []
    for (const status of [
      '401 Unauthorized',
      '403 Forbidden',
      '500 Oops',
      '302 Found\r\nLocation: ws://127.0.0.1:1/',
    ]) {
      answer = (_request, socket) => socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
      await dial({ url: url('/'), headers: {}, agent: undefined, signal: never }).catch((error: AppError) =>
        outcomes.push(error.code),
      )
    }
    await dial({ url: 'ws://127.0.0.1:1/', headers: {}, agent: undefined, signal: never }).catch((error: AppError) =>
      outcomes.push(error.code),
    )
    expect(outcomes).toEqual(['upgrade-refused', 'upgrade-refused', 'network', 'network', 'network'])
  })

  it('stops dialling when it is aborted, with the reason of the signal', async () => {
    answer = () => undefined
    const controller = new AbortController()
    const dialled = dial({ url: url('/'), headers: {}, agent: undefined, signal: controller.signal })
    const reason = new AppError('session-ended', 'changed our mind')
    controller.abort(reason)
    await expect(dialled).rejects.toBe(reason)
  })

  it('says goodbye with 1000', async () => {
    const wire = await dial({ url: url('/'), headers: {}, agent: undefined, signal: never })
    const peer = await accepted
    const code = new Promise((resolve) => peer.once('close', resolve))
    wire.close(1_000)
    expect(await code).toBe(1_000)
  })
})

describe('a gateway that floods and reads nothing', () => {
  it('fills neither the socket with acknowledgements nor with pongs, and is served when it reads again', async () => {
    const wire = await dial({ url: url('/'), headers: {}, agent: undefined, signal: never })
    const gateway = await accepted
    gateway.pause()
    const lost: AppError[] = []
    let received = 0
    let most = 0
    let tell: () => void = () => undefined
    const channel = new Channel({
      handlers: {
        ready: () => ({
          receive: () => {
            received += 1
            tell()
          },
        }),
        lost: (cause) => lost.push(cause),
        resumed: () => undefined,
        closed: () => undefined,
        failed: (error) => lost.push(error),
      },
    })
    const watched: Wire = {
      ...bound(wire),
      get bufferedBytes() {
        most = Math.max(most, wire.bufferedBytes)
        return wire.bufferedBytes
      },
    }
    channel.attach(watched, 'token')
    const flood = 60_000
    const frame = output(0, 'x')
    for (let sequence = 0; sequence < flood; sequence += 1) {
      frame.writeBigInt64BE(BigInt(sequence), 48)
      gateway.send(Buffer.from(frame))
      gateway.ping(Buffer.alloc(125))
      if (gateway.bufferedAmount > 1_000_000) await new Promise((resolve) => setImmediate(resolve))
    }
    gateway.send(output(flood, 'the last one'), () => undefined)
    await vi.waitFor(() => expect(gateway.bufferedAmount).toBe(0), { timeout: 20_000 })
    expect(lost).toEqual([])
    // Acknowledgements of all would be 19 MB, pongs of all 7 MB.
    expect(received).toBeLessThan(flood)
    expect(most).toBeLessThan(1_200_000)
    const next = received
    gateway.resume()
    await vi.waitFor(() => expect(wire.bufferedBytes).toBe(0), { timeout: 20_000 })
    const taken = new Promise<void>((resolve) => {
      tell = resolve
    })
    gateway.send(output(next, 'again'))
    await taken
    expect(received).toBe(next + 1)
    channel.close()
  })
})

/** The wire with its methods as own properties. */
function bound(wire: Wire): Omit<Wire, 'bufferedBytes'> {
  return {
    send: (data) => wire.send(data),
    ping: () => wire.ping(),
    close: (code) => wire.close(code),
    terminate: () => wire.terminate(),
    listen: (listener) => wire.listen(listener),
  }
}
