import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import type { Duplex } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { MuxPlugin } from './mux'
import { muxFrame, readMux } from '../../../e2e/kit/wire/naivemux'
import { createPipe } from '../world/pipe'
import type { Computer, PluginSession, SessionEnd } from '../agent/plugin'
import { World } from '../world/world'

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as {
  vectors: {
    id: string
    kind: string
    hex: string
    received: string | string[]
    sent: { payloadHex: string; payloadType: number }[]
    acceptStreamResult: string
  }[]
}

function vector(id: string) {
  return vectors.find((entry) => entry.id === id)!
}

const SYN = 0
const FIN = 1
const PUSH = 2

function startMux(dial: Computer['dial'], hasKeepAlive = false) {
  const sent: { payloadType: number; payload: Buffer }[] = []
  const ends: SessionEnd[] = []
  const session: PluginSession = {
    sessionId: 's',
    clientVersion: '1.2.707.0',
    agentVersion: '3.3.0.0',
    computer: { name: 'web-1', dial, forbiddenAddress: () => undefined },
    settings: { isPaced: false, shellDelayMs: 0, hasPty: false, hasBanner: false, folder: tmpdir() },
    send: (payloadType, payload) => sent.push({ payloadType, payload: Buffer.from(payload) }),
    canSend: () => true,
    onCanSend: () => () => undefined,
    finish: (end) => ends.push(end),
  }
  const mux = new MuxPlugin(session, { destination: { host: undefined, port: 1 }, hasKeepAlive })
  const send = (...frames: Buffer[]) => mux.receive(1, Buffer.concat(frames))
  const frames = () =>
    readMux(Buffer.concat(sent.filter(({ payloadType }) => payloadType === 1).map(({ payload }) => payload)))
  const sentHex = () => sent.map(({ payloadType, payload }) => ({ payloadHex: payload.toString('hex'), payloadType }))
  return { mux, sent, ends, send, frames, sentHex }
}

const refuse: Computer['dial'] = () => Promise.reject(new Error('connection refused'))

function toPipe(): { dial: Computer['dial']; far: Duplex } {
  const [near, far] = createPipe()
  far.on('error', () => undefined)
  return { dial: () => Promise.resolve(near), far }
}

// A real TCP server, as the vectors were recorded with one.
async function listenTcp(onSocket: (socket: Socket) => void): Promise<{ dial: Computer['dial']; server: Server }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const world = new World(0)
  const instance = world.instances[0]!
  world.addTcp(instance.id, 1, typeof address === 'object' ? address!.port : 0)
  const computer = world.computerOf(instance)
  return { dial: (host, port, signal) => computer.dial(host, port, signal), server }
}

afterEach(() => {
  vi.useRealTimers()
})

describe('recorded behaviour', () => {
  test.each(['agent-mux-dial-failure', 'agent-mux-dial-failure-with-data'])(
    '%s: the Flag comes first, then the FIN of the stream',
    async (id) => {
      const { mux, sentHex } = startMux(refuse)
      void mux.receive(1, Buffer.from(vector(id).received as string, 'hex'))
      await vi.waitFor(() => expect(sentHex()).toHaveLength(2))
      expect(sentHex()).toEqual(vector(id).sent)
      await mux.dispose()
    },
  )

  test('agent-mux-client-fin: what was sent is delivered, the destination is closed, its late answer is lost', async () => {
    const heard: string[] = []
    let late: Socket | undefined
    const { dial, server } = await listenTcp((socket) => {
      socket.on('data', (chunk) => heard.push(chunk.toString()))
      socket.once('end', () => {
        late = socket
        socket.write('late response')
      })
    })
    const { mux, send, sentHex } = startMux(dial)
    void send(muxFrame(SYN, 3), muxFrame(PUSH, 3, 'request'), muxFrame(FIN, 3))
    await vi.waitFor(() => expect(sentHex()).toEqual(vector('agent-mux-client-fin').sent))
    await vi.waitFor(() => expect(late).toBeDefined())
    expect(heard).toEqual(['request'])
    await mux.dispose()
    late!.destroy()
    server.close()
  })

  test('agent-mux-server-halfclose: PSH and FIN, and what the client sends later reaches nobody', async () => {
    const heard: string[] = []
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const { dial, server } = await listenTcp((socket) => {
      socket.on('data', (chunk) => heard.push(chunk.toString()))
      socket.once('close', () => end())
      socket.end('last words')
    })
    const { mux, send, sentHex } = startMux(dial)
    void send(muxFrame(SYN, 5))
    const { sent } = vector('agent-mux-server-halfclose')
    await vi.waitFor(() =>
      expect(
        sentHex()
          .map(({ payloadHex }) => payloadHex)
          .join(''),
      ).toBe(sent.map(({ payloadHex }) => payloadHex).join('')),
    )
    void send(muxFrame(PUSH, 5, 'too late'))
    await ended
    expect(heard).toEqual([])
    await mux.dispose()
    server.close()
  })

  test('agent-mux-split-frames: frames may be cut anywhere', async () => {
    const { dial, far } = toPipe()
    const { mux } = startMux(dial)
    const heard: Buffer[] = []
    far.on('data', (chunk: Buffer) => heard.push(chunk))
    for (const hex of vector('agent-mux-split-frames').received) void mux.receive(1, Buffer.from(hex, 'hex'))
    await vi.waitFor(() => expect(Buffer.concat(heard).toString()).toBe('split'))
    await mux.dispose()
  })

  test('agent-mux-large-payload: one payload of 65,552 bytes is taken whole', async () => {
    const { dial, far } = toPipe()
    const { mux, send } = startMux(dial)
    let bytes = 0
    far.on('data', (chunk: Buffer) => (bytes += chunk.length))
    void send(muxFrame(SYN, 3))
    void send(muxFrame(PUSH, 3, Buffer.alloc(32_768)), muxFrame(PUSH, 3, Buffer.alloc(32_768)))
    await vi.waitFor(() => expect(bytes).toBe(65_536))
    await mux.dispose()
  })

  test('agent-mux-flags: Flag 1 is ignored, Flag 2 ends the session', async () => {
    const { mux, ends } = startMux(refuse)
    void mux.receive(10, Buffer.from('00000001', 'hex'))
    expect(ends).toEqual([])
    void mux.receive(10, Buffer.from('00000002', 'hex'))
    expect(ends).toEqual([{ status: 'Success', output: '' }])
    await mux.dispose()
  })

  test.each(vectors.filter(({ kind }) => kind === 'smux-malformed'))('$id: $acceptStreamResult', async (row) => {
    const { mux, ends } = startMux(() => new Promise(() => undefined))
    void mux.receive(1, Buffer.from(row.hex, 'hex'))
    const isBroken = row.acceptStreamResult === 'invalid protocol'
    expect(ends.map(({ status }) => status)).toEqual(isBroken ? ['Failed'] : [])
    await mux.dispose()
  })
})

