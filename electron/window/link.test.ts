// Both ends of a window's Link, joined by a wire that clones as Electron does and delivers when the test says so.

import { expect, test } from 'vitest'
import type { EventMessage } from '../../shared/api'
import { AppError } from '../../shared/errors'
import type { Client, Core } from '../core/coreparts'
import { createBridge } from './bridge'
import { EVENT_CHANNEL, SUBSCRIPTION_CHANNEL, type EventEnvelope } from './channels'
import { WindowLink } from './link'

type EventListener = Parameters<Core['subscribe']>[0]

/** Tells a snapshot to whoever subscribes. `wait` is never answered, `fail` fails, all else is echoed. */
class StandInCore {
  readonly listeners = new Set<EventListener>()
  /** Clients that were disposed of. */
  gone = 0
  asked = 0
  /** Makes each snapshot so much longer. */
  filling = ''
  #snapshots = 0

  handle(name: string, parameters: unknown): Promise<unknown> {
    this.asked += 1
    if (name === 'wait') return new Promise(() => undefined)
    if (name === 'fail') return Promise.reject(new AppError('agent-offline', 'It does not answer.'))
    if (name === 'break') return Promise.reject(new TypeError('x is not a function'))
    return Promise.resolve(parameters)
  }

  connect(): Client & Disposable {
    return {
      handle: (name, parameters) => this.handle(name, parameters),
      subscribe: (listener) => this.subscribe(listener),
      [Symbol.dispose]: () => {
        this.gone += 1
      },
    }
  }

  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener)
    this.#snapshots += 1
    listener('snapshot', {
      number: this.#snapshots,
      filling: this.filling,
      instances: { items: [] },
      containers: { items: [] },
    } as never)
    return () => this.listeners.delete(listener)
  }

  tell(text: string): void {
    const bytes = new TextEncoder().encode(text)
    for (const listener of this.listeners) listener('terminal.output', { terminalId: 't', offset: 0, bytes })
  }
}

/** A window whose pages hear what was sent when `deliver` is called. */
class StandInWindow {
  readonly core = new StandInCore()
  readonly sent: EventEnvelope[] = []
  readonly link: WindowLink
  isGone = false
  #listener: (event: unknown, envelope: EventEnvelope) => void = () => undefined

  constructor() {
    this.link = new WindowLink(this.core, {
      isGone: () => this.isGone,
      send: (envelope) => this.sent.push(structuredClone(envelope)),
    })
  }

  /** Loads a page. What it hears is returned as words: the number of a snapshot, or the bytes of an output. */
  load(pageId: string) {
    const bridge = createBridge(
      {
        invoke: async (_channel, name, parameters) => structuredClone(await this.link.request(name, parameters)),
        send: (channel, message) => {
          expect(channel).toBe(SUBSCRIPTION_CHANNEL)
          this.link.hear(structuredClone(message))
        },
        on: (channel, listener) => {
          expect(channel).toBe(EVENT_CHANNEL)
          this.#listener = listener
        },
      },
      pageId,
    )
    const subscribe = (heard: unknown[]): (() => void) => bridge.subscribe((message) => heard.push(wordOf(message)))
    return { bridge, subscribe }
  }

  deliver(): void {
    for (const envelope of this.sent.splice(0)) this.#listener({}, envelope)
  }
}

function wordOf({ event, value }: EventMessage): unknown {
  if (event === 'snapshot') return (value as { number: number }).number
  return new TextDecoder().decode((value as { bytes: Uint8Array }).bytes)
}

test('a subscriber hears the whole state first and then every event, until it unsubscribes', () => {
  const window = new StandInWindow()
  const { subscribe } = window.load('a')
  const heard: unknown[] = []
  const unsubscribe = subscribe(heard)
  window.core.tell('one')
  window.core.tell('two')
  window.deliver()
  expect(heard).toEqual([1, 'one', 'two'])
  unsubscribe()
  expect(window.core.listeners.size).toBe(0)
})

test('one page has one subscription; a later subscriber hears the whole state first, too', () => {
  const window = new StandInWindow()
  const { subscribe } = window.load('a')
  const [first, second]: [unknown[], unknown[]] = [[], []]
  const ends = [subscribe(first)]
  window.deliver()
  ends.push(subscribe(second))
  window.core.tell('x')
  window.deliver()
  expect([first, second]).toEqual([
    [1, 2, 'x'],
    [2, 'x'],
  ])
  expect(window.core.listeners.size).toBe(1)
  ends[0]!()
  expect(window.core.listeners.size).toBe(1)
  ends[1]!()
  expect(window.core.listeners.size).toBe(0)
})

test('requests are answered; errors keep their code and lose their stack', async () => {
  const { bridge } = new StandInWindow().load('a')
  expect(await bridge.request('echo', { a: 1 })).toEqual({ ok: true, value: { a: 1 } })
  expect(await bridge.request('fail', {})).toEqual({
    ok: false,
    error: { code: 'agent-offline', message: 'It does not answer.' },
  })
  expect(await bridge.request('break', {})).toEqual({
    ok: false,
    error: { code: 'internal', message: 'Something went wrong inside Culvert (x is not a function).' },
  })
})

