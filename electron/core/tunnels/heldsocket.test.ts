import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { HeldSocket } from './heldsocket'

let server: Server
let program: Socket
/** The accepted end, paused as a listener accepts it. */
let socket: Socket

beforeEach(async () => {
  const accepted = deferred<Socket>()
  server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (each) => {
    each.on('error', () => undefined)
    accepted.resolve(each)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  program = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  program.on('error', () => undefined)
  await once(program, 'connect')
  socket = await accepted.promise
})
afterEach(async () => {
  program.destroy()
  socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

/** Reads until `bytes` have come. */
async function read(bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of socket) {
    chunks.push(chunk as Buffer)
    total += (chunk as Buffer).length
    if (total >= bytes) break
  }
  return Buffer.concat(chunks)
}

it('keeps what it has read and puts it back in front of the rest', async () => {
  const held = new HeldSocket(socket, () => undefined)
  program.write('first ')
  await vi.waitFor(() => expect(socket.bytesRead).toBe(6))
  held.release()
  expect(socket.isPaused()).toBe(true)
  program.write('second')
  expect((await read(12)).toString()).toBe('first second')
})

it('stops reading beyond 64 KiB, and nothing of what was sent is lost', async () => {
  const held = new HeldSocket(socket, () => undefined)
  const bytes = Buffer.alloc(4_000_000, 'culvert')
  program.write(bytes)
  await vi.waitFor(() => expect(socket.isPaused()).toBe(true))
  expect(socket.bytesRead).toBeGreaterThanOrEqual(65_536)
  expect(socket.bytesRead).toBeLessThan(200_000)
  held.release()
  expect((await read(bytes.length)).equals(bytes)).toBe(true)
})

it('tells once that the program has left, whether it closed, closed its half, or reset', async () => {
  for (const leave of [() => program.destroy(), () => program.end(), () => program.resetAndDestroy()]) {
    const left = deferred()
    let count = 0
    new HeldSocket(socket, () => {
      count += 1
      left.resolve()
    })
    leave()
    await left.promise
    program.destroy()
    socket.destroy()
    await once(socket, 'close')
    expect(count).toBe(1)
    const accepted = once(server, 'connection')
    program = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
    program.on('error', () => undefined)
    const [next] = (await accepted) as [Socket]
    socket = next
    await vi.waitFor(() => expect(program.readyState).toBe('open'))
  }
})

it('that was released tells of nothing any more', async () => {
  let count = 0
  const held = new HeldSocket(socket, () => (count += 1))
  held.release()
  program.destroy()
  socket.resume()
  await once(socket, 'end')
  expect(count).toBe(0)
})
