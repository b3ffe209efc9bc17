import { afterEach, expect, test } from 'vitest'
import { findFreePort } from './freeport'
import { listen, type Listener } from './listener'

const bound: Listener[] = []

afterEach(async () => {
  await Promise.all(bound.splice(0).map((listener) => listener[Symbol.asyncDispose]()))
})

async function occupy(port: number): Promise<number> {
  const listener = await listen({ port, onConnection: (socket) => socket.destroy() })
  bound.push(listener)
  return listener.port
}

/** The first of two neighbouring ports, of which this one is in use and the next one was free a moment ago. */
async function neighbours(): Promise<number> {
  for (;;) {
    const port = await occupy(0)
    const next = await listen({ port: port + 1, onConnection: () => undefined }).catch(() => undefined)
    if (next === undefined) continue
    await next[Symbol.asyncDispose]()
    return port
  }
}

test('a port that is in use, or that a saved forward has, is passed over', async () => {
  const port = await neighbours()
  expect(await findFreePort(port, [])).toBe(port + 1)
  expect(await findFreePort(port, [port + 1])).toBeGreaterThan(port + 1)
})

test('the port that was found is free: it can be bound at once', async () => {
  const port = await findFreePort(await neighbours(), [])
  expect(await occupy(port)).toBe(port)
})

test('no port above the last one is tried: none is free then', async () => {
  await expect(findFreePort(65_534, [65_534, 65_535])).rejects.toMatchObject({
    code: 'port-in-use',
    message: 'No local port from 65534 to 65535 is free. Choose another one.',
  })
  const taken = Array.from({ length: 201 }, (_, index) => 40_000 + index)
  await expect(findFreePort(40_000, taken)).rejects.toMatchObject({ code: 'port-in-use' })
})
