// A feed on the real publisher, and a page that takes when the test says so.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noContainers } from '../../shared/model/container'
import type { EventMessage } from '../../shared/api'
import type { TerminalOutput } from '../../shared/api/events'
import type { Instance } from '../../shared/model/instance'
import { changedSnapshot, type SnapshotChange } from '../../shared/model/change'
import type { Snapshot } from '../../shared/model/snapshot'
import { DOOR, Publisher } from '../core/publisher'
import { Feed } from './feed'
import { manyInstances } from './instances.kit'

const MI = 1_024 * 1_024

const empty: Snapshot = {
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '' } as Snapshot['environment'],
  profiles: [],
  instances: { generation: 0, items: [], state: { kind: 'ready' }, notices: [] },
  forwards: [],
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [],
  settings: {} as Snapshot['settings'],
  notices: [],
  about: { version: '0.0.0', dataDirectory: '/data' },
  questions: [],
}

function textOf(message: string | TerminalOutput): string {
  return typeof message === 'string' ? message : ''
}

/** What was sent to a page, and the state that it has made of what it took. */
class Page {
  readonly publisher: Publisher
  readonly feed: Feed
  readonly sent: { readonly text: string; readonly sequence: number }[] = []
  readonly events: string[] = []
  state: Snapshot | undefined
  seen: ((state: Snapshot) => void) | undefined

  constructor(publisher: Publisher, maxWaiting?: number) {
    this.publisher = publisher
    this.feed = new Feed(
      { subscribe: (listener) => publisher.subscribe(listener) },
      (message, sequence) => this.sent.push({ text: textOf(message), sequence }),
      maxWaiting,
    )
    this.feed.follow()
  }

  get unreadSize(): number {
    return this.sent.reduce((size, { text }) => size + text.length, 0)
  }

  /** Takes the oldest messages. */
  take(count = 1): void {
    for (const { text, sequence } of this.sent.splice(0, count)) {
      const { event, value } = JSON.parse(text) as EventMessage
      this.events.push(event)
      if (event === 'snapshot') this.state = value as Snapshot
      if (event === 'snapshot.patch') this.state = changedSnapshot(this.state!, value as SnapshotChange)
      this.seen?.(this.state!)
      this.feed.taken(sequence)
    }
  }
}

function set(publisher: Publisher, notice: string): void {
  publisher.set({ notices: [notice] as unknown as Snapshot['notices'] })
  publisher.flush()
}

function list(
  publisher: Publisher,
  items: readonly Instance[],
  generation = publisher.state.instances.generation,
): void {
  publisher.set({ instances: { ...empty.instances, generation, items } })
  publisher.flush()
}

test('10,000 instances with 30 tags come in pieces, one at a time, and what else changes comes between them', () => {
  using publisher = new Publisher({ ...empty, instances: { ...empty.instances, items: manyInstances() } })
  const page = new Page(publisher)
  const counts: (readonly [number, number | undefined])[] = []
  page.seen = ({ instances: { items, total } }) => counts.push([items.length, total])
  let largest = 0
  for (let count = 0; page.sent.length > 0; count += 1) {
    expect(page.sent).toHaveLength(1)
    largest = Math.max(largest, page.unreadSize)
    if (count === 3) {
      set(publisher, 'meanwhile')
      page.take()
    }
    page.take()
  }
  expect(largest).toBeLessThan(2 * MI)
  expect([counts[0], counts.at(-1)]).toEqual([
    [500, 10_000],
    [10_000, undefined],
  ])
  expect(page.events).toEqual(['snapshot', ...Array.from({ length: 20 }, () => 'snapshot.patch')])
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
})

test('a refresh tells the instances that have changed, and the list that did not keeps them', () => {
  const items = manyInstances(1_200)
  using publisher = new Publisher({ ...empty, instances: { ...empty.instances, items } })
  const page = new Page(publisher)
  page.take(Infinity)
  while (page.sent.length > 0) page.take()
  const before = page.state!.instances.items
  const fresh = structuredClone(items).map((item, index) => (index === 7 ? { ...item, state: 'stopped' } : item))
  list(publisher, fresh.slice(0, -1))
  expect(page.unreadSize).toBeLessThan(10_000)
  page.take()
  expect(page.sent).toEqual([])
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
  expect(page.state!.instances.items.filter((item) => !before.includes(item)).map(({ state }) => state)).toEqual([
    'stopped',
  ])
})

test('instances of two environments are never in one list, also where the first was still on its way', () => {
  const here = manyInstances(2_000)
  // Some ids are known in both, as those of hybrid nodes are.
  const there = manyInstances(3_000).map((item, index) => ({
    ...item,
    id: index < 5 ? item.id : `mi-${index}`,
    kind: 'hybrid' as const,
  }))
  using publisher = new Publisher({ ...empty, instances: { ...empty.instances, items: here } })
  const page = new Page(publisher)
  page.seen = ({ instances: { items } }) => expect(new Set(items.map(({ kind }) => kind)).size).toBeLessThan(2)
  page.take(2)
  list(publisher, there, 1)
  while (page.sent.length > 0) page.take()
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
})

