// A feed on the real publisher, and a page that takes when the test says so.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventMessage } from '../../shared/api'
import type { Instance } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import { DOOR, Publisher } from '../core/publisher'
import { Feed } from './feed'

const MI = 1_024 * 1_024

const empty: Snapshot = {
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '' } as Snapshot['environment'],
  profiles: [],
  instances: { items: [], state: { kind: 'ready', at: 0 } } as unknown as Snapshot['instances'],
  forwards: [],
  terminals: [],
  settings: {} as Snapshot['settings'],
  notices: [],
  about: { version: '0.0.0', dataDirectory: '/data' },
  questions: [],
}

/** As many instances as a large account has, each with as many tags as are used there: over 16 Mi characters. */
function manyInstances(): Instance[] {
  const tags = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`company:cost-centre:${index}`, `a value as long as they are: ${index}`]),
  )
  return Array.from({ length: 10_000 }, (_, index) => ({
    id: `i-${String(index).padStart(17, '0')}`,
    kind: 'ec2',
    name: `machine-${index}`,
    tags,
    platform: 'linux',
    state: 'running',
    agent: 'online',
  })) as unknown as Instance[]
}

/** What was sent to a page, and the state that it has made of what it took. */
class Page {
  readonly publisher: Publisher
  readonly feed: Feed
  readonly sent: { readonly text: string; readonly sequence: number }[] = []
  readonly events: string[] = []
  state: Snapshot | undefined

  constructor(publisher: Publisher, maxWaiting?: number) {
    this.publisher = publisher
    this.feed = new Feed(
      { subscribe: (listener) => publisher.subscribe(listener) },
      (text, sequence) => this.sent.push({ text, sequence }),
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
      if (event === 'snapshot.patch') this.state = { ...this.state!, ...(value as Partial<Snapshot>) }
      this.feed.taken(sequence)
    }
  }
}

function set(publisher: Publisher, notice: string): void {
  publisher.set({ notices: [notice] as unknown as Snapshot['notices'] })
  publisher.flush()
}

test('a state of 10,000 instances with 30 tags is sent once, and its changes follow without another one', () => {
  using publisher = new Publisher({ ...empty, instances: { ...empty.instances, items: manyInstances() } })
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
  const feed: Feed = new Feed({ subscribe: (listener) => publisher.subscribe(listener) }, (text) => {
    told.push(text)
    feed[Symbol.dispose]()
  })
  feed.follow()
  set(publisher, 'after')
  expect(told).toHaveLength(1)
})

test('whatever is told and taken, and in whichever order, a page ends with the state and never has more unread than allowed', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), size: fc.nat(300) }),
    fc.record({ kind: fc.constant('take' as const), count: fc.integer({ min: 1, max: 4 }) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      using publisher = new Publisher(empty)
      const page = new Page(publisher, 700)
      let largest = page.unreadSize
      for (const [index, one] of steps.entries()) {
        if (one.kind === 'set') set(publisher, `${index}:${'x'.repeat(one.size)}`)
        else page.take(one.count)
        largest = Math.max(largest, ...page.sent.map(({ text }) => text.length))
        expect(page.unreadSize).toBeLessThanOrEqual(700 + largest)
      }
      // One that takes all has all: at most a whole state is still to come.
      page.take(Infinity)
      page.take(Infinity)
      expect(page.sent).toEqual([])
      expect(page.state).toEqual({ ...publisher.state, windowId: DOOR })
    }),
  )
})
