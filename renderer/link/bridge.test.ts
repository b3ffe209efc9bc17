import { expect, test } from 'vitest'
import type { Bridge, EventMessage } from '../../shared/api'
import { BridgeLink, isBridge } from './bridge'

type Answer = Awaited<ReturnType<Bridge['request']>>

/** The preload's end of the bridge: answers as instructed, and emits any message. */
class Preload implements Bridge {
  readonly asked: unknown[] = []
  answer: () => Promise<Answer> = () => Promise.resolve({ ok: true, value: null })
  readonly #listeners = new Set<(message: EventMessage) => void>()

  request(name: string, parameters: unknown): Promise<Answer> {
    this.asked.push([name, parameters])
    return this.answer()
  }

  subscribe(listener: (message: EventMessage) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  say(event: string, value: unknown): void {
    for (const listener of this.#listeners) listener({ event, value } as EventMessage)
  }
}

test('a request is passed on as it is, and its answer comes back', async () => {
  const preload = new Preload()
  preload.answer = () => Promise.resolve({ ok: true, value: { localPort: 5_433 } })
  const link = new BridgeLink(preload)
  await expect(link.request('port.suggest', { from: 5_432 })).resolves.toEqual({ localPort: 5_433 })
  expect(preload.asked).toEqual([['port.suggest', { from: 5_432 }]])
})

test('what the core says against it keeps its code; an answer of another shape and a broken bridge are errors', async () => {
  const preload = new Preload()
  const link = new BridgeLink(preload)
  const ask = (): Promise<unknown> => link.request('forward.stop', { forwardId: 'f' })
  preload.answer = () => Promise.resolve({ ok: false, error: { code: 'unknown-forward', message: 'Gone.' } })
  await expect(ask()).rejects.toMatchObject({ name: 'AppError', code: 'unknown-forward', message: 'Gone.' })
  preload.answer = () => Promise.resolve({ ok: true, value: 5 })
  await expect(ask()).rejects.toMatchObject({ code: 'protocol' })
  preload.answer = () => Promise.reject(new Error('An object could not be cloned.'))
  await expect(ask()).rejects.toMatchObject({ name: 'AppError', code: 'internal' })
})

test('it is open from the first event on, and its events are checked like those of a socket', () => {
  const preload = new Preload()
  const link = new BridgeLink(preload)
  const heard: unknown[] = []
  link.onConnection((connection) => heard.push(connection))
  link.on('snapshot.patch', (patch) => heard.push(patch))
  expect(link.connection).toBe('connecting')
  preload.say('snapshot.patch', { forwards: 5 })
  preload.say('snapshot.patch', { forwards: [] })
  preload.say('something.else', {})
  expect(heard).toEqual(['open', { forwards: [] }])
  link.dispose()
  preload.say('snapshot.patch', { forwards: [] })
  expect(heard).toHaveLength(2)
})

test('only what has both ends of a bridge is one', () => {
  expect([new Preload(), undefined, {}, { request: () => undefined }].map(isBridge)).toEqual([
    true,
    false,
    false,
    false,
  ])
})
