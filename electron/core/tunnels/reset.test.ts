import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { resetSocket } from './reset'

async function pair(): Promise<{ near: Socket; far: Socket; close: () => Promise<unknown> }> {
  const server = createServer({ allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  far.on('error', () => undefined)
  const [near] = (await once(server, 'connection')) as [Socket]
  near.on('error', () => undefined)
  return {
    near,
    far,
    close: () => {
      far.destroy()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

test('an open connection is reset: its other end sees an error', async () => {
  const { near, far, close } = await pair()
  const error = new Promise<Error>((resolve) => far.once('error', resolve))
  resetSocket(near)
  resetSocket(near)
  expect(String(await error)).toContain('ECONNRESET')
  await close()
})

test('one whose end is on the way is closed for good, whatever it has left to do', async () => {
  for (const bytes of [0, 1, 10_000_000]) {
    const { near, close } = await pair()
    const closed = once(near, 'close')
    near.end(Buffer.alloc(bytes))
    resetSocket(near)
    await closed
    expect(near.destroyed).toBe(true)
    // The server would wait for a connection that is leaked.
    await close()
  }
})
