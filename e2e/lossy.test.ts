// Our channel and the simulator's agent on an in-memory wire that loses, duplicates, delays, reorders and cuts, with a clock
// that the test advances. With every script, each byte arrives once and in order, in both directions.

import { PassThrough, type Duplex } from 'node:stream'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ReceiveBudget } from '../electron/ssm/port/budget'
import { Channel } from '../electron/ssm/channel/channel'
import { createPort } from '../electron/ssm/port/create'
import type { Port } from '../electron/ssm/port/port'
import { openAgent } from './kit/wire/agent'
import { seededRandom } from './kit/random'
import { MemoryWire } from './kit/wire/memory'

const TOTAL_BYTES = 24_000

interface Script {
  readonly loss: number
  readonly duplicate: number
  readonly delayMs: number
  readonly cuts: number
  readonly seed: number
}

const totals = { lost: 0, duplicated: 0, reordered: 0, cut: 0 }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

async function play(script: Script): Promise<{ sent: Buffer; echoed: Buffer; failures: unknown[] }> {
  const random = seededRandom(script.seed)
  let wire = new MemoryWire()
  let epoch = 0
  let cutsLeft = script.cuts
  let port: Port | undefined
  let lastLanding = 0
  const failures: unknown[] = []

  // One direction of the wire: each frame may be lost, duplicated or delayed, and none outlives its socket.
  const carry = (frame: Buffer, land: (frame: Buffer) => void): void => {
    if (random() < script.loss) {
      totals.lost += 1
      return
    }
    const copies = random() < script.duplicate ? 2 : 1
    if (copies === 2) totals.duplicated += 1
    for (let copy = 0; copy < copies; copy += 1) {
      const mine = epoch
      const landsAt = Date.now() + 1 + Math.floor(random() * script.delayMs)
      if (landsAt < lastLanding) totals.reordered += 1
      lastLanding = Math.max(lastLanding, landsAt)
      setTimeout(() => {
        if (mine === epoch) land(frame)
      }, landsAt - Date.now())
    }
  }
  const opened = openAgent({
    plan: { kind: 'port', properties: { portNumber: '22' } },
    // A PassThrough acts as an echo server.
    dial: () => Promise.resolve(new PassThrough()),
    onFrame: (frame) => carry(frame, (landed) => wire.deliver(landed)),
  })
  const connectWire = (): void => {
    wire = new MemoryWire()
    wire.onFrame = (frame) => carry(Buffer.from(frame), (landed) => opened.agent.receive(landed))
    epoch += 1
    channel.attach(wire, 'token')
  }
  const channel: Channel = new Channel({
    handlers: {
      ready: (ready) => {
        port = createPort(channel, ready, new ReceiveBudget())
        return port
      },
      lost: () => setTimeout(connectWire, 50),
      resumed: () => undefined,
      closed: (text) => failures.push(text),
      failed: (error) => failures.push(error),
    },
  })
  connectWire()

  const sent = Buffer.from(Array.from({ length: TOTAL_BYTES }, () => Math.floor(random() * 256)))
  const echoed: Buffer[] = []
  let stream: Duplex | undefined
  let echoedBytes = 0
  for (let elapsed = 0; elapsed < 600_000 && echoedBytes < TOTAL_BYTES && failures.length === 0; elapsed += 10) {
    await vi.advanceTimersByTimeAsync(10)
    wire.pong()
    if (port !== undefined && stream === undefined) {
      stream = port.open()
      stream.on('data', (chunk: Buffer) => {
        echoed.push(chunk)
        echoedBytes += chunk.length
      })
      for (let at = 0; at < TOTAL_BYTES; at += 1_500) stream.write(sent.subarray(at, at + 1_500))
    }
    if (cutsLeft > 0 && stream !== undefined && random() < 0.03) {
      cutsLeft -= 1
      totals.cut += 1
      epoch += 1
      wire.drop()
    }
  }
  channel.close()
  stream?.destroy()
  await opened.agent[Symbol.asyncDispose]()
  return { sent, echoed: Buffer.concat(echoed), failures }
}

it('every byte arrives once and in order through loss, duplication, reordering and cuts', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        loss: fc.constantFrom(0, 0.02, 0.1, 0.2),
        duplicate: fc.constantFrom(0, 0.05, 0.2),
        delayMs: fc.constantFrom(1, 20, 80),
        cuts: fc.integer({ min: 0, max: 4 }),
        seed: fc.integer(),
      }),
      async (script) => {
        const { sent, echoed, failures } = await play(script)
        expect(failures).toEqual([])
        expect(echoed.equals(sent)).toBe(true)
        // Nothing outlives the script: no timer of the channel or the agent is left.
        await vi.advanceTimersByTimeAsync(1_000)
        expect(vi.getTimerCount()).toBe(0)
      },
    ),
    { numRuns: 60 },
  )
  for (const count of Object.values(totals)) expect(count).toBeGreaterThan(0)
})
