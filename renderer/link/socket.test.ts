import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { noContainers } from '../../shared/model/container'
import { encodeOutput, encodeReplay } from '../../shared/api/frames'
import type { Snapshot, WindowSnapshot } from '../../shared/model/snapshot'
import { defaultSettings } from '../../shared/settings'
import { SocketLink, type Connection } from './socket'

const snapshot: WindowSnapshot = {
  windowId: 'w',
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: 'eu-central-1', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: [], notices: [] },
  forwards: [],
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [],
  settings: { ...defaultSettings, keepRunning: false },
  notices: [],
  about: { version: '0.0.0', dataDirectory: '/data' },
  questions: [],
}

interface Asked {
  readonly id?: number
  readonly name?: string
  readonly parameters?: unknown
  readonly token?: string
}

/** A host that records its requests, sends the state to pages with the right token, and closes the sockets of the others. */
class Host {
  readonly server: WebSocketServer
  readonly asked: Asked[] = []
  readonly sockets: WebSocket[] = []

  constructor(port = 0) {
    this.server = new WebSocketServer({ host: '127.0.0.1', port })
    this.server.on('connection', (socket) => {
      this.sockets.push(socket)
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString('utf8')) as Asked
        this.asked.push(message)
        if (message.token === 'secret') socket.send(JSON.stringify({ event: 'snapshot', value: snapshot }))
        else if (message.token !== undefined) socket.close(1_008, 'wrong token')
      })
    })
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  send(message: unknown): void {
    this.sockets.at(-1)!.send(JSON.stringify(message))
  }

  idOf(name: string): number {
    return this.asked.find((message) => message.name === name)!.id!
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

let host: Host
let link: SocketLink

function connect(port: number, token = 'secret'): SocketLink {
  return new SocketLink({
    url: `ws://127.0.0.1:${port}/link`,
    token,
    createSocket: (url) => new WebSocket(url),
  })
}

beforeEach(async () => {
  host = new Host()
  await once(host.server, 'listening')
  link = connect(host.port)
})

afterEach(async () => {
  link.dispose()
  await host.close()
})

test('the token is the first message and what was asked before the socket was open follows it', async () => {
  const answer = link.request('instances.refresh', {})
  await vi.waitFor(() => expect(host.asked).toHaveLength(2))
  expect(host.asked).toEqual([{ token: 'secret' }, { id: 1, name: 'instances.refresh', parameters: {} }])
  host.send({ id: 1, ok: true, value: null })
  await expect(answer).resolves.toBeNull()
})

test('answers find their requests in whatever order they come', async () => {
  const open = link.request('terminal.open', { instanceId: 'i-1', cols: 80, rows: 24 })
  const close = link.request('terminal.close', { terminalId: 't' })
  await vi.waitFor(() => expect(host.asked).toHaveLength(3))
  host.send({ id: host.idOf('terminal.close'), ok: true, value: null })
  host.send({ id: host.idOf('terminal.open'), ok: true, value: { terminalId: 't2' } })
  await expect(close).resolves.toBeNull()
  await expect(open).resolves.toEqual({ terminalId: 't2' })
})

test('an error keeps its code and its sentence', async () => {
  const answer = link.request('forward.stop', { forwardId: 'f' })
  await vi.waitFor(() => expect(host.asked).toHaveLength(2))
  host.send({ id: host.idOf('forward.stop'), ok: false, error: { code: 'port-in-use', message: 'Taken.' } })
  await expect(answer).rejects.toMatchObject({ name: 'AppError', code: 'port-in-use', message: 'Taken.' })
})

test('an answer of another shape is a protocol error and not a value', async () => {
  const answer = link.request('terminal.open', { instanceId: 'i-1', cols: 80, rows: 24 })
  await vi.waitFor(() => expect(host.asked).toHaveLength(2))
  host.send({ id: host.idOf('terminal.open'), ok: true, value: { terminal: 5 } })
  await expect(answer).rejects.toMatchObject({ code: 'protocol' })
})

function outputFrame(text: string): Uint8Array {
  return encodeOutput({ terminalId: 't', offset: 0, bytes: new TextEncoder().encode(text) })
}

test('a replay comes as bytes, and one that is none is a protocol error', async () => {
  const answer = link.request('terminal.replay', { terminalId: 't', fromOffset: 0 })
  const wrong = link.request('terminal.replay', { terminalId: 't', fromOffset: 1 })
  await vi.waitFor(() => expect(host.asked).toHaveLength(3))
  const replay = { startOffset: 5, answeredOffset: 7, bytes: Uint8Array.from([0, 128, 255]) }
  host.sockets[0]!.send(encodeReplay(1, replay))
  host.send({ id: 2, ok: true, value: { ...replay, bytes: 'AID/' } })
  await expect(answer).resolves.toEqual(replay)
  await expect(wrong).rejects.toMatchObject({ code: 'protocol' })
})

test('events reach their listeners until they unsubscribe, and nonsense reaches nobody', async () => {
  const heard: string[] = []
  const off = link.on('terminal.output', ({ bytes }) => heard.push(new TextDecoder().decode(bytes)))
  const patches: unknown[] = []
  link.on('snapshot.patch', (patch) => patches.push(patch))
  await vi.waitFor(() => expect(host.asked).toHaveLength(1))
  host.sockets[0]!.send(outputFrame('a'))
  host.send({ event: 'terminal.output', value: { terminalId: 't' } })
  host.send({ event: 'unknown', value: {} })
  host.send({ event: 'constructor', value: {} })
  host.send({ event: 'snapshot.patch', value: { forwards: 'none' } })
  host.send({ event: 'snapshot.patch', value: { notices: [] } })
  host.sockets[0]!.send('not JSON')
  host.sockets[0]!.send(Buffer.from([0, 1]))
  host.sockets[0]!.send(outputFrame('b'))
  await vi.waitFor(() => expect(heard).toEqual(['a', 'b']))
  expect(patches).toEqual([{ notices: [] }])
  off()
  const last = link.request('instances.refresh', {})
  await vi.waitFor(() => expect(host.asked).toHaveLength(2))
  host.sockets[0]!.send(outputFrame('c'))
  host.send({ id: host.idOf('instances.refresh'), ok: true, value: null })
  await last
  expect(heard).toEqual(['a', 'b'])
})

test('a lost socket rejects what is pending, comes back and hears the whole state again', async () => {
  const connections: Connection[] = []
  const snapshots: Snapshot[] = []
  link.onConnection((connection) => connections.push(connection))
  link.on('snapshot', (value) => snapshots.push(value))
  const pending = link.request('instances.refresh', {})
  await vi.waitFor(() => expect(snapshots).toHaveLength(1))
  host.sockets[0]!.terminate()
  await expect(pending).rejects.toMatchObject({ code: 'network' })
  expect(link.connection).toBe('lost')
  await expect(link.request('instances.refresh', {})).rejects.toMatchObject({ code: 'network' })
  await vi.waitFor(() => expect(snapshots).toHaveLength(2))
  expect(connections).toEqual(['open', 'lost', 'open'])
  expect(host.asked.filter((message) => message.token === 'secret')).toHaveLength(2)
  // Never sent twice: the request may have been carried out on the first socket.
  expect(host.asked.filter((message) => message.name === 'instances.refresh')).toHaveLength(1)
})

test('a host that is away is asked again and found when it is back', async () => {
  await vi.waitFor(() => expect(link.connection).toBe('open'))
  const { port } = host
  await host.close()
  await vi.waitFor(() => expect(link.connection).toBe('lost'))
  host = new Host(port)
  await vi.waitFor(() => expect(link.connection).toBe('open'))
})

test('each failed attempt doubles the wait up to five seconds', () => {
  vi.useFakeTimers()
  try {
    const attempts: number[] = []
    const closed: ((code: number) => void)[] = []
    const own = new SocketLink({
      url: 'ws://127.0.0.1/link',
      token: '',
      createSocket: () => {
        attempts.push(Date.now())
        return {
          binaryType: '',
          send: () => undefined,
          close: () => undefined,
          addEventListener: (type: string, listener: (event: { data: unknown; code: number }) => void) => {
            if (type === 'close') closed.push((code) => listener({ data: undefined, code }))
          },
        }
      },
    })
    for (let attempt = 0; attempt < 7; attempt += 1) {
      closed[attempt]!(1_006)
      vi.advanceTimersToNextTimer()
    }
    // No further attempt after the token was refused.
    closed[7]!(1_008)
    expect([own.connection, vi.getTimerCount()]).toEqual(['refused', 0])
    expect(attempts.slice(1).map((at, index) => at - attempts[index]!)).toEqual([
      200, 400, 800, 1_600, 3_200, 5_000, 5_000,
    ])
    own.dispose()
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a host that does not know the token is left alone for good, whatever is asked', async () => {
  const refused = connect(host.port, 'of an earlier start')
  const connections: Connection[] = []
  refused.onConnection((connection) => connections.push(connection))
  await expect(refused.request('instances.refresh', {})).rejects.toMatchObject({ code: 'network' })
  expect(connections).toEqual(['refused'])
  await expect(refused.request('instances.refresh', {})).rejects.toMatchObject({ code: 'network' })
  expect(connections).toEqual(['refused'])
})

test('a host that heard no token in time is tried again: the page was slow, not wrong', async () => {
  const closed: ((code: number) => void)[] = []
  vi.useFakeTimers()
  try {
    const slow = new SocketLink({
      url: 'ws://127.0.0.1/link',
      token: 'secret',
      createSocket: () => ({
        binaryType: '',
        send: () => undefined,
        close: () => undefined,
        addEventListener: (type: string, listener: (event: { data: unknown; code: number }) => void) => {
          if (type === 'close') closed.push((code) => listener({ data: undefined, code }))
        },
      }),
    })
    closed[0]!(1_013)
    expect(slow.connection).toBe('lost')
    vi.advanceTimersToNextTimer()
    expect(closed).toHaveLength(2)
    slow.dispose()
  } finally {
    vi.useRealTimers()
  }
})

test('a page without a token tries nothing, and says so to who asks', async () => {
  const own = new SocketLink({
    url: `ws://127.0.0.1:${host.port}/link`,
    token: undefined,
    createSocket: () => {
      throw new Error('it tried')
    },
  })
  expect(own.connection).toBe('tokenless')
  await expect(own.request('instances.refresh', {})).rejects.toMatchObject({ code: 'network' })
  own.dispose()
})

test('a host that closes for a message of ours is tried again: it knew the token', async () => {
  await vi.waitFor(() => expect(link.connection).toBe('open'))
  host.sockets[0]!.close(1_008, 'malformed request')
  await vi.waitFor(() => expect(host.sockets).toHaveLength(2))
  await vi.waitFor(() => expect(link.connection).toBe('open'))
})

test('a disposed link rejects what is pending and does not come back', async () => {
  const pending = link.request('instances.refresh', {})
  await vi.waitFor(() => expect(host.asked).toHaveLength(2))
  const gone = once(host.sockets[0]!, 'close')
  link.dispose()
  await expect(pending).rejects.toMatchObject({ code: 'network' })
  await gone
  await expect(link.request('instances.refresh', {})).rejects.toMatchObject({ code: 'network' })
  expect(host.sockets).toHaveLength(1)
})
