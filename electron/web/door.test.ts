// The web door over real sockets, on a real core on the simulator.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { EventMessage, ResponseMessage } from '../../shared/api'
import { changedSnapshot, type SnapshotChange } from '../../shared/model/change'
import type { Snapshot } from '../../shared/model/snapshot'
import { createCore, type Core } from '../core/core'
import { startSimulator, type Simulator } from '../simulator/simulator'
import { openWebDoor, type WebDoor } from './door'

let simulator: Simulator
let core: Core
let door: WebDoor
/** The door's clock, for what is good for a while only. */
let nowAt = 1_000_000
let token: string
/** Of this run alone: what lies beside the page must not meet another run's. */
let scratch: string
let directory: string
let data: string

beforeAll(async () => {
  scratch = mkdtempSync(path.join(os.tmpdir(), 'culvert-door-'))
  directory = path.join(scratch, 'page')
  mkdirSync(path.join(directory, 'assets'), { recursive: true })
  writeFileSync(path.join(directory, 'index.html'), '<script nonce="CSP_NONCE"></script>')
  writeFileSync(path.join(directory, 'assets', 'a.js'), 'export {}')
  writeFileSync(path.join(directory, 'assets', 'a.js.map'), '{}')
  writeFileSync(path.join(scratch, 'culvert-secret.js'), 'secret')
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  data = mkdtempSync(path.join(os.tmpdir(), 'culvert-data-'))
  core = await createCore({
    dataDirectory: data,
    door: 'test',
    demo: true,
    env: {},
    spawnDemo: () =>
      Promise.resolve({ endpointUrl, region, credentials, [Symbol.asyncDispose]: () => Promise.resolve() }),
  })
  door = await openWebDoor({ core, directory, port: 0, now: () => nowAt })
  token = new URL(door.url).hash.slice(1)
})
afterAll(async () => {
  await door[Symbol.asyncDispose]()
  await core[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
  rmSync(scratch, { recursive: true })
  rmSync(data, { recursive: true })
})

/** A raw GET: fetch would not let us name another Host. */
function get(target: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: door.port, path: target, headers, method, setHost: true },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

const own = (): string => `http://127.0.0.1:${door.port}`

/** Opens a Link; resolves with the socket, or with how it was refused. */
function open(
  options: { origin?: string | undefined; host?: string; target?: string } = {},
): Promise<WebSocket | string> {
  const headers = options.host === undefined ? {} : { host: options.host }
  const origin = 'origin' in options ? options.origin : own()
  const socket = new WebSocket(`ws://127.0.0.1:${door.port}${options.target ?? '/link'}`, {
    headers,
    ...(origin === undefined ? {} : { origin }),
  })
  return new Promise((resolve) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', (error) => resolve(error.message))
  })
}

/** A window that has shown its token: what it hears, and the state that it makes of that. */
class Link {
  readonly socket: WebSocket
  readonly heard: string[] = []
  readonly events: EventMessage[] = []
  #state: Snapshot | undefined
  #lastId = 0
  readonly #watchers = new Set<(message: EventMessage | ResponseMessage) => void>()

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => {
      this.heard.push(data.toString())
      const message = JSON.parse(data.toString()) as EventMessage | ResponseMessage
      if ('event' in message) this.events.push(message)
      if ('event' in message && message.event === 'snapshot') this.#state = message.value as Snapshot
      if ('event' in message && message.event === 'snapshot.patch') {
        this.#state = changedSnapshot(this.#state!, message.value as SnapshotChange)
      }
      for (const watch of this.#watchers) watch(message)
    })
  }

  /** Resolves with what `look` finds in a message, or in the state after it. */
  until<T>(look: (state: Snapshot | undefined, message?: EventMessage | ResponseMessage) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const watch = (message?: EventMessage | ResponseMessage): void => {
        const found = look(this.#state, message)
        if (found === undefined) return
        this.#watchers.delete(watch)
        resolve(found)
      }
      this.#watchers.add(watch)
      watch()
    })
  }

  async ask(name: string, parameters: unknown): Promise<ResponseMessage> {
    this.#lastId += 1
    const id = this.#lastId
    const answer = this.until((_, message) =>
      message !== undefined && 'id' in message && message.id === id ? message : undefined,
    )
    this.socket.send(JSON.stringify({ id, name, parameters }))
    return answer
  }

  async value<T>(name: string, parameters: unknown): Promise<T> {
    const answer = await this.ask(name, parameters)
    if (!answer.ok) throw new Error(answer.error.message)
    return answer.value as T
  }

  instance(name: string): Promise<string> {
    return this.until((state) => state?.instances.items.find((each) => each.name === name)?.id)
  }
}

