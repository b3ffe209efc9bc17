// The limits of a Link and of what is served, over real sockets, on a stand-in core that can wait and fail on demand.

import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { openWebDoor } from './door'
import { core, door, MIB, page, scratch, stageLink, token, WAIT, Window } from './link.kit'

stageLink()

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

function ask(target: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port: door.port, path: target, agent: false, ...options })
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => (body += text))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject).end()
  })
}

test('the address is loopback and its token is 32 random bytes that differ at each start', async () => {
  expect(door.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/)
  await using another = await openWebDoor({ core, directory: path.join(scratch, 'page'), port: 0 })
  expect(new URL(another.url).hash).not.toBe(new URL(door.url).hash)
})

test('a port that another program has is named in the error', async () => {
  const again = openWebDoor({ core, directory: path.join(scratch, 'page'), port: door.port })
  await expect(again).rejects.toMatchObject({ code: 'port-in-use', message: expect.stringContaining(`${door.port}`) })
})

test('each load of the page has its own nonce, in the policy and in the page, and is not kept by the browser', async () => {
  const loads = [await ask('/'), await ask('/index.html')]
  const nonces = loads.map(
    ({ headers }) => /script-src 'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1],
  )
  expect(new Set(nonces).size).toBe(2)
  for (const [index, { headers, body }] of loads.entries()) {
    expect(body).toBe(page.replaceAll('CSP_NONCE', nonces[index]!))
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'nonce-${nonces[index]}' 'wasm-unsafe-eval'; style-src 'nonce-${nonces[index]}'; ` +
        `connect-src ws://127.0.0.1:${door.port} ws://localhost:${door.port}; font-src 'self'; ` +
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    })
  }
})

test('only files of the folder that a page needs are served: no maps, no other types, no links, no way out', async () => {
  expect(await ask('/assets/a.js?v=1')).toMatchObject({ status: 200, body: 'export {}' })
  const others = [
    '/assets/a.js.map',
    '/secret.txt',
    '/assets/link.js',
    '/assets',
    '/assets/',
    '/../outside.js',
    '/%2e%2e/outside.js',
    '/assets/..%2f..%2foutside.js',
    '/assets/../index.html',
    '//index.html',
    '/__proto__',
    'http://127.0.0.1/assets/a.js',
  ]
  const answers = await Promise.all(others.map(async (target) => [target, (await ask(target)).status]))
  expect(answers).toEqual(others.map((target) => [target, 404]))
})

test('a socket that says nothing is closed after five seconds and may try again, one that said the token is not', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const silent = new Window()
  const known = new Window()
  await Promise.all([once(silent.socket, 'open'), once(known.socket, 'open')])
  known.send({ token })
  known.send({ id: 1, name: 'echo', parameters: null })
  await once(known.socket, 'message')
  vi.advanceTimersByTime(4_999)
  expect(silent.socket.readyState).toBe(WebSocket.OPEN)
  vi.advanceTimersByTime(1)
  expect(await silent.closed).toBe(1013)
  expect(known.socket.readyState).toBe(WebSocket.OPEN)
})

test('requests are answered by id; errors keep their code and lose their stack', async () => {
  const window = await new Window().enter()
  window.send({ id: 1, name: 'wait', parameters: {} })
  window.send({ id: 2, name: 'fail', parameters: {} })
  window.send({ id: 3, name: 'break', parameters: {} })
  window.send({ id: 4, name: 'echo', parameters: { a: 1 } })
  await vi.waitFor(() => expect(window.heard).toHaveLength(3), WAIT)
  expect(window.heard).toEqual([
    { id: 2, ok: false, error: { code: 'agent-offline', message: 'It does not answer.' } },
    {
      id: 3,
      ok: false,
      error: { code: 'internal', message: 'Something went wrong inside Culvert (x is not a function).' },
    },
    { id: 4, ok: true, value: { a: 1 } },
  ])
})

test('a malformed envelope closes the socket and asks nothing of the core', async () => {
  const malformed = [
    'not JSON',
    '[]',
    { id: 1, name: 'echo', parameters: {}, extra: true },
    { id: '1', name: 'echo', parameters: {} },
    { id: 1.5, name: 'echo', parameters: {} },
    { name: 'echo', parameters: {} },
    Buffer.from([0, 1, 2]),
  ]
  for (const message of malformed) {
    const window = await new Window().enter()
    core.asked.length = 0
    window.send(message)
    window.send({ id: 9, name: 'echo', parameters: 'later' })
    expect(await window.closed, JSON.stringify(message)).toBe(1008)
    expect(core.asked).toEqual([])
  }
})

test('a message over 2 MiB closes the socket, one just below is answered', async () => {
  const window = await new Window().enter()
  window.send({ id: 1, name: 'echo', parameters: 'a'.repeat(2 * MIB - 100) })
  await vi.waitFor(() => expect(window.heard).toHaveLength(1), WAIT)
  window.send({ id: 2, name: 'echo', parameters: 'a'.repeat(2 * MIB) })
  expect(await window.closed).toBe(1009)
})

test('more requests at once than any page has close the socket', async () => {
  const window = await new Window().enter()
  for (let id = 1; id <= 257; id += 1) window.send({ id, name: 'wait', parameters: {} })
  expect(await window.closed).toBe(1013)
  expect(core.asked.filter(({ name }) => name === 'wait')).toHaveLength(256)
})

test('disposing closes every socket and frees the port', async () => {
  const window = await new Window().enter()
  await Promise.all([door[Symbol.asyncDispose](), door[Symbol.asyncDispose]()])
  expect(await window.closed).toBe(1006)
  await vi.waitFor(() => expect(core.listeners.size).toBe(0), WAIT)
  const taken = net.createServer().listen(door.port, '127.0.0.1')
  await once(taken, 'listening')
  await new Promise((resolve) => taken.close(resolve))
})
