// The limits of the web door's server over real sockets. What a socket does is seen from the server's side too: a client that
// reads nothing does not see that it was closed.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openServer, refuseUpgrade, type LoopbackServer, type ServerLimits } from './server'

const HEAD = 'GET / HTTP/1.1\r\nhost: a\r\n'

async function opened(limits: ServerLimits = {}): Promise<LoopbackServer> {
  const one = await openServer(0, limits)
  onTestFinished(() => one[Symbol.asyncDispose]())
  return one
}

/** A client and the server's end of its connection. */
async function join({ server, port }: LoopbackServer): Promise<{ client: Socket; far: Socket }> {
  const accepted = once(server, 'connection')
  // It never ends its half by itself, whatever the server does.
  const client = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  client.on('error', () => undefined)
  onTestFinished(() => void client.destroy())
  const [far] = (await accepted) as [Socket]
  return { client, far }
}

/** Resolves when a socket has closed; unlike `once`, also by an error. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

test('a connection that says nothing is closed, and so is one that stops in the middle of its head', async () => {
  const one = await opened({ quietMs: 50 })
  const silent = await join(one)
  const half = await join(one)
  half.client.write(HEAD)
  await Promise.all([closed(silent.far), closed(half.far)])
})

test('a request that comes byte by byte and never ends is closed for that', async () => {
  // Long enough that the machine never makes the client look silent.
  const one = await opened({ quietMs: 1_000 })
  one.server.on('request', (request) => request.resume())
  const { client, far } = await join(one)
  const errors: unknown[] = []
  far.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code))
  client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n')
  const trickle = (): void => {
    if (client.writable) client.write('x', () => setImmediate(trickle))
  }
  trickle()
  await closed(far)
  expect(errors).toEqual(['ERR_HTTP_REQUEST_TIMEOUT'])
})

test('a client that does not read its answer is closed', async () => {
  const one = await opened({ quietMs: 50 })
  // More than the buffers of the system take.
  one.server.on('request', (_request, response) => response.end(Buffer.alloc(32 * 1_024 * 1_024)))
  const { client, far } = await join(one)
  client.pause()
  client.write(`${HEAD}\r\n`)
  await closed(far)
})

test('an upgrade that is refused is answered and closed, also where its client keeps its half open', async () => {
  const one = await opened()
  one.server.on('upgrade', (_request, socket: Socket) => refuseUpgrade(socket))
  const { client, far } = await join(one)
  client.write(`${HEAD}connection: upgrade\r\nupgrade: websocket\r\n\r\n`)
  const [[answer]] = (await Promise.all([once(client, 'data'), closed(far)])) as [[Buffer], unknown]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /)
})

test('an upgrade that is refused behind an answer that is not read is closed', async () => {
  const one = await opened({ quietMs: 50 })
  one.server.on('request', (_request, response) => response.end(Buffer.alloc(32 * 1_024 * 1_024)))
  one.server.on('upgrade', (_request, socket: Socket) => refuseUpgrade(socket))
  const { client, far } = await join(one)
  client.pause()
  client.write(`${HEAD}\r\n${HEAD}connection: upgrade\r\nupgrade: websocket\r\n\r\n`)
  await closed(far)
})

test('an upgrade that is refused and then reset is no error of the process', async () => {
  const faults: unknown[] = []
  const note = (error: unknown): unknown => faults.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))
  const one = await opened()
  one.server.on('upgrade', (_request, socket: Socket) => refuseUpgrade(socket))
  const upgrade = `${HEAD}connection: upgrade\r\nupgrade: websocket\r\n\r\n`
  for (let count = 0; count < 8; count += 1) {
    const { client, far } = await join(one)
    client.write(upgrade, () => client.resetAndDestroy())
    await closed(far)
  }
  expect(faults).toEqual([])
})

test('more connections than allowed are closed as they come, and there is room again when one has gone', async () => {
  const one = await opened({ maxConnections: 1 })
  one.server.on('request', (_request, response) => response.end())
  const first = await join(one)
  const second = connect(one.port, '127.0.0.1')
  second.on('error', () => undefined)
  await closed(second)
  first.client.destroy()
  await closed(first.far)
  const { client } = await join(one)
  client.write(`${HEAD}\r\n`)
  const [answer] = (await once(client, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /)
})

test('connections that could not be accepted are no error of the process, however many', async () => {
  const { server } = await opened()
  const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })
  for (let count = 0; count < 3; count += 1) server.emit('error', error)
  expect(server.listening).toBe(true)
})

test('disposing destroys silent sockets and upgraded ones, and resolves', async () => {
  const one = await openServer(0)
  const upgraded = once(one.server, 'upgrade')
  const silent = await join(one)
  const taken = await join(one)
  taken.client.write(`${HEAD}connection: upgrade\r\nupgrade: other\r\n\r\n`)
  await upgraded
  await Promise.all([one[Symbol.asyncDispose](), one[Symbol.asyncDispose]()])
  expect([silent.far.destroyed, taken.far.destroyed]).toEqual([true, true])
})
