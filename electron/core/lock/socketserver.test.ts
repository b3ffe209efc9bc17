// The server over a real socket file, asked by hand: what it answers, to whom, and how long it waits.

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { SocketServer } from './socketserver'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-socket-'))
  path = join(folder, 'one.sock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A server that drops silent clients after `quietMs`. */
async function listening(quietMs = 60_000): Promise<SocketServer> {
  const server = new SocketServer(quietMs)
  onTestFinished(() => server[Symbol.asyncDispose]())
  await server.listen(path)
  return server
}

/** Sends text and resolves with all that comes back. A connection that is reset has got what came before. */
async function raw(text: string, end = false): Promise<string> {
  const socket = connect(path)
  socket.on('error', () => undefined)
  if (end) socket.end(text)
  else socket.write(text)
  return (await buffer(socket).catch(() => '')).toString()
}

const WHO = 'GET /who HTTP/1.1\r\nhost: a\r\n\r\n'

/** A request with a body, as text. */
const post = (body: string, to = '/request'): string =>
  `POST ${to} HTTP/1.1\r\nhost: a\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** The status and the body of an answer that came as text. */
function read(answer: string): [status: number, body: unknown] {
  return [Number(answer.split(' ')[1]), JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))]
}

describe('an answer', () => {
  test('is given to one request a connection, also where the client has ended its half', async () => {
    const server = await listening()
    const asked: unknown[] = []
    server.serve((request) => {
      asked.push(request)
      return Promise.resolve(request)
    })
    expect(read(await raw(post('1') + post('2'), true))).toEqual([200, 1])
    expect(read(await raw(post('"Größe"')))).toEqual([200, 'Größe'])
    expect(asked).toEqual([1, 'Größe'])
  })

  test('that is nothing is null', async () => {
    const server = await listening()
    server.serve(() => Promise.resolve(undefined))
    expect(read(await raw(post('1')))).toEqual([200, null])
  })

  test('to who it is waits until that is said, and to a request until it is served', async () => {
    const server = await listening()
    const who = raw(WHO)
    const asked = raw(post('1'))
    server.serve(() => Promise.resolve('served'))
    expect(read(await asked)).toEqual([200, 'served'])
    server.introduce({ pid: 7 })
    expect(read(await who)).toEqual([200, { pid: 7 }])
  })

  test('is an error with its code where the request fails', async () => {
    const server = await listening()
    server.serve(() => Promise.reject(new AppError('unknown-forward', 'No forward is named "x".')))
    expect(read(await raw(post('1')))).toEqual([400, { code: 'unknown-forward', message: 'No forward is named "x".' }])
    expect(await raw(post('1'))).toContain('HTTP/1.1 400 ')
  })

  test('is an error where it is thrown at once, and where it cannot cross', async () => {
    const server = await listening()
    server.serve((request) => {
      if (request === 'throw') throw new Error('at once')
      return Promise.resolve(request === 'long' ? 'x'.repeat(70_000) : 1n)
    })
    expect(read(await raw(post('"throw"')))).toMatchObject([400, { code: 'internal' }])
    expect(read(await raw(post('"long"')))).toMatchObject([500, { code: 'internal' }])
    expect(read(await raw(post('"bigint"')))).toMatchObject([500, { code: 'internal' }])
  })
})

describe('a request', () => {
  test('that is no JSON, too long or unknown is refused', async () => {
    const server = await listening()
    server.serve(() => Promise.reject(new AppError('internal', 'It should not come so far.')))
    expect(read(await raw(post('{')))).toMatchObject([400, { code: 'protocol' }])
    expect(read(await raw(post('x'.repeat(65_537))))).toMatchObject([400, { code: 'protocol' }])
    expect(read(await raw(post('1', '/other')))).toMatchObject([400, { code: 'usage' }])
    expect(read(await raw(WHO.replace('/who', '/request')))).toMatchObject([400, { code: 'usage' }])
  })

  test.each(['{"who":true}\n', '{"forward":"up","name":"db"}\n'])(
    'of a version that spoke lines of JSON gets an end at once: %s',
    async (line) => {
      await listening()
      expect(await raw(line)).toMatch(/^HTTP\/1.1 400 /)
    },
  )
})

describe('a client', () => {
  test('that asks nothing is dropped, however it dribbles', async () => {
    const server = await listening(30)
    server.serve((request) => Promise.resolve(request))
    const refused = /^HTTP\/1.1 408 [^]*\r\n\r\n$/
    expect(await raw('')).toMatch(refused)
    expect(await raw('GET /who HT')).toMatch(refused)
    // In the middle of a body.
    expect(await raw(post('12').slice(0, -1))).toMatch(/^$|^HTTP\/1.1 4/)
  })

  test('that neither reads its answer nor ends its half is not waited for', async () => {
    const server = await listening(30)
    server.serve(() => Promise.resolve('x'.repeat(60_000)))
    for (let count = 0; count < 8; count += 1) {
      const client = connect({ path, allowHalfOpen: true })
      client.on('error', () => undefined)
      onTestFinished(() => void client.destroy())
      await once(client, 'connect')
      client.pause()
      client.write(post('1'))
    }
    // Resolves once all connections are gone.
    await server[Symbol.asyncDispose]()
  })

  test('is one of 64 at most; others are taken again when those are gone', async () => {
    const server = await listening()
    server.introduce('me')
    const clients = Array.from({ length: 64 }, () => connect(path))
    clients.forEach((client) => client.on('error', () => undefined))
    await Promise.all(clients.map((client) => once(client, 'connect')))
    expect(await raw(WHO)).toBe('')
    const gone = clients.map((client) => once(client, 'close'))
    clients.forEach((client) => client.destroy())
    await Promise.all(gone)
    await expect.poll(() => raw(WHO)).toContain('200 OK')
  })

  test('that waits when the server closes is told so, and so is one whose request comes whole only then', async () => {
    const server = await listening()
    const isAsked = new Promise<void>((resolve) => {
      server.serve(() => {
        resolve()
        return new Promise(() => undefined)
      })
    })
    const waiting = [raw(WHO), raw(post('1'))]
    await isAsked
    await server[Symbol.asyncDispose]()
    for (const answer of await Promise.all(waiting)) {
      expect(read(answer)).toMatchObject([503, { code: 'not-running', message: expect.stringMatching(/is closing/) }])
    }
  })
})
