// The web door over real sockets, on a real core on the simulator.

import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { EventMessage, ResponseMessage } from '../../shared/api'
import { changedSnapshot, type SnapshotChange } from '../../shared/model/change'
import type { Snapshot } from '../../shared/model/snapshot'
import { door, get, own, simulator, stageDoor, token } from './door.kit'

stageDoor()

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
      // WebAssembly of our own scripts, and nothing else that is unsafe.
      expect(policy.match(/unsafe/g)).toHaveLength(1)
      const nonce = /nonce="([^"]+)"/.exec(body)?.[1]
      expect(policy).toContain(`script-src 'nonce-${nonce}' 'wasm-unsafe-eval';`)
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
