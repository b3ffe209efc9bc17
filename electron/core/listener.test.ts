import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { AppError } from '../../shared/errors'
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
})