test('a page that was behind while instances were on their way gets all of them in the end', () => {
  using publisher = new Publisher({ ...empty, instances: { ...empty.instances, items: manyInstances(2_000) } })
  const page = new Page(publisher, 1_000)
  page.take()
  set(publisher, 'x'.repeat(2_000))
  list(publisher, manyInstances(1_700).toReversed())
  while (page.sent.length > 0) page.take()
  expect(page.events.filter((event) => event === 'snapshot')).toHaveLength(2)
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
})

test('a state over the limit is sent once, and its changes follow without another one', () => {
  const profiles = Array.from({ length: 10_000 }, (_, index) => ({ name: `${index} ${'x'.repeat(1_700)}` }))
  using publisher = new Publisher({ ...empty, profiles })
  const page = new Page(publisher)
  expect(page.sent[0]!.text.length).toBeGreaterThan(16 * MI)
  // While it is on its way.
  for (let count = 0; count < 5; count += 1) set(publisher, `early ${count}`)
  page.take(Infinity)
  for (let count = 0; count < 5; count += 1) {
    set(publisher, `late ${count}`)
    page.take()
  }
  expect(page.events).toEqual(['snapshot', ...Array.from({ length: 10 }, () => 'snapshot.patch')])
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
  expect(page.sent).toEqual([])
})

test('output counts by its bytes, and travels as it is', () => {
  using publisher = new Publisher(empty)
  const told: unknown[] = []
  const feed = new Feed(
    { subscribe: (listener) => publisher.subscribe(listener) },
    (message) => told.push(message),
    1_000,
  )
  feed.follow()
  const output = { terminalId: 't', offset: 0, bytes: new Uint8Array(600) }
  publisher.emit('terminal.output', output)
  publisher.emit('terminal.output', output)
  expect(told.slice(1)).toEqual([output])
  expect(told[1]).toBe(output)
  feed[Symbol.dispose]()
})

test('a change over the limit goes out alone, and is replaced by the whole state while something else is unread', () => {
  using publisher = new Publisher(empty)
  const page = new Page(publisher, 1_000)
  page.take()
  set(publisher, 'x'.repeat(2_000))
  expect(page.sent).toHaveLength(1)
  page.take()
  set(publisher, 'small')
  set(publisher, 'y'.repeat(2_000))
  expect(page.sent).toHaveLength(1)
  page.take(Infinity)
  expect(page.events).toEqual(['snapshot', 'snapshot.patch', 'snapshot.patch'])
  page.take()
  expect(page.events.at(-1)).toBe('snapshot')
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
})

test('a page that takes everything but the newest message is never behind, whatever the limit', () => {
  using publisher = new Publisher(empty)
  const page = new Page(publisher, 2_000)
  for (let count = 0; count < 100; count += 1) {
    set(publisher, 'x'.repeat(1_500))
    page.take()
  }
  page.take()
  expect(page.events.filter((event) => event === 'snapshot')).toHaveLength(1)
})

test('a page that was behind gets the whole state once it has taken all, and not before', () => {
  using publisher = new Publisher(empty)
  const page = new Page(publisher, 1_000)
  for (let count = 0; count < 10; count += 1) set(publisher, `${count}${'x'.repeat(400)}`)
  const { length } = page.sent
  page.take(length - 1)
  expect(page.sent).toHaveLength(1)
  page.take()
  expect(page.sent).toHaveLength(1)
  page.take()
  expect(page.events.filter((event) => event === 'snapshot')).toHaveLength(2)
  set(publisher, 'after')
  page.take()
  expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
})

test('a feed that was disposed of tells nothing more, also where it was behind', () => {
  using publisher = new Publisher(empty)
  const page = new Page(publisher, 100)
  set(publisher, 'x'.repeat(200))
  page.feed[Symbol.dispose]()
  page.take(Infinity)
  set(publisher, 'after')
  expect(page.sent).toEqual([])
})

test('a carrier that ends the feed while it is told the first event is told nothing more', () => {
  using publisher = new Publisher(empty)
  const told: string[] = []
  const feed: Feed = new Feed({ subscribe: (listener) => publisher.subscribe(listener) }, (message) => {
    told.push(textOf(message))
    feed[Symbol.dispose]()
  })
  feed.follow()
  set(publisher, 'after')
  expect(told).toHaveLength(1)
})

const all = Array.from({ length: 2_400 }, (_, index) => ({ id: `i-${index}` })) as unknown as Instance[]

test('whatever is told and taken, and in whichever order, a page ends with the state and never has more unread than allowed', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), size: fc.nat(300) }),
    fc.record({ kind: fc.constant('list' as const), from: fc.nat(1_200), count: fc.nat(1_200), isNew: fc.boolean() }),
    fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 4 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      using publisher = new Publisher(empty)
      const page = new Page(publisher, 700)
      let largest = page.unreadSize
      for (const [index, one] of steps.entries()) {
        if (one.kind === 'set') set(publisher, `${index}:${'x'.repeat(one.size)}`)
        else if (one.kind === 'take') page.take(one.count)
        else
          list(
            publisher,
            all.slice(one.from, one.from + one.count),
            publisher.state.instances.generation + Number(one.isNew),
          )
        largest = Math.max(largest, ...page.sent.map(({ text }) => text.length))
        expect(page.unreadSize).toBeLessThanOrEqual(700 + largest)
      }
      // One that takes all has all: at most a whole state and the rest of its instances are still to come.
      for (let count = 0; count < 6; count += 1) page.take(Infinity)
      expect(page.sent).toEqual([])
      expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
    }),
  )
})
