// The limits of a Link and of what is served, over real sockets, on a stand-in core that can wait and fail on demand.

import { once } from 'node:events'
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { AppError } from '../../shared/errors'
import type { Client, Core } from '../core/core'
import { decodeFrame } from '../../shared/api/frames'
import { openWebDoor, type WebDoor } from './door'

const MIB = 1_048_576

/** Events are waited for, however loaded the machine is. */
const WAIT = { timeout: 25_000 }

type EventListener = Parameters<Core['subscribe']>[0]

/** A core that keeps what it was asked. `wait` is never answered, `fail` fails, all else is echoed. */
class StandInCore implements Core {
  readonly asked: { readonly name: string; readonly parameters: unknown }[] = []
  readonly listeners = new Set<EventListener>()
  /** Clients that were disposed of. */
  gone = 0
  /** Told to who subscribes, when there is one. */
  snapshot: unknown
  snapshots = 0

  handle(name: string, parameters: unknown): Promise<unknown> {
    this.asked.push({ name, parameters })
    if (name === 'wait') return new Promise(() => undefined)
    if (name === 'fail') return Promise.reject(new AppError('agent-offline', 'It does not answer.'))
    if (name === 'break') return Promise.reject(new TypeError('x is not a function'))
    return Promise.resolve(parameters)
  }

  connect(): Client & Disposable {
    return {
      handle: (name, parameters) => this.handle(name, parameters),
      subscribe: (listener) => this.subscribe(listener),
      [Symbol.dispose]: () => {
        this.gone += 1
      },
    }
  }

  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener)
    this.snapshots += 1
    if (this.snapshot !== undefined) listener('snapshot', this.snapshot as never)
    return () => this.listeners.delete(listener)
  }

  note(): void {
    throw new Error('not part of a link')
  }

  wake(): void {
    throw new Error('a Link wakes nobody')
  }

  tell(text: string): void {
    const bytes = new TextEncoder().encode(text)
    for (const listener of this.listeners) listener('terminal.output', { terminalId: 't', offset: 0, bytes })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve()
  }
}

/** The frame of what the core was told to tell. */
function outputFrame(text: string) {
  return { kind: 'output', output: { terminalId: 't', offset: 0, bytes: new Uint8Array(Buffer.from(text)) } }
}

const page = `<!doctype html><script type="module" src="./a.js" nonce="CSP_NONCE"></script><link nonce="CSP_NONCE">`

let scratch: string
let core: StandInCore
let door: WebDoor
let token: string

beforeEach(async () => {
  scratch = await mkdtemp(path.join(os.tmpdir(), 'culvert-door-'))
  const directory = path.join(scratch, 'page')
  await mkdir(path.join(directory, 'assets'), { recursive: true })
  await writeFile(path.join(directory, 'index.html'), page)
  await writeFile(path.join(directory, 'assets', 'a.js'), 'export {}')
  await writeFile(path.join(directory, 'assets', 'a.js.map'), '{}')
  await writeFile(path.join(directory, 'secret.txt'), 'secret')
  await writeFile(path.join(scratch, 'outside.js'), 'outside')
  await symlink(path.join(scratch, 'outside.js'), path.join(directory, 'assets', 'link.js'))
  core = new StandInCore()
  door = await openWebDoor({ core, directory, port: 0 })
  token = new URL(door.url).hash.slice(1)
})

afterEach(async () => {
  vi.useRealTimers()
  await door[Symbol.asyncDispose]()
  await rm(scratch, { recursive: true, force: true })
})

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

/** A window's side of a Link. */
class Window {
  readonly heard: unknown[] = []
  readonly socket: WebSocket
  readonly closed: Promise<number>

  constructor(options: { readonly origin?: string; readonly target?: string; readonly host?: string } = {}) {
    const { origin = `http://127.0.0.1:${door.port}`, target = '/link', host } = options
    this.socket = new WebSocket(`ws://127.0.0.1:${door.port}${target}`, {
      origin,
      ...(host === undefined ? {} : { headers: { host } }),
    })
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      this.heard.push(isBinary ? decodeFrame(Uint8Array.from(data).buffer) : JSON.parse(data.toString('utf8')))
    })
    this.socket.on('error', () => undefined)
    this.closed = new Promise((resolve) => this.socket.on('close', resolve))
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message))
  }

  async enter(): Promise<this> {
    await once(this.socket, 'open')
    this.send({ token })
    this.send({ id: 0, name: 'echo', parameters: 'in' })
    await vi.waitFor(() => expect(this.heard).toEqual([{ id: 0, ok: true, value: 'in' }]), WAIT)
    this.heard.length = 0
    return this
  }
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
      `default-src 'none'; script-src 'nonce-${nonces[index]}'; style-src 'nonce-${nonces[index]}'; ` +
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

