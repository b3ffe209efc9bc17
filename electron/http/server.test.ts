// The bounds over real sockets; each door's own are in its tests.

import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createBoundedServer, type BoundedServer, type ServerBounds } from './server'

async function opened(bounds: Partial<ServerBounds> = {}): Promise<{ bounded: BoundedServer; port: number }> {
  const bounded = createBoundedServer({ requestMs: 60_000, maxConnections: 8, ...bounds })
  await bounded.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(async () => {
    const closed = once(bounded.server, 'close')
    bounded.server.close()
    bounded.destroySockets()
    await closed
  })
  return { bounded, port: (bounded.server.address() as AddressInfo).port }
}

function client(port: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

test('a request that does not come whole is ended', async () => {
  const { port } = await opened({ requestMs: 50 })
  const socket = client(port)
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n')
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(/^HTTP\/1.1 408 /)
})

test('an answer that is not read is ended where that is bounded, one in the making is not', async () => {
  const { bounded, port } = await opened({ unreadMs: 1 })
  const asked = once(bounded.server, 'request')
  const accepted = once(bounded.server, 'connection')
  const socket = client(port)
  socket.pause()
  socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n')
  const [, response] = (await asked) as [unknown, { end(body: Buffer): void }]
  const [far] = (await accepted) as [Socket]
  expect(far.timeout ?? 0).toBe(0)
  response.end(Buffer.alloc(32 * 1_024 * 1_024))
  await once(far, 'close')
})

test('no more connections are taken than allowed, and others when those are gone', async () => {
  const { bounded, port } = await opened({ maxConnections: 1 })
  bounded.server.on('request', (_request, response) => response.end('yes'))
  const first = client(port)
  await once(first, 'connect')
  const second = client(port)
  await once(second.resume(), 'end')
  const gone = once(first, 'close')
  first.destroy()
  await gone
  await expect
    .poll(
      () =>
        new Promise((resolve) => {
          request({ port, agent: false }, (response) => resolve(response.resume().statusCode))
            .on('error', () => resolve(undefined))
            .end()
        }),
    )
    .toBe(200)
})

test('a port that is in use rejects, and leaves no listener behind', async () => {
  const { port } = await opened()
  const other = createBoundedServer({ requestMs: 60_000, maxConnections: 8 })
  await expect(other.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('destroying ends sockets that were upgraded, and one that is reset meanwhile hurts nothing', async () => {
  const { bounded, port } = await opened()
  const upgraded = once(bounded.server, 'upgrade')
  const head = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: x\r\n\r\n'
  const [socket, reset] = [client(port), client(port)]
  socket.write(head)
  const [, far] = (await upgraded) as [unknown, Socket]
  const again = once(bounded.server, 'upgrade')
  reset.write(head)
  const [, other] = (await again) as [unknown, Socket]
  // Not by once(), which would add an error listener.
  const gone = new Promise<void>((resolve) => other.once('close', () => resolve()))
  reset.resetAndDestroy()
  other.resume()
  await gone
  bounded.destroySockets()
  await once(far, 'close')
})
