// A destination that is away for a minute, over real sockets: no record is lost, and none comes twice without a mark by which the
// receiver knows the repeat. HTTPS: the id of the batch. Elasticsearch: the id of the document. Syslog: `repeat="1"`.

import { describe, expect, test, vi } from 'vitest'
import type { DrainDestination } from '../../../shared/model/drain'
import { framesOf } from './destinations/frames.kit'
import { begin, clock, fields, open, stageDrains, view } from './drainstage.kit'
import { Outage, resetUnread, speakHttp, type Take } from './outage.kit'

stageDrains()

/** One kind of receiver: how it takes records, which sequences it has kept, and how many repeats it has recognized. */
interface Receiving {
  readonly destination: (port: number) => DrainDestination
  readonly take: Take
  /** Keeps what comes and resets the connection in place of the answer. */
  readonly takeAndReset: Take
  readonly kept: () => readonly number[]
  readonly repeats: () => number
}

const sequences = (body: string): readonly number[] =>
  [...body.matchAll(/"sequence":(\d+)/g)].map(([, sequence]) => Number(sequence))

/** Keeps each batch once, by its id. A batch that comes again has to be the same. */
function https(): Receiving {
  const batches = new Map<string, string>()
  let repeats = 0
  const keep = (id: string, body: string): void => {
    const before = batches.get(id)
    if (before !== undefined) {
      expect(body).toBe(before)
      repeats += 1
    }
    batches.set(id, body)
  }
  const idOf = (header: string | string[] | undefined) => String(header)
  return {
    destination: (port) => ({ kind: 'https', url: `http://127.0.0.1:${port}/` }),
    take: speakHttp(({ headers }, body, response) => {
      keep(idOf(headers['x-culvert-batch']), body)
      response.end()
    }),
    takeAndReset: speakHttp(({ headers, socket }, body) => {
      keep(idOf(headers['x-culvert-batch']), body)
      socket.resetAndDestroy()
    }),
    kept: () => [...batches.values()].flatMap(sequences),
    repeats: () => repeats,
  }
}

/** Creates each document once, by its id, and answers 409 for one that it has. */
function elasticsearch(): Receiving {
  const documents = new Map<string, number>()
  let repeats = 0
  const create = (body: string): string => {
    const lines = body.trimEnd().split('\n')
    const items = lines.flatMap((line, index) => {
      if (index % 2 === 1) return []
      const id = /"_id":"([^"]+)"/.exec(line)?.[1] ?? ''
      const isThere = documents.has(id)
      if (isThere) repeats += 1
      else documents.set(id, sequences(lines[index + 1] ?? '')[0] ?? 0)
      return [{ create: { _id: id, status: isThere ? 409 : 201 } }]
    })
    return JSON.stringify({ items })
  }
  return {
    destination: (port) => ({
      kind: 'elasticsearch',
      url: `http://127.0.0.1:${port}/`,
      index: 'culvert',
      isDataStream: false,
      auth: 'none',
    }),
    take: speakHttp((_request, body, response) => response.end(create(body))),
    takeAndReset: speakHttp(({ socket }, body) => {
      create(body)
      socket.resetAndDestroy()
    }),
    kept: () => [...documents.values()],
    repeats: () => repeats,
  }
}