/** 10,000 profiles with long names: over 16 Mi characters that are told whole. */
function largeState(): unknown {
  const profiles = Array.from({ length: 10_000 }, (_, index) => ({ name: `${index} ${'x'.repeat(1_700)}` }))
  return { instances: { items: [] }, profiles }
}

test('a page that reads slowly gets a state over 16 Mi characters once, and then what changed meanwhile', async () => {
  core.snapshot = largeState()
  expect(JSON.stringify(core.snapshot).length).toBeGreaterThan(16 * MIB)
  const window = new Window()
  await once(window.socket, 'open')
  window.socket.pause()
  window.send({ token })
  await vi.waitFor(() => expect(core.listeners.size).toBe(1), WAIT)
  for (let count = 0; count < 5; count += 1) core.tell(`early ${count}`)
  window.send({ id: 1, name: 'echo', parameters: 'asked meanwhile' })
  await vi.waitFor(() => expect(core.asked).toHaveLength(1), WAIT)
  // It is not behind, so nothing had to be told anew.
  expect([core.listeners.size, core.snapshots]).toEqual([1, 1])
  window.socket.resume()
  await vi.waitFor(() => expect(window.heard).toHaveLength(7), WAIT)
  core.tell('late')
  await vi.waitFor(() => expect(window.heard).toHaveLength(8), WAIT)
  const output = outputFrame
  expect(window.heard.slice(1)).toEqual([
    ...Array.from({ length: 5 }, (_, count) => output(`early ${count}`)),
    { id: 1, ok: true, value: 'asked meanwhile' },
    output('late'),
  ])
  expect(window.heard[0]).toEqual({ event: 'snapshot', value: core.snapshot })
  expect(core.snapshots).toBe(1)
})

test('a page that reads nothing holds up no other, is told no more than fits, and gets the whole state when it has read all', async () => {
  const other = await new Window().enter()
  core.snapshot = { small: true, instances: { items: [] } }
  const window = new Window()
  await once(window.socket, 'open')
  window.send({ token })
  await vi.waitFor(() => expect(window.heard).toHaveLength(1), WAIT)
  window.socket.pause()
  // Until what may wait and every buffer of the operating system is full. The other one is let keep up.
  let told = 0
  while (core.listeners.size === 2) {
    core.tell('x'.repeat(MIB))
    told += 1
    const heard = told
    await vi.waitFor(() => expect(other.heard).toHaveLength(heard), WAIT)
    expect(told).toBeLessThan(64)
  }
  expect(core.snapshots).toBe(2)
  core.tell('missed')
  window.socket.resume()
  await vi.waitFor(() => expect(core.listeners.size).toBe(2), WAIT)
  core.tell('after')
  await vi.waitFor(() => expect(window.heard.at(-1)).toEqual(outputFrame('after')), WAIT)
  expect(window.heard.at(-2)).toEqual({ event: 'snapshot', value: core.snapshot })
  expect(window.heard).not.toContainEqual(outputFrame('missed'))
  expect(core.snapshots).toBe(3)
  await vi.waitFor(() => expect(other.heard).toHaveLength(told + 2), WAIT)
})

test('a page that asks for much at once gets it all, also where it reads later', async () => {
  const window = await new Window().enter()
  window.socket.pause()
  // As after a reload: every terminal asks for what it has said. More than may wait of events, and more than the system takes.
  const said = 'x'.repeat(2 * MIB - 100)
  for (let id = 1; id <= 20; id += 1) window.send({ id, name: 'echo', parameters: said })
  await vi.waitFor(() => expect(core.asked).toHaveLength(21), WAIT)
  window.socket.resume()
  await vi.waitFor(() => expect(window.heard).toHaveLength(20), WAIT)
  expect(window.socket.readyState).toBe(WebSocket.OPEN)
})

test('a page that asks and never reads the answers is dropped', async () => {
  const window = await new Window().enter()
  window.socket.pause()
  // As many as may be under way, and what the system takes of them.
  for (let id = 1; id <= 700; id += 1) window.send({ id, name: 'echo', parameters: 'x'.repeat(64 * 1_024) })
  // All have left but for what the system holds.
  await vi.waitFor(() => expect(window.socket.bufferedAmount).toBe(0), WAIT)
  window.socket.resume()
  expect(await window.closed).toBe(1013)
  await vi.waitFor(() => expect(core.listeners.size).toBe(0), WAIT)
})

test('every window hears every event until it is gone', async () => {
  const windows = [await new Window().enter(), await new Window().enter()]
  core.tell('one')
  const event = outputFrame('one')
  await vi.waitFor(() => expect(windows.map(({ heard }) => heard)).toEqual([[event], [event]]), WAIT)
  windows[0]!.socket.close()
  await vi.waitFor(() => expect(core.listeners.size).toBe(1), WAIT)
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
