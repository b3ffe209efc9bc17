import { connect, createServer, type Server, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../shared/errors'
import { joinConnection } from './join'

let server: Server
let accepted: Promise<Socket>

beforeEach(async () => {
  accepted = new Promise((resolve) => {
    server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, resolve)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  vi.useRealTimers()
  await new Promise((resolve) => server.close(resolve))
})

/** The far end of a stream: what the local program wrote, and a way to answer. */
function farEnd() {
  const written: Buffer[] = []
  const state = { isEnded: false }
  const stream = new Duplex({
    allowHalfOpen: true,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk)
      done()
    },
    final: (done) => {
      state.isEnded = true
      // As smux: a FIN ends both directions.
      stream.push(null)
      done()
    },
  })
  return { stream, written, state }
}

async function client(): Promise<{ local: Socket; socket: Socket }> {
  const local = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', allowHalfOpen: true })
  await new Promise((resolve) => local.once('connect', resolve))
  return { local, socket: await accepted }
}

describe('a joined connection', () => {
  it('check 33: keeps the stream open after the local program has finished writing, so that a late answer arrives', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 30_000)
    local.end('request')
    await vi.waitFor(() => expect(Buffer.concat(far.written).toString()).toBe('request'))
    let answer = ''
    local.on('data', (chunk) => (answer += chunk.toString()))
    const localEnded = new Promise((resolve) => local.once('end', resolve))
    expect(far.state.isEnded).toBe(false)
    far.stream.push('late answer')
    far.stream.push(null)
    await localEnded
    expect(answer).toBe('late answer')
    expect(await joined).toEqual({ bytesUp: 7, bytesDown: 11, error: undefined })
  })

  it('closes the stream when nothing comes for the linger time after the local end', async () => {
    const { local, socket } = await client()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 30_000)
    const halfClosed = new Promise((resolve) => socket.once('end', resolve))
    local.end('request')
    await halfClosed
    vi.advanceTimersByTime(29_999)
    expect(far.stream.writableEnded).toBe(false)
    vi.advanceTimersByTime(1)
    expect(far.stream.writableEnded).toBe(true)
    vi.useRealTimers()
    local.resume()
    await joined
    expect(far.state.isEnded).toBe(true)
  })

  it('passes a local end on at once where the linger time is 0', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 0)
    local.end('request')
    local.resume()
    await joined
    expect(far.state.isEnded).toBe(true)
  })

  it('check 35: a local reset ends the stream', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 30_000)
    local.write('x')
    await vi.waitFor(() => expect(far.written.length).toBe(1))
    local.resetAndDestroy()
    await joined
    expect(far.stream.destroyed).toBe(true)
  })

  it('resets the local program when the stream fails, and names the cause', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 30_000)
    const failed = new Promise<Error>((resolve) => local.once('error', resolve))
    far.stream.destroy(new AppError('destination-refused', 'nobody there'))
    expect((await failed).message).toContain('ECONNRESET')
    expect((await joined).error?.code).toBe('destination-refused')
  })

  it('closes its side when a program has everything and never closes its own', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    let expire: () => void = () => undefined
    const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void) => {
      expire = act
      return undefined
    }) as never)
    const joined = joinConnection(socket, far.stream, 30_000)
    const finished = new Promise((resolve) => socket.once('finish', resolve))
    const ended = new Promise((resolve) => local.once('end', resolve))
    local.resume()
    far.stream.push('last words')
    far.stream.push(null)
    await Promise.all([finished, ended])
    expect(socket.destroyed).toBe(false)
    timers.mockRestore()
    expire()
    expect((await joined).bytesDown).toBe(10)
    local.destroy()
  })

  it('delivers everything before the end when the far end closes while the local program reads slowly', async () => {
    const { local, socket } = await client()
    const far = farEnd()
    const joined = joinConnection(socket, far.stream, 30_000)
    const bytes = Buffer.alloc(3_000_000, 5)
    far.stream.push(bytes)
    far.stream.push(null)
    let got = 0
    for await (const chunk of local) got += (chunk as Buffer).length
    local.end()
    expect(got).toBe(bytes.length)
    expect((await joined).bytesDown).toBe(bytes.length)
  })
})
