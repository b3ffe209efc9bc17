// Resumes over real sockets: at any moment and byte-exact, from a half-open socket, and a thousand in a row.

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defaultTiming } from '../electron/core/sessions/timing'
import { sourceBytes } from '../electron/simulator/world/bytesource'
import type { FaultOrder } from '../electron/simulator/faults/orders'
import { openStage, type Stage } from './kit/aws/environment'

const RESUMES = 1_000
/** Pings are sent every 20 s from a tick of 5 s: the only interval of a channel. */
const TICK_MS = 5_000
const HOUR_MS = 3_600_000
/** A thousand resumes take 5 s on an idle machine. */
const TIMEOUT_MS = 300_000

let stage: Stage

afterEach(() => stage.close())

async function openTunnel(remotePort: number) {
  let resumed: () => void = () => undefined
  const tunnel = await stage.environment.openTunnel({
    target: stage.simulator.world.instances[0]!.id,
    remotePort,
    signal: AbortSignal.timeout(HOUR_MS),
    onState: () => undefined,
    onEvent: ({ kind }) => {
      if (kind === 'resumed') resumed()
    },
  })
  return {
    tunnel,
    /** Resolves at the next resume. */
    resumed: () =>
      new Promise<void>((resolve) => {
        resumed = resolve
      }),
  }
}

async function program(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}

/** Sends `text` and reads as many bytes as it has. */
async function echo(socket: Socket, text: string): Promise<string> {
  let heard = ''
  const all = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      heard += chunk.toString()
      if (heard.length >= text.length) {
        socket.off('data', hear)
        resolve()
      }
    }
    socket.on('data', hear)
    socket.once('error', reject)
  })
  socket.write(text)
  await all
  return heard
}

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(bytes))
  return head
}

const bye = (sessionId: string): FaultOrder => ({ kind: 'cut', how: 'close-1000', session: sessionId })

describe('check 40: close 1000 goes on byte-exactly', () => {
  it('of an idle session, and between data and its acknowledgement', async () => {
    stage = await openStage()
    const { faults } = stage.simulator
    const { tunnel, resumed } = await openTunnel(7)
    const socket = await program(tunnel.port)
    expect(await echo(socket, 'before')).toBe('before')
    let told = resumed()
    faults.apply(bye(tunnel.sessionId))
    await told
    expect(await echo(socket, 'idle')).toBe('idle')

    faults.apply({
      kind: 'traffic',
      session: tunnel.sessionId,
      direction: 'down',
      messageClass: 'acknowledge',
      loss: 1,
    })
    // The echo proves that the text has arrived, but no acknowledgement was received.
    expect(await echo(socket, 'unacknowledged')).toBe('unacknowledged')
    told = resumed()
    faults.apply({ kind: 'clear' })
    faults.apply(bye(tunnel.sessionId))
    await told
    expect(await echo(socket, 'once')).toBe('once')
    expect(faults.counts.loss).toBeGreaterThan(0)
    const [record] = stage.simulator.sessions()
    expect(record).toMatchObject({ resumes: 2, counters: { alteredRetransmits: 0 } })
    expect(record!.counters.duplicatesReceived).toBeGreaterThan(0)
    socket.destroy()
    await tunnel[Symbol.asyncDispose]()
  })

  it('in the middle of an upload and of a download, three times each', async () => {
    stage = await openStage()
    const size = 3_000_000
    const down = await openTunnel(9_001)
    const reader = await program(down.tunnel.port)
    reader.write(lengthOf(size))
    const hash = createHash('sha256')
    let total = 0
    let cuts = 0
    for await (const chunk of reader) {
      hash.update(chunk as Buffer)
      total += (chunk as Buffer).length
      if (cuts === 3 || total < ((cuts + 1) * size) / 4) continue
      cuts += 1
      stage.simulator.faults.apply(bye(down.tunnel.sessionId))
    }
    const wanted = createHash('sha256')
    for (const chunk of sourceBytes(size)) wanted.update(chunk)
    expect([total, hash.digest('hex')]).toEqual([size, wanted.digest('hex')])

    const up = await openTunnel(9_000)
    const data = randomBytes(size)
    const writer = await program(up.tunnel.port)
    writer.write(lengthOf(size))
    for (let part = 0; part < 4; part += 1) {
      if (!writer.write(data.subarray((part * size) / 4, ((part + 1) * size) / 4))) await once(writer, 'drain')
      if (part < 3) stage.simulator.faults.apply(bye(up.tunnel.sessionId))
    }
    const [answer] = (await once(writer, 'data')) as [Buffer]
    expect(answer.toString().trim()).toBe(createHash('sha256').update(data).digest('hex'))
    for (const { tunnel } of [down, up]) await tunnel[Symbol.asyncDispose]()
    expect(stage.simulator.faults.counts['client-close-1000']).toBeGreaterThan(3)
  })

  it('of a session whose handshake is under way', async () => {
    stage = await openStage()
    const { simulator } = stage
    simulator.faults.apply({
      kind: 'traffic',
      session: 'all',
      direction: 'down',
      messageClass: 'control',
      delayMs: 150,
    })
    const opening = openTunnel(7)
    await vi.waitFor(() => expect(simulator.sessions()[0]?.status).toBe('Connected'))
    simulator.faults.apply(bye(simulator.sessions()[0]!.id))
    const { tunnel } = await opening
    const socket = await program(tunnel.port)
    expect(await echo(socket, 'after')).toBe('after')
    expect(simulator.sessions()).toMatchObject([{ id: tunnel.sessionId, resumes: 1 }])
    socket.destroy()
    await tunnel[Symbol.asyncDispose]()
  })
})

