// The throughput of a forward, as a ratio to plain TCP through a relay in the same run, and its memory use.
//
// The simulator runs in a separate process, without pacing; the paced figure shows the limit of a real agent. AWS's own plugin
// was measured at 0.78 MB/s up on another machine (vectors.json, plugin-upload-rate): that figure is for orientation only.

import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Environment } from '../../electron/core/environments/environment'
import { openTunnel, printLine, withDemo } from './demo'

const MEGABYTES = Number(process.argv[2] ?? '64')
const BYTES = MEGABYTES * 1_000_000
const CHUNK = Buffer.alloc(65_536, 7)

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(8)
  head.writeBigUInt64BE(BigInt(bytes))
  return head
}

async function send(socket: Socket, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= CHUNK.length) {
    if (!socket.write(CHUNK.subarray(0, Math.min(left, CHUNK.length)))) await once(socket, 'drain')
  }
}

/** Sends or receives `bytes` through `port` by the protocols of the Demo's ports 9000 and 9001; returns MB/s. */
async function measure(port: number, direction: 'up' | 'down', bytes: number): Promise<number> {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  const startedAt = performance.now()
  socket.write(lengthOf(bytes))
  let received = 0
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
  })
  const ended = once(socket, 'end')
  if (direction === 'up') await send(socket, bytes)
  await ended
  const seconds = (performance.now() - startedAt) / 1_000
  if (direction === 'down' && received !== bytes) throw new Error(`${received} of ${bytes} bytes came`)
  socket.destroy()
  return bytes / 1e6 / seconds
}

/** Plain TCP through one relay inside this process: the reference of the same run. */
async function plain(direction: 'up' | 'down'): Promise<number> {
  const target = createServer((socket) => {
    let left = -1
    socket.on('data', (chunk: Buffer) => {
      if (left < 0) {
        left = Number(chunk.readBigUInt64BE(0)) - (chunk.length - 8)
        if (direction === 'down') void send(socket, BYTES).then(() => socket.end())
      } else left -= chunk.length
      if (direction === 'up' && left === 0) socket.end('done\n')
    })
  })
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const relay = createServer((near) => {
    const far = connect({ port: (target.address() as AddressInfo).port, host: '127.0.0.1' })
    near.pipe(far).pipe(near)
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const rate = await measure((relay.address() as AddressInfo).port, direction, BYTES)
  relay.close()
  target.close()
  return rate
}

async function through(environment: Environment, direction: 'up' | 'down', bytes: number): Promise<number> {
  const tunnel = await openTunnel(environment, direction === 'up' ? 9_000 : 9_001)
  const rate = await measure(tunnel.port, direction, bytes)
  await tunnel[Symbol.asyncDispose]()
  return rate
}

/** Receives 32,768 bytes on each of several connections in turn; returns the median time until the first byte, ms. */
async function firstByte(environment: Environment): Promise<number> {
  const tunnel = await openTunnel(environment, 9_001)
  const times: number[] = []
  for (let round = 0; round < 21; round += 1) {
    const socket = connect({ port: tunnel.port, host: '127.0.0.1' })
    await once(socket, 'connect')
    const startedAt = performance.now()
    socket.write(lengthOf(32_768))
    await once(socket, 'data')
    times.push(performance.now() - startedAt)
    socket.resume()
    await once(socket, 'end')
    socket.destroy()
  }
  await tunnel[Symbol.asyncDispose]()
  return times.toSorted((one, other) => one - other)[10] ?? 0
}

const baseBytes = process.memoryUsage().rss
const tcp = { up: await plain('up'), down: await plain('down') }
printLine(
  `plain TCP through a relay  up ${tcp.up.toFixed(0)} MB/s   down ${tcp.down.toFixed(0)} MB/s   (${MEGABYTES} MB)`,
)
await withDemo(false, async (environment) => {
  for (const direction of ['up', 'down'] as const) {
    const rate = await through(environment, direction, BYTES)
    printLine(
      `forward, agent unpaced     ${direction} ${rate.toFixed(1)} MB/s   ratio to plain TCP ${(rate / tcp[direction]).toFixed(3)}`,
    )
  }
})
await withDemo(true, async (environment) => {
  const rate = await through(environment, 'down', 4_000_000)
  printLine(
    `forward, agent paced       down ${rate.toFixed(2)} MB/s   (the agent's own limit is 1,024 bytes a millisecond)`,
  )
  printLine(`first byte of 32 KiB       ${(await firstByte(environment)).toFixed(1)} ms`)
})
printLine(`memory of the client       ${((process.memoryUsage().rss - baseBytes) / 1e6).toFixed(0)} MB above its start`)
