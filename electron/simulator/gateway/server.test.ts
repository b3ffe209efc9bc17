import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openServer, refuseUpgrade, type LoopbackServer, type ServerLimits } from './server'

const HEAD = 'GET / HTTP/1.1\r\nhost: a\r\n'

async function opened(limits: ServerLimits = {}): Promise<LoopbackServer> {
  const one = await openServer(0, limits)
  onTestFinished(async () => {
    const closed = once(one.server, 'close')
    one.server.close()
    one.destroySockets()
    await closed
  })
  return one
}

/** A client that never ends its half, and the server's end of its connection. */
async function join({ server, port }: LoopbackServer): Promise<{ client: Socket; far: Socket }> {
  const accepted = once(server, 'connection')
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

test('a connection that says nothing is closed, and so is one whose request does not end', async () => {
  const one = await opened({ requestMs: 50 })
  one.server.on('request', (request) => request.resume())
  const silent = await join(one)
  const half = await join(one)
  half.client.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf')
  await Promise.all([closed(silent.far), closed(half.far)])
})

test('an answer that is made slowly is waited for, one that is not read is not', async () => {
  const one = await opened({ unreadMs: 1, requestMs: 60_000 })
  const asked = once(one.server, 'request')
  const { client, far } = await join(one)
  client.pause()
  client.write(`${HEAD}\r\n`)
  const [, response] = (await asked) as [unknown, { end(body: Buffer): void }]
  expect(far.timeout ?? 0).toBe(0)
  response.end(Buffer.alloc(32 * 1_024 * 1_024))
  await closed(far)
})

test('an upgrade that is refused is answered and closed, also behind an answer that is not read', async () => {
  const one = await opened({ unreadMs: 50 })
  one.server.on('request', (_request, response) => response.end(Buffer.alloc(32 * 1_024 * 1_024)))
  one.server.on('upgrade', (_request, socket: Socket) => refuseUpgrade(socket, 404, 'Not Found'))
  const upgrade = `${HEAD}connection: upgrade\r\nupgrade: websocket\r\n\r\n`
  const first = await join(one)
  first.client.write(upgrade)
  const [[answer]] = (await Promise.all([once(first.client, 'data'), closed(first.far)])) as [[Buffer], unknown]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  const second = await join(one)
  second.client.pause()
  second.client.write(`${HEAD}\r\n${upgrade}`)
  await closed(second.far)
})

test('an upgrade that is refused and then reset is no error of the process', async () => {
  const faults: unknown[] = []
  const note = (error: unknown): unknown => faults.push(error)
  process.on('uncaughtException', note)
  onTestFinished(() => void process.off('uncaughtException', note))
  const one = await opened()
  one.server.on('upgrade', (_request, socket: Socket) => refuseUpgrade(socket, 403, 'Forbidden'))
  const upgrade = `${HEAD}connection: upgrade\r\nupgrade: websocket\r\n\r\n`
  for (let count = 0; count < 8; count += 1) {
    const { client, far } = await join(one)
    client.write(upgrade, () => client.resetAndDestroy())
    await closed(far)
  }
  expect(faults).toEqual([])
})

test('more connections than allowed are closed as they come', async () => {
  const one = await opened({ maxConnections: 1 })
  await join(one)
  const second = connect(one.port, '127.0.0.1')
  second.on('error', () => undefined)
  await closed(second)
})

test('connections that could not be accepted are no error of the process, however many', async () => {
  const { server } = await opened()
  const error = Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' })
  for (let count = 0; count < 3; count += 1) server.emit('error', error)
  expect(server.listening).toBe(true)
})
