// Drains: what a session prints arrives, whatever happens on the way.

import { expect, test, vi } from 'vitest'
import { startReceiver, status } from './destinations/http.kit'
import {
  arrived,
  begin,
  clock,
  fields,
  open,
  receiver,
  signal,
  subject,
  told,
  view,
  stageDrains,
} from './drainstage.kit'

stageDrains()

test('what a session prints arrives line by line, the beginning of a line after a second of quiet', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  const { capture, say } = await begin(drains)
  say('one\r\ntwo \u001b[1mbold\u001b[0m\r\n$ ')
  clock.advance(600)
  say('l')
  clock.advance(999)
  say('s')
  await vi.waitFor(() => expect(arrived().map(({ text }) => text)).toEqual(['one', 'two bold']))
  clock.advance(1_000)
  await vi.waitFor(() => expect(arrived().at(-1)).toMatchObject({ sequence: 3, text: '$ ls', partial: true }))
  say('\r\nend')
  await capture[Symbol.asyncDispose]()
  await vi.waitFor(() =>
    expect(arrived().slice(3)).toMatchObject([
      { sequence: 4, text: '' },
      { sequence: 5, text: 'end' },
    ]),
  )
  await vi.waitFor(() =>
    expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, delivered: 5, waiting: { records: 0 } }),
  )
  expect(clock.waiting).toBeLessThanOrEqual(1)
})

test('a new session in the same terminal counts from one again', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  let sessionId = 'first'
  const { say } = await begin(drains, { sessionId: () => sessionId })
  say('a\nb\n')
  sessionId = 'second'
  say('c\n')
  await vi.waitFor(() => expect(arrived().map(({ sequence }) => sequence)).toEqual([1, 2, 1]))
})

test('a drain that is cut off for a minute loses no record, repeats the same batch only, and survives a restart', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  const { capture, say } = await begin(drains)
  const failures = Array.from({ length: 6 }, () => status(503, 'away'))
  receiver.answers.push(...failures)
  const expected: number[] = []
  for (let second = 0; second < 30; second += 1) {
    say(`line ${second}\n`)
    expected.push(second + 1)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await vi.waitFor(() => {
    clock.advance(1_000)
    expect(receiver.answers.length).toBeLessThan(3)
  })
  expect(view(drains)).toMatchObject({
    state: { kind: 'failing', error: { code: 'service' } },
    lastError: { error: { code: 'service' } },
  })
  await capture[Symbol.asyncDispose]()
  await drains[Symbol.asyncDispose]()
  const next = await open()
  await vi.waitFor(() => {
    clock.advance(1_000)
    expect(view(next)).toMatchObject({ delivered: 30, waiting: { records: 0 }, dropped: 0 })
  })
  const posts = receiver.got.filter(({ method }) => method === 'POST')
  const byBatch = new Map(posts.map((got) => [got.headers['x-culvert-batch'], got]))
  expect(arrived([...byBatch.values()]).map(({ sequence }) => sequence)).toEqual(expected)
  expect(told[0]).toEqual(['logs', 'service'])
})

test('attempts wait 0.5 s doubling to a minute, or what the destination asks for; a person or the network cuts that short', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  const waits: number[] = []
  receiver.answers.push(...Array.from({ length: 9 }, () => status(500)), status(429, '', { 'retry-after': '300' }))
  say('one\n')
  for (let count = 1; count <= 10; count += 1) {
    await vi.waitFor(() => {
      expect(receiver.got).toHaveLength(count)
      expect(view(drains).state).toMatchObject({ kind: 'failing', retryAt: expect.any(Number) as number })
    })
    const { state } = view(drains)
    const waitMs = state.kind === 'failing' ? (state.retryAt ?? 0) - clock.now() : 0
    waits.push(waitMs)
    if (count < 10) clock.advance(waitMs)
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 300_000])
  drains.retry(drainId)
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, delivered: 1 }))
  expect(told).toEqual([
    ['logs', 'service'],
    ['logs', undefined],
  ])
})

test('drains do not wait for each other, each has its environment, and raw ones keep the escapes', async () => {
  const drains = await open()
  await using slow = await startReceiver()
  slow.answers.push(() => undefined)
  await drains.create(fields({ name: 'slow', destination: { kind: 'https', url: slow.url } }), {})
  await drains.create(fields({ name: 'raw', isRaw: true }), {})
  await drains.create(fields({ name: 'other', environment: { kind: 'aws', profile: 'other' } }), {})
  await drains.create(fields({ name: 'off', isEnabled: false }), {})
  expect(drains.names(subject())).toEqual(['slow', 'raw'])
  const { say } = await begin(drains)
  say('\u001b[1mone\r\n')
  await vi.waitFor(() => expect(arrived()).toMatchObject([{ text: '\u001b[1mone\r', sequence: 1 }]))
  await vi.waitFor(() => expect(slow.got).toHaveLength(1))
  expect(await drains.begin(subject({ ref: { kind: 'demo' } }), signal)).toBeUndefined()
})