it('check 46: a half-open socket is found at a wake, and what was written into it arrives', async () => {
  // Only the probe of a wake finds the dead socket: the heartbeat would take hours.
  stage = await openStage({}, { ...defaultTiming, heartbeat: { pingMs: HOUR_MS, deadMs: HOUR_MS } })
  const { tunnel, resumed } = await openTunnel(7)
  const socket = await program(tunnel.port)
  expect(await echo(socket, 'before')).toBe('before')
  const told = resumed()
  stage.simulator.faults.apply({ kind: 'cut', how: 'black-hole', session: tunnel.sessionId })
  const heard = echo(socket, 'into the void')
  stage.environment.wake()
  await told
  expect(await heard).toBe('into the void')
  expect(stage.simulator.sessions()).toMatchObject([{ resumes: 1 }])
  socket.destroy()
  await tunnel[Symbol.asyncDispose]()
})

/** Counts the intervals of `ms` that were set and not cleared, until `restore`. */
function watchIntervals(ms: number): { readonly live: () => number; readonly restore: () => void } {
  const { setInterval: set, clearInterval: clear } = globalThis
  const live = new Set<unknown>()
  Object.assign(globalThis, {
    setInterval: (...[act, period, ...more]: Parameters<typeof set>) => {
      const timer = set(act, period, ...more)
      if (period === ms) live.add(timer)
      return timer
    },
    clearInterval: (timer: Parameters<typeof clear>[0]) => {
      live.delete(timer)
      clear(timer)
    },
  })
  return {
    live: () => live.size,
    restore: () => Object.assign(globalThis, { setInterval: set, clearInterval: clear }),
  }
}

const count = (name: string) => process.getActiveResourcesInfo().filter((each) => each === name).length

it(
  `check 45: ${RESUMES} resumes of one session leave one socket and one ping timer`,
  { timeout: TIMEOUT_MS },
  async () => {
    const intervals = watchIntervals(TICK_MS)
    try {
      stage = await openStage({}, { ...defaultTiming, firstRetryMs: 1, maxRetryMs: 5 })
      const { simulator } = stage
      const { tunnel, resumed } = await openTunnel(7)
      const { sessionId } = tunnel
      const socket = await program(tunnel.port)
      const cut = async (): Promise<void> => {
        const told = resumed()
        simulator.cut(sessionId, 'rst')
        await told
      }
      // The connections that the first resumes open (HTTP keep-alive) are reused by later ones.
      for (let time = 0; time < 10; time += 1) await cut()
      expect(await echo(socket, 'before')).toBe('before')
      const before = { sockets: count('TCPSocketWrap'), timers: count('Timeout') }
      expect(intervals.live()).toBe(1)

      for (let time = 10; time < RESUMES; time += 1) await cut()
      expect(await echo(socket, 'after')).toBe('after')
      expect(intervals.live()).toBe(1)
      expect(tunnel.sessionId).toBe(sessionId)
      expect(simulator.sessions()).toMatchObject([{ id: sessionId, resumes: RESUMES, status: 'Connected' }])
      // The last socket may still be closing. Checked without a timer, because a timer would be counted.
      const isSettled = (): boolean => count('TCPSocketWrap') <= before.sockets && count('Timeout') <= before.timers
      const endsAt = performance.now() + 90_000
      while (!isSettled() && performance.now() < endsAt) await new Promise(setImmediate)
      expect(count('TCPSocketWrap')).toBeLessThanOrEqual(before.sockets)
      // A retransmission timer may be pending at one of the two moments.
      expect(count('Timeout')).toBeLessThanOrEqual(before.timers + 1)

      socket.destroy()
      await tunnel[Symbol.asyncDispose]()
      expect(intervals.live()).toBe(0)
    } finally {
      intervals.restore()
    }
  },
)
