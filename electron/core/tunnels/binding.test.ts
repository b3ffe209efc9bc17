import { afterEach, expect, test } from 'vitest'
import type { AppError } from '../../../shared/errors'
import { bindPort } from './binding'
import { listen, type Listener } from './listener'

const bound: Listener[] = []

afterEach(async () => {
  await Promise.all(bound.splice(0).map((listener) => listener[Symbol.asyncDispose]()))
})

async function taken(): Promise<Listener> {
  const listener = await listen({ port: 0, onConnection: (socket) => socket.destroy() })
  bound.push(listener)
  return listener
}

const onConnection = (): void => undefined

test('a free port is bound at once; one in use is an error where nothing is waited for', async () => {
  const { signal } = new AbortController()
  const listener = await bindPort({ port: 0, onConnection, signal })
  if (listener !== undefined) bound.push(listener)
  expect(listener?.port).toBeGreaterThan(0)
  const { port } = await taken()
  await expect(bindPort({ port, onConnection, signal })).rejects.toMatchObject({ code: 'port-in-use' })
})

test('a port in use is tried again after each wait, which is told the same beginning', async () => {
  const other = await taken()
  const waits: { cause: AppError; sinceAt: number }[] = []
  const listener = await bindPort({
    port: other.port,
    onConnection,
    signal: new AbortController().signal,
    wait: async (cause, sinceAt) => {
      waits.push({ cause, sinceAt })
      if (waits.length === 2) await other[Symbol.asyncDispose]()
    },
  })
  if (listener !== undefined) bound.push(listener)
  expect(listener?.port).toBe(other.port)
  expect(waits.map(({ cause }) => cause.code)).toEqual(['port-in-use', 'port-in-use'])
  expect(waits[0]?.sinceAt).toBe(waits[1]?.sinceAt)
})

test('an abort while it is bound leaves nothing bound', async () => {
  const abort = new AbortController()
  const other = await taken()
  await other[Symbol.asyncDispose]()
  const binding = bindPort({ port: other.port, onConnection, signal: abort.signal })
  abort.abort()
  expect(await binding).toBeUndefined()
  bound.push(await listen({ port: other.port, onConnection }))
})

test('an abort while it waits leaves nothing bound', async () => {
  const other = await taken()
  const waiting = new AbortController()
  const none = await bindPort({
    port: other.port,
    onConnection,
    signal: waiting.signal,
    wait: async () => {
      await other[Symbol.asyncDispose]()
      waiting.abort()
    },
  })
  expect(none).toBeUndefined()
  bound.push(await listen({ port: other.port, onConnection }))
})
