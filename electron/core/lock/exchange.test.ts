// Questions to sockets that answer as they should, otherwise, or not at all.

import { once } from 'node:events'
import { link, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { exchange, look, type Question } from './exchange'

const who: Question = { kind: 'who' }

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-exchange-'))
  path = join(folder, 'one.sock')
})
afterEach(() => rm(folder, { recursive: true }))

/** A server that does `act` with what each connection has sent first. */
async function serve(act: (socket: Socket, request: string) => void, at = path): Promise<void> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (bytes) => act(socket, bytes.toString()))
  }).listen(at)
  await once(server, 'listening')
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  })
}

/** The socket file of a process that is gone. */
async function dead(at = path): Promise<void> {
  const server = createServer().listen(join(folder, 'dying'))
  await once(server, 'listening')
  await link(join(folder, 'dying'), at)
  server.close()
  await once(server, 'close')
}

const answer = (body: string, head = 'HTTP/1.1 200 OK'): string =>
  `${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

describe('a question', () => {
  test('is a GET for who it is, and a POST of JSON for a request; its answer has a status and a text', async () => {
    const asked: string[] = []
    await serve((socket, request) => {
      asked.push(request)
      socket.end(answer('"yes"', 'HTTP/1.1 404 Not Found'))
    })
    expect(await exchange(path, who, 60_000)).toEqual({ kind: 'answer', status: 404, text: '"yes"' })
    await exchange(path, { kind: 'request', request: { name: 'db' } }, 60_000)
    expect(asked[0]).toMatch(/^GET \/who HTTP\/1.1\r\n/)
    expect(asked[1]).toMatch(/^POST \/request HTTP\/1.1\r\n/)
    expect(asked[1]).toMatch(/\r\n\r\n\{"name":"db"\}$/)
  })

  test.each([
    ['absent where there is no socket', async () => undefined, 'absent'],
    ['absent where the process is gone', dead, 'absent'],
    ['closed where the connection ends', () => serve((socket) => socket.end()), 'closed'],
    ['closed in the middle of an answer', () => serve((socket) => socket.end(answer('12').slice(0, -1))), 'closed'],
    ['unreadable where the answer is no HTTP', () => serve((socket) => socket.end('{"ok":true}\n')), 'unreadable'],
    [
      'unreadable where the head has no end',
      () => serve((socket) => pour(socket, 'HTTP/1.1 200 OK\r\na: ')),
      'unreadable',
    ],
    ['too long', () => serve((socket) => pour(socket, 'HTTP/1.1 200 OK\r\n\r\n')), 'too-long'],
  ])('is %s', async (_, make, kind) => {
    await make()
    expect(await exchange(path, who, 60_000)).toEqual({ kind })
  })

  test.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200'],
    ['half a body', answer('12').slice(0, -1)],
  ])('is silent where after a while there was %s', async (_, text) => {
    await serve((socket) => socket.write(text))
    expect(await exchange(path, who, 50)).toEqual({ kind: 'silent' })
  })

  test('has failed where the system does not let it connect', async () => {
    await symlink(path, path)
    expect(await exchange(path, who, 60_000)).toMatchObject({ kind: 'failed', error: { code: 'ELOOP' } })
  })
})

/** Writes without end, until the other side has had enough. */
function pour(socket: Socket, text: string): void {
  socket.write(text)
  const more = (): void => {
    if (socket.writable) socket.write('x'.repeat(10_000), () => setImmediate(more))
  }
  more()
}

test('a look tells the living from the dead, and what is not sure is alive', async () => {
  expect(await look(path)).toBe('absent')
  await serve(() => undefined)
  expect(await look(path)).toBe('alive')
  const other = join(folder, 'other')
  await dead(other)
  expect(await look(other)).toBe('dead')
  const round = join(folder, 'round')
  await symlink(round, round)
  expect(await look(round)).toBe('alive')
})