/** Keeps each message that is not marked; a marked one only where it has not come before. */
function syslog(): Receiving {
  const connections: Buffer[][] = []
  const messages = () => connections.flatMap((chunks) => framesOf(Buffer.concat(chunks)).messages)
  const isMarked = (message: string) => message.includes(' repeat="1"')
  const numberOf = (message: string) => Number(/ sequence="(\d+)"/.exec(message)?.[1])
  const take: Take = (socket) => {
    const chunks: Buffer[] = []
    connections.push(chunks)
    socket.on('data', (chunk) => chunks.push(chunk)).resume()
  }
  return {
    destination: (port) => ({ kind: 'syslog', host: '127.0.0.1', port, isTls: false }),
    take,
    takeAndReset: (socket) => {
      take(socket)
      socket.once('data', () => socket.resetAndDestroy())
    },
    kept: () => {
      const kept: number[] = []
      for (const message of messages()) {
        const number = numberOf(message)
        if (!isMarked(message) || !kept.includes(number)) kept.push(number)
      }
      return kept
    },
    repeats: () => messages().filter(isMarked).length,
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test('a receiver that resets each connection is told as that, and tried again at growing distances', async () => {
  let taken = 0
  await using outage = await Outage.start((socket) => {
    taken += 1
    resetUnread(socket)
  })
  const drains = await open()
  await drains.create(fields({ destination: syslog().destination(outage.port) }), {})
  const { say } = await begin(drains)
  say('line 1\n')
  const waits: number[] = []
  while (waits.length < 4) {
    await vi.waitFor(() => expect(view(drains).state).toMatchObject({ kind: 'failing', retryAt: expect.any(Number) }))
    const { state } = view(drains)
    const waitMs = state.kind === 'failing' ? (state.retryAt ?? 0) - clock.now() : 0
    waits.push(waitMs)
    const before = taken
    clock.advance(waitMs)
    await vi.waitFor(() => expect(taken).toBeGreaterThan(before))
  }
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  expect(waits[3]).toBeGreaterThanOrEqual(4_000)
  expect(taken).toBeLessThanOrEqual(6)
})

describe.each([
  ['HTTPS', https],
  ['Elasticsearch', elasticsearch],
  ['syslog', syslog],
])('%s', (_name, make) => {
  test('a minute without the destination loses no record and repeats none without its mark', async () => {
    const receiving = make()
    await using outage = await Outage.start(receiving.take)
    const drains = await open()
    await drains.create(fields({ destination: receiving.destination(outage.port) }), {})
    const { say } = await begin(drains)
    say('line 1\n')
    await vi.waitFor(() => expect(receiving.kept()).toEqual([1]))
    // The connection is lost before the answer of a batch that has arrived.
    outage.take(receiving.takeAndReset)
    for (const socket of outage.connections.splice(0)) socket.resetAndDestroy()
    say('line 2\n')
    await vi.waitFor(() => {
      clock.advance(1_000)
      expect(receiving.kept()).toContain(2)
    })
    await outage.cut()
    for (let second = 3; second <= 62; second += 1) {
      say(`line ${second}\n`)
      clock.advance(1_000)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await vi.waitFor(() => expect(view(drains).state).toMatchObject({ kind: 'failing', retryAt: expect.any(Number) }))
    await outage.back(receiving.take)
    await vi.waitFor(() => {
      clock.advance(1_000)
      expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, waiting: { records: 0 }, dropped: 0, refused: 0 })
    })
    await vi.waitFor(() => expect(receiving.kept()).toHaveLength(62))
    expect(receiving.kept().toSorted((a, b) => a - b)).toEqual(numbers(62))
    expect(receiving.repeats()).toBeGreaterThan(0)
  })

  test('a reset with unread data in the buffers loses no record and repeats none without its mark', async () => {
    const receiving = make()
    await using outage = await Outage.start(resetUnread)
    const drains = await open()
    await drains.create(fields({ destination: receiving.destination(outage.port) }), {})
    const { say } = await begin(drains)
    say(`${'x'.repeat(1_000)}\n`.repeat(2_000))
    // The burst is over: see flow.ts.
    clock.advance(1_000)
    await vi.waitFor(() => expect(outage.connections.length).toBeGreaterThan(0))
    await vi.waitFor(() => expect(outage.connections[0]?.destroyed).toBe(true))
    outage.take(receiving.take)
    await vi.waitFor(() => {
      clock.advance(1_000)
      expect(view(drains)).toMatchObject({ state: { kind: 'ok' }, waiting: { records: 0 }, dropped: 0, refused: 0 })
    })
    await vi.waitFor(() => expect(receiving.kept()).toHaveLength(2_000))
    expect(receiving.kept().toSorted((a, b) => a - b)).toEqual(numbers(2_000))
  })
})
