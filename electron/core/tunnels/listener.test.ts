import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { AppError } from '../../../shared/errors'
import { listen, type Listener } from './listener'

const open: (Listener | Server)[] = []
afterEach(async () => {
  for (const each of open.splice(0)) {
    if ('hosts' in each) await each[Symbol.asyncDispose]()
    else await new Promise((resolve) => each.close(resolve))
  }
})

async function listening(port: number, onConnection: (socket: Socket) => void = (socket) => socket.destroy()) {
  const listener = await listen({ port, onConnection })
  open.push(listener)
  return listener
}

function occupy(host: string, port: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      open.push(server)
      resolve((server.address() as { port: number }).port)
    })
  })
}

function greet(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    let text = ''
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}

describe('the local listener', () => {
  it('answers on 127.0.0.1 and on ::1 at the same port', async () => {
    const listener = await listening(0, (socket) => socket.resume().end(`hello ${socket.localAddress}`))
    expect(listener.hosts).toEqual(['127.0.0.1', '::1'])
    expect(await greet('127.0.0.1', listener.port)).toBe('hello 127.0.0.1')
    expect(await greet('::1', listener.port)).toBe('hello ::1')
  })

  it('refuses a fixed port that somebody holds on either address, and leaves nothing bound', async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const port = await occupy(host, 0)
      const error = await listen({ port, onConnection: (socket) => socket.destroy() }).catch(
        (thrown: AppError) => thrown,
      )
      expect((error as AppError).code).toBe('port-in-use')
      expect((error as AppError).message).toContain(String(port))
      const other = host === '::1' ? '127.0.0.1' : '::1'
      expect(await occupy(other, port)).toBe(port)
    }
  })

  it('never shares its port', async () => {
    const listener = await listening(0)
    for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
      await expect(occupy(host, listener.port)).rejects.toThrow('EADDRINUSE')
    }
  })

  it('is not reachable from other addresses of this computer', async () => {
    const listener = await listening(0, (socket) => socket.end('x'))
    await expect(greet('127.0.0.2', listener.port)).rejects.toThrow('ECONNREFUSED')
  })

  it('releases both addresses when it is disposed, twice without harm', async () => {
    const listener = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
    await Promise.all([listener[Symbol.asyncDispose](), listener[Symbol.asyncDispose]()])
    expect(await occupy('127.0.0.1', listener.port)).toBe(listener.port)
    expect(await occupy('::1', listener.port)).toBe(listener.port)
  })

  describe('whose accept has failed', () => {
    /** Fails as Node tells it: with the number of a system error, EMFILE. */
    function failAccept(accepted: Socket): void {
      const { _handle: handle } = (
        accepted as unknown as { server: { _handle: { onconnection: (n: number) => void } } }
      ).server
      handle.onconnection(-24)
    }

    it('gives the port free, binds it again a little later, and accepts as before; what it had accepted goes on', async () => {
      const accepted: Socket[] = []
      const listener = await listening(0, (socket) => accepted.push(socket.resume()))
      const first = connect({ host: '127.0.0.1', port: listener.port })
      await vi.waitFor(() => expect(accepted).toHaveLength(1))
      failAccept(accepted[0]!)
      const said = new Promise<string>((resolve) => first.once('data', (chunk) => resolve(chunk.toString())))
      accepted[0]!.write('still here')
      expect(await said).toBe('still here')
      const again = await vi.waitFor(async () => {
        const socket = connect({ host: '127.0.0.1', port: listener.port })
        await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
        return socket
      })
      await vi.waitFor(() => expect(accepted).toHaveLength(2))
      for (const socket of [first, again, ...accepted]) socket.destroy()
    })

    it('waits twice as long after each time, and goes on when the port can be bound', async () => {
      const accepted: Socket[] = []
      const listener = await listening(0, (socket) => accepted.push(socket))
      const first = connect({ host: '127.0.0.1', port: listener.port })
      await vi.waitFor(() => expect(accepted).toHaveLength(1))
      const spans: (number | undefined)[] = []
      const waits: (() => void)[] = []
      const timers = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) => {
        spans.push(ms)
        waits.push(act)
      }) as never)
      failAccept(accepted[0]!)
      timers.mockRestore()
      expect(spans).toEqual([100])
      const other = await occupy('127.0.0.1', listener.port)
      expect(other).toBe(listener.port)
      const again = new Promise<void>((resolve) => {
        const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((act: () => void, ms?: number) => {
          spans.push(ms)
          timer.mockRestore()
          waits.push(act)
          resolve()
        }) as never)
      })
      waits[0]!()
      await again
      expect(spans).toEqual([100, 200])
      await new Promise((resolve) => (open.pop() as Server).close(resolve))
      waits[1]!()
      const second = await vi.waitFor(async () => {
        const socket = connect({ host: '127.0.0.1', port: listener.port })
        await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
        return socket
      })
      for (const socket of [first, second, ...accepted]) socket.destroy()
    })

    it('is not bound again once it is disposed', async () => {
      const accepted: Socket[] = []
      const listener = await listening(0, (socket) => accepted.push(socket))
      const first = connect({ host: '127.0.0.1', port: listener.port })
      await vi.waitFor(() => expect(accepted).toHaveLength(1))
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      failAccept(accepted[0]!)
      for (const socket of [first, ...accepted]) socket.destroy()
      await listener[Symbol.asyncDispose]()
      expect(vi.getTimerCount()).toBe(0)
      vi.useRealTimers()
      expect(await occupy('127.0.0.1', listener.port)).toBe(listener.port)
    })
  })
})