async function link(): Promise<Link> {
  const socket = await open()
  if (typeof socket === 'string') throw new Error(socket)
  const entered = new Link(socket)
  socket.send(JSON.stringify({ token }))
  return entered
}

const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve))

describe('the page', () => {
  it('comes with a policy that allows nothing by default, and a nonce of each load', async () => {
    const loads = await Promise.all([get('/'), get('/')])
    const nonces = loads.map(({ headers, body }) => {
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).not.toContain('unsafe')
      const nonce = /nonce="([^"]+)"/.exec(body)?.[1]
      expect(policy).toContain(`script-src 'nonce-${nonce}'`)
      return nonce
    })
    expect(new Set(nonces).size).toBe(2)
    expect(loads[0]!.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    expect(loads[0]!.body).not.toContain('CSP_NONCE')
  })

  it('serves files of its list only', async () => {
    const statuses = await Promise.all(
      [
        '/assets/a.js',
        '/assets/a.js.map',
        '/../culvert-secret.js',
        '/%2e%2e/culvert-secret.js',
        '/assets',
        '//etc/passwd',
      ].map(async (target) => (await get(target)).status),
    )
    expect(statuses).toEqual([200, 404, 404, 404, 404, 404])
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  it('answers to its own Host only', async () => {
    for (const host of ['evil.example', `evil.example:${door.port}`, '127.0.0.1', `127.0.0.1:${door.port + 1}`]) {
      expect([host, (await get('/', { host })).status]).toEqual([host, 403])
    }
    expect((await get('/', { host: `localhost:${door.port}` })).status).toBe(200)
  })
})