test('a request without a name, and more at once than any page has, ask nothing of the core', async () => {
  const { core, link } = new StandInWindow()
  for (const name of [undefined, null, 1, { toString: () => 'echo' }]) {
    expect(await link.request(name, {})).toMatchObject({ ok: false, error: { code: 'usage' } })
  }
  expect(core.asked).toBe(0)
  for (let count = 0; count < 256; count += 1) void link.request('wait', {})
  expect(await link.request('echo', {})).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(core.asked).toBe(256)
})

test('answered requests make room for others', async () => {
  const { link } = new StandInWindow()
  for (let count = 0; count < 300; count += 1) {
    expect(await link.request(count % 2 === 0 ? 'echo' : 'fail', {})).toHaveProperty('ok', count % 2 === 0)
  }
})

test('a reload ends the subscription of the earlier page, and nothing of it reaches the later one', () => {
  const window = new StandInWindow()
  const earlier: unknown[] = []
  const leave = window.load('a').subscribe(earlier)
  window.core.tell('late')
  const later: unknown[] = []
  window.load('b').subscribe(later)
  expect(window.core.listeners.size).toBe(1)
  window.deliver()
  expect([earlier, later]).toEqual([[], [2]])
  // The earlier page says good-bye when the later one is there already.
  leave()
  window.core.tell('x')
  window.deliver()
  expect(later).toEqual([2, 'x'])
})

test('a page that takes nothing is told nothing more, and gets the whole state once it has caught up', () => {
  const window = new StandInWindow()
  const heard: unknown[] = []
  window.load('a').subscribe(heard)
  const piece = 'x'.repeat(1_024 * 1_024)
  for (let count = 0; count < 40; count += 1) window.core.tell(piece)
  expect(window.core.listeners.size).toBe(0)
  expect(window.sent).toHaveLength(16)
  window.deliver()
  expect(heard.slice(1)).toEqual(Array.from({ length: 15 }, () => piece))
  expect(window.core.listeners.size).toBe(1)
  window.core.tell('after')
  window.deliver()
  expect(heard.slice(16)).toEqual([2, 'after'])
})

test('a state over 16 Mi characters is sent once to a page that takes it, and the stream goes on', () => {
  const window = new StandInWindow()
  window.core.filling = 'x'.repeat(17 * 1_024 * 1_024)
  const heard: unknown[] = []
  window.load('a').subscribe(heard)
  window.core.tell('on its way')
  for (let count = 0; count < 5; count += 1) window.deliver()
  window.core.tell('after')
  for (let count = 0; count < 5; count += 1) window.deliver()
  expect(heard).toEqual([1, 'on its way', 'after'])
})

test('a page that keeps up is never cut off, however much it hears', () => {
  const window = new StandInWindow()
  const heard: unknown[] = []
  window.load('a').subscribe(heard)
  for (let count = 0; count < 40; count += 1) {
    window.core.tell('x'.repeat(1_024 * 1_024))
    window.deliver()
  }
  expect(heard).toHaveLength(41)
})

test('a listener that fails does not end the subscription', () => {
  const window = new StandInWindow()
  const { bridge } = window.load('a')
  bridge.subscribe(() => {
    throw new Error('a fault of the page')
  })
  const deliver = (): void => window.deliver()
  for (let count = 0; count < 40; count += 1) {
    expect(deliver).toThrow('a fault of the page')
    window.core.tell('x'.repeat(1_024 * 1_024))
  }
  expect(window.core.listeners.size).toBe(1)
})

test('a page whose process has gone is dropped at the next event, a closed window at once', () => {
  const crashed = new StandInWindow()
  crashed.load('a').subscribe([])
  crashed.isGone = true
  crashed.core.tell('x')
  expect([crashed.core.listeners.size, crashed.sent.length]).toEqual([0, 1])
  const closed = new StandInWindow()
  closed.load('a').subscribe([])
  closed.link[Symbol.dispose]()
  expect(closed.core.listeners.size).toBe(0)
})

test('what is no subscription message changes nothing', () => {
  const window = new StandInWindow()
  for (const message of [
    undefined,
    'subscribe',
    { kind: 'subscribe' },
    { kind: 'subscribe', pageId: '' },
    { kind: 'subscribe', pageId: 'a', more: 1 },
    { kind: 'taken', pageId: 'a', sequence: 1 },
  ]) {
    window.link.hear(message)
  }
  expect(window.core.listeners.size).toBe(0)
  const heard: unknown[] = []
  window.load('a').subscribe(heard)
  for (const message of [
    { kind: 'unsubscribe', pageId: 'b' },
    { kind: 'unsubscribe' },
    { kind: 'taken', pageId: 'a', sequence: -1 },
    { kind: 'taken', pageId: 'a', sequence: 'all' },
  ]) {
    window.link.hear(message)
  }
  window.core.tell('x')
  window.deliver()
  expect(heard).toEqual([1, 'x'])
})