describe('streams', () => {
  test('a destination that cannot be reached delays every stream behind it, and no other does', async () => {
    const { dial, far } = toPipe()
    far.resume()
    let fail = (): void => undefined
    const dials: number[] = []
    const { mux, send, frames, sent } = startMux((host, port, signal) => {
      dials.push(dials.length)
      if (dials.length > 1) return dial(host, port, signal)
      return new Promise((_, reject) => {
        fail = () => reject(new Error('timed out'))
      })
    })
    void send(muxFrame(SYN, 3), muxFrame(SYN, 5), muxFrame(PUSH, 5, 'x'))
    await new Promise(setImmediate)
    expect({ dials, sent }).toEqual({ dials: [0], sent: [] })
    fail()
    await vi.waitFor(() => expect(dials).toEqual([0, 1]))
    expect(frames()).toMatchObject([{ command: FIN, streamId: 3 }])
    await mux.dispose()
  })

  test('4 MiB that no destination takes block the reader, for every stream, until it is taken', async () => {
    const { dial, far } = toPipe()
    const { mux, send } = startMux(dial)
    void send(muxFrame(SYN, 3))
    const piece = muxFrame(PUSH, 3, Buffer.alloc(32_768))
    let bytes = 0
    let taken: Promise<void> = Promise.resolve()
    let isTaken = true
    // What the pipe to the destination takes frees the reader again, until that is full too.
    while (isTaken) {
      const handled = send(piece)
      bytes += 32_768
      if (typeof handled === 'string') continue
      isTaken = false
      taken = handled.then(() => {
        isTaken = true
      })
      await new Promise(setImmediate)
    }
    expect(bytes).toBeGreaterThanOrEqual(4 * 1_024 * 1_024)
    expect(bytes).toBeLessThan(5 * 1_024 * 1_024)
    far.resume()
    await taken
    expect(send(muxFrame(PUSH, 3, 'x'))).toBe('handled')
    await mux.dispose()
  })

  test('streams take turns: a long answer does not hold up a short one', async () => {
    const pipes = [createPipe(), createPipe()] as const
    let next = 0
    const { mux, send, frames } = startMux(() => Promise.resolve(pipes[next++]![0]))
    void send(muxFrame(SYN, 3), muxFrame(SYN, 5))
    const [[, long], [, short]] = pipes
    await vi.waitFor(() => expect(next).toBe(2))
    long.write(Buffer.alloc(4 * 1_024 * 1_024))
    short.end('short')
    await vi.waitFor(() => expect(frames().some(({ streamId }) => streamId === 5)).toBe(true))
    const before = frames().findIndex(({ streamId }) => streamId === 5)
    expect(before).toBeLessThan(5)
    await mux.dispose()
  })

  test('an end of the destination is told after all of its bytes', async () => {
    const { dial, far } = toPipe()
    const { mux, send, frames } = startMux(dial)
    void send(muxFrame(SYN, 3))
    far.end(Buffer.alloc(300_000, 7))
    await vi.waitFor(() => expect(frames().at(-1)?.command).toBe(FIN))
    const bytes = frames().reduce((sum, { data }) => sum + data.length, 0)
    expect(bytes).toBe(300_000)
    expect(frames().every(({ data }) => data.length <= 32_768)).toBe(true)
    await mux.dispose()
  })

  test('a dispose destroys every connection', async () => {
    const { dial, far } = toPipe()
    const { mux, send } = startMux(dial)
    void send(muxFrame(SYN, 3), muxFrame(PUSH, 3, 'x'))
    far.resume()
    const ended = once(far, 'end')
    await mux.dispose()
    await ended
  })
})

describe('keepalive', () => {
  test('with it on, a NOP goes out every 10 s and silence ends the session after 30 to 60 s', async () => {
    vi.useFakeTimers()
    const { mux, ends, sentHex, send } = startMux(refuse, true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(sentHex().map(({ payloadHex }) => payloadHex)).toEqual(['0103000000000000', '0103000000000000'])
    void send(muxFrame(3, 0))
    await vi.advanceTimersByTimeAsync(39_000)
    expect(ends).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ends).toEqual([{ status: 'Failed', output: 'smux: keepalive timeout' }])
    await mux.dispose()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('with it off, silence is no reason to send or to end', async () => {
    vi.useFakeTimers()
    const { mux, ends, sent } = startMux(refuse)
    await vi.advanceTimersByTimeAsync(300_000)
    expect({ ends, sent, timers: vi.getTimerCount() }).toEqual({ ends: [], sent: [], timers: 0 })
    await mux.dispose()
  })
})