describe('the Link', () => {
  it('refuses foreign, missing and null Origins, foreign Hosts and other paths', async () => {
    for (const options of [
      { origin: 'https://evil.example' },
      { origin: undefined },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${door.port}.evil.example` },
      { host: `evil.example:${door.port}` },
      { target: '/other' },
    ]) {
      expect(await open(options)).toContain('403')
    }
  })

  it('closes on a wrong token, of any length or shape, and answers nothing', async () => {
    for (const first of [
      JSON.stringify({ token: 'wrong' }),
      JSON.stringify({ token: `${token.slice(0, -1)}_` }),
      JSON.stringify({ token, more: 1 }),
      JSON.stringify({ id: 1, name: 'instances.refresh', parameters: {} }),
      'not json',
    ]) {
      const socket = await open()
      if (typeof socket === 'string') throw new Error(socket)
      const heard: unknown[] = []
      socket.on('message', (data) => heard.push(data))
      socket.send(first)
      socket.send(JSON.stringify({ id: 1, name: 'instances.refresh', parameters: {} }))
      expect(await closeCode(socket)).toBe(1_008)
      expect(heard).toEqual([])
    }
  })

  it('carries requests, and refuses unknown ones and wrong parameters by code', async () => {
    const window = await link()
    const suggested = await window.value<{ localPort: number }>('port.suggest', { from: 40_000 })
    expect(suggested.localPort).toBeGreaterThanOrEqual(40_000)
    for (const [name, parameters] of [
      ['no.such.request', {}],
      ['toString', {}],
      ['__proto__', {}],
      ['instances.refresh', { extra: 1 }],
      ['port.suggest', { from: 70_000 }],
    ] as const) {
      const answer = await window.ask(name, parameters)
      expect([name, answer.ok ? 'ok' : answer.error.code]).toEqual([name, 'usage'])
    }
    window.socket.close()
  })

  it('closes on a message that is no request', async () => {
    const { socket } = await link()
    socket.send(JSON.stringify({ id: 'x', name: 1 }))
    expect(await closeCode(socket)).toBe(1_008)
  })

  it('tells the whole state first and then its changes, and never tokens or keys', async () => {
    const window = await link()
    const { forwardId } = await window.value<{ forwardId: string }>('forward.create', {
      name: 'echo',
      target: { kind: 'id', instanceId: await window.instance('web-2') },
      remotePort: 7,
      startAtLaunch: false,
    })
    await window.ask('forward.start', { forwardId })
    await window.until((state) => state?.forwards.find(({ state: { kind } }) => kind === 'up'))
    await window.ask('forward.delete', { forwardId })
    await window.until((state) => (state?.forwards.length === 0 ? true : undefined))
    expect(window.events[0]?.event).toBe('snapshot')
    expect(new Set(window.events.slice(1).map(({ event }) => event))).toEqual(
      new Set(['snapshot.patch', 'journal.entry']),
    )
    const views = window.events.flatMap(({ event, value }) =>
      event === 'snapshot.patch' ? ((value as SnapshotChange).forwards?.set ?? []) : [],
    )
    expect(new Set(views.map(({ state }) => state.kind))).toEqual(new Set(['off', 'connecting', 'up']))
    // A forward that is up is never shown without its port.
    expect(views.some(({ state, localPort }) => state.kind === 'up' && localPort === 0)).toBe(false)
    const all = window.heard.join('')
    for (const secret of [simulator.credentials.secretAccessKey, simulator.credentials.sessionToken, token]) {
      expect(all).not.toContain(secret)
    }
    expect(all).not.toContain('data-channel')
    window.socket.close()
  })
})

describe('the one-time address', () => {
  /** Posts a body as a page of this door would. */
  async function post(body: string, headers: Record<string, string> = {}) {
    const answer = await fetch(`${own()}/open`, {
      method: 'POST',
      body,
      headers: { origin: own(), 'content-type': 'application/json', ...headers },
    })
    return { status: answer.status, body: await answer.text() }
  }
  const issue = (used: () => void = () => undefined) => new URL(door.issueEntry(used)).hash.slice(1)
  const withCode = (code: string) => JSON.stringify({ code })

  it('gives the token to our own page, once', async () => {
    let uses = 0
    const address = new URL(door.issueEntry(() => (uses += 1)))
    expect([address.origin, address.pathname]).toEqual([own(), '/open'])
    const code = address.hash.slice(1)
    expect(code).toMatch(/^[\w-]{43}$/)
    expect(code).not.toBe(token)
    expect(await post(withCode(code))).toEqual({ status: 200, body: JSON.stringify({ token }) })
    expect(await post(withCode(code))).toEqual({ status: 403, body: '' })
    expect(uses).toBe(1)
  })

  it('is good for 30 s, and no longer once another one was made', async () => {
    const late = issue()
    nowAt += 30_000
    expect((await post(withCode(late))).status).toBe(403)
    const first = issue()
    const second = issue()
    nowAt += 29_999
    expect((await post(withCode(first))).status).toBe(403)
    expect((await post(withCode(second))).status).toBe(200)
  })

  it('is refused to other pages, other hosts and whatever is no code, and is good afterwards', async () => {
    const code = issue()
    for (const origin of ['http://evil.example', 'null', `http://127.0.0.1:${door.port + 1}`]) {
      expect([origin, (await post(withCode(code), { origin })).status]).toEqual([origin, 403])
    }
    expect((await get('/open', { host: 'evil.example' })).status).toBe(403)
    expect((await get('/open', { 'content-type': 'application/json' }, 'POST')).status).toBe(403)
    expect((await get('/open', {}, 'PUT')).status).toBe(405)
    expect((await get(`/open?${code}`)).status).toBe(404)
    for (const body of [
      '',
      'not json',
      withCode(`${code}x`),
      withCode(''),
      JSON.stringify({ code, more: 1 }),
      JSON.stringify({ code: 1 }),
      `{"code":"${code}"${' '.repeat(2_000)}}`,
    ]) {
      expect([body.slice(0, 20), (await post(body)).status]).toEqual([body.slice(0, 20), 403])
    }
    expect((await post(withCode(code))).status).toBe(200)
  })

  it('leads to a page without any secret in it, under the same policy as the other', async () => {
    const code = issue()
    const { status, headers, body } = await get('/open')
    expect(status).toBe(200)
    for (const secret of [code, token]) expect(body).not.toContain(secret)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("; connect-src 'self';")
    expect(body).toContain(`<script nonce="${/script-src 'nonce-([^']+)'/.exec(policy)![1]!}">`)
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  })
})
