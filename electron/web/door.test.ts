// The web door over real sockets, on a real core on the simulator.

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ResponseMessage } from '../../shared/api'
import type { Snapshot } from '../../shared/model'
import { createCore, type Core } from '../core/core'
import { startSimulator, type Simulator } from '../simulator/simulator'
import { openWebDoor, type WebDoor } from './door'

let simulator: Simulator
let core: Core
let door: WebDoor
let token: string
let directory: string

beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'culvert-door-'))
  mkdirSync(path.join(directory, 'assets'))
  writeFileSync(path.join(directory, 'index.html'), '<script nonce="CSP_NONCE"></script>')
  writeFileSync(path.join(directory, 'assets', 'a.js'), 'export {}')
  writeFileSync(path.join(directory, 'assets', 'a.js.map'), '{}')
  writeFileSync(path.join(path.dirname(directory), 'culvert-secret.js'), 'secret')
  simulator = await startSimulator({ isPaced: false, shellDelayMs: 0 })
  const { endpointUrl, region, credentials } = simulator
  core = await createCore({
    demo: true,
    env: {},
    spawnDemo: () =>
      Promise.resolve({ endpointUrl, region, credentials, [Symbol.asyncDispose]: () => Promise.resolve() }),
  })
  door = await openWebDoor({ core, directory, port: 0 })
  token = new URL(door.url).hash.slice(1)
})
afterAll(async () => {
  await door[Symbol.asyncDispose]()
  await core[Symbol.asyncDispose]()
  await simulator[Symbol.asyncDispose]()
  rmSync(directory, { recursive: true })
  rmSync(path.join(path.dirname(directory), 'culvert-secret.js'))
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

async function link(): Promise<WebSocket> {
  const socket = await open()
  if (typeof socket === 'string') throw new Error(socket)
  socket.send(JSON.stringify({ token }))
  return socket
}

const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve))

let lastId = 0
function ask(socket: WebSocket, name: string, parameters: unknown): Promise<ResponseMessage> {
  lastId += 1
  const id = lastId
  socket.send(JSON.stringify({ id, name, parameters }))
  return new Promise((resolve) => {
    const onMessage = (data: Buffer): void => {
      const message = JSON.parse(data.toString()) as ResponseMessage
      if (message.id !== id) return
      socket.off('message', onMessage)
      resolve(message)
    }
    socket.on('message', onMessage)
  })
}

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
      JSON.stringify({ id: 1, name: 'instances.list', parameters: {} }),
      'not json',
    ]) {
      const socket = await open()
      if (typeof socket === 'string') throw new Error(socket)
      const heard: unknown[] = []
      socket.on('message', (data) => heard.push(data))
      socket.send(first)
      socket.send(JSON.stringify({ id: 1, name: 'instances.list', parameters: {} }))
      expect(await closeCode(socket)).toBe(1_008)
      expect(heard).toEqual([])
    }
  })

  it('carries requests, and refuses unknown ones and wrong parameters by code', async () => {
    const socket = await link()
    const listed = await ask(socket, 'instances.list', {})
    expect(listed.ok && Array.isArray(listed.value) && listed.value.length).toBeGreaterThanOrEqual(12)
    for (const [name, parameters] of [
      ['no.such.request', {}],
      ['toString', {}],
      ['__proto__', {}],
      ['instances.list', { extra: 1 }],
      ['forward.open', { instanceId: 'i-1', remotePort: 70_000 }],
      ['terminal.write', { terminalId: 'unknown', text: 'x' }],
    ] as const) {
      const answer = await ask(socket, name, parameters)
      expect([name, answer.ok ? 'ok' : answer.error.code]).toEqual([name, 'usage'])
    }
    socket.close()
  })

  it('closes on a message that is no request', async () => {
    const socket = await link()
    socket.send(JSON.stringify({ id: 'x', name: 1 }))
    expect(await closeCode(socket)).toBe(1_008)
  })

  it('tells of changes as snapshots, and never of tokens or keys', async () => {
    const socket = await link()
    const heard: string[] = []
    socket.on('message', (data: Buffer) => heard.push(data.toString()))
    const listed = await ask(socket, 'instances.list', {})
    const instances = (listed.ok ? listed.value : []) as { id: string; name: string }[]
    const target = instances.find((each) => each.name === 'web-2')!.id
    const opened = await ask(socket, 'forward.open', { instanceId: target, remotePort: 7 })
    if (!opened.ok) throw new Error(opened.error.message)
    const { forwardId } = opened.value as { forwardId: string }
    await ask(socket, 'forward.close', { forwardId })
    const forwards = heard
      .map((text) => JSON.parse(text) as { event?: string; value?: Snapshot })
      .flatMap((message) => (message.event === 'snapshot' ? [message.value!.forwards[0]] : []))
    const kinds = forwards.map((forward) => forward?.state.kind ?? 'none')
    expect([...new Set(kinds)]).toEqual(expect.arrayContaining(['connecting', 'up', 'none']))
    // A forward that is up is never shown without its port.
    expect(forwards.some((forward) => forward?.state.kind === 'up' && forward.localPort === 0)).toBe(false)
    const all = heard.join('')
    for (const secret of [simulator.credentials.secretAccessKey, simulator.credentials.sessionToken, token]) {
      expect(all).not.toContain(secret)
    }
    expect(all).not.toContain('data-channel')
    socket.close()
  })

  it('drops a window that reads nothing, and goes on for the others', async () => {
    const slow = await link()
    const other = await link()
    const listed = await ask(other, 'instances.list', {})
    const target = (listed.ok ? (listed.value as { id: string; name: string }[]) : []).find(
      (each) => each.name === 'web-2',
    )!.id
    slow.pause()
    const closed = closeCode(slow)
    const opened = await ask(other, 'terminal.open', { instanceId: target, cols: 80, rows: 24 })
    if (!opened.ok) throw new Error(opened.error.message)
    const { terminalId } = opened.value as { terminalId: string }
    // More than the backlog and every buffer of the operating system.
    await ask(other, 'terminal.write', {
      terminalId,
      text: 'head -c 40000000 /dev/zero | tr "\\0" x; echo end-$((1+1))\r',
    })
    await new Promise<void>((resolve) => {
      let tail = ''
      other.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as { event?: string; value?: { base64?: string } }
        if (message.event !== 'terminal.output') return
        tail = (tail + Buffer.from(message.value?.base64 ?? '', 'base64').toString('latin1')).slice(-200)
        if (tail.includes('end-2')) resolve()
      })
    })
    slow.resume()
    expect(await closed).toBe(1_013)
    await ask(other, 'terminal.close', { terminalId })
    other.close()
  })
})
