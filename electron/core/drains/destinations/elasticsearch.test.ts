import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManualClock, recordOf } from '../drains.kit'
import { ElasticsearchDestination, type ElasticsearchOptions } from './elasticsearch'
import { startReceiver, status, type Got, type Receiver } from './http.kit'

let receiver: Receiver
const opened: ElasticsearchDestination[] = []
beforeEach(async () => {
  receiver = await startReceiver()
  receiver.otherwise = (got) => bulk(got, () => 201)
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

const network = { agentFor: () => Promise.resolve(undefined) }
const signal = new AbortController().signal

function open(change: Partial<ElasticsearchOptions> = {}): ElasticsearchDestination {
  const destination = new ElasticsearchDestination({
    url: `${receiver.url}/elastic`,
    index: 'culvert-%{yyyy.MM.dd}',
    isDataStream: false,
    isRaw: false,
    auth: 'none',
    secrets: {},
    network,
    clock: new ManualClock(),
    ...change,
  })
  opened.push(destination)
  return destination
}

interface Action {
  readonly create: { readonly _index: string; readonly _id: string }
}

/** Reads a `_bulk` body line by line, as Elasticsearch does: pairs of an action and a document, each line with its end. */
function pairs({ body }: Got): readonly (readonly [Action, Record<string, unknown>])[] {
  expect(body.endsWith('\n')).toBe(true)
  const lines = body.slice(0, -1).split('\n')
  expect(lines.length % 2).toBe(0)
  return lines.flatMap((line, index) => {
    if (index % 2 === 1) return []
    const action = JSON.parse(line) as Action
    expect(Object.keys(action)).toEqual(['create'])
    return [[action, JSON.parse(lines[index + 1] ?? '') as Record<string, unknown>] as const]
  })
}

/** The answer to a `_bulk` request, with a status for each item. */
function bulk(got: Got, statusOf: (id: string) => number): string {
  const items = pairs(got).map(([{ create }]) => {
    const code = statusOf(create._id)
    const error = code < 300 ? {} : { error: { type: `type_${code}`, reason: 'because' } }
    return { create: { _id: create._id, status: code, ...error } }
  })
  return JSON.stringify({ items })
}

const records = [recordOf(1), recordOf(2), recordOf(3, { at: Date.UTC(2026, 10, 30) }), recordOf(4)]

test('each record is created under its session and sequence, in the index of its day', async () => {
  expect(await open().send(records, 'b', signal)).toEqual({ refused: 0, again: [] })
  const [got] = receiver.got
  expect(got?.path).toMatch(/^\/elastic\/_bulk\?filter_path=/)
  expect(got?.headers['content-type']).toBe('application/x-ndjson')
  const found = got === undefined ? [] : pairs(got)
  expect(found.map(([{ create }]) => create)).toEqual(
    [1, 2, 3, 4].map((sequence) => ({
      _index: sequence === 3 ? 'culvert-2026.11.30' : 'culvert-2026.11.29',
      _id: `alice-0123456789abcdef0-${sequence}`,
    })),
  )
  expect(found[0]?.[1]).toMatchObject({
    '@timestamp': '2026-11-29T12:00:00.001Z',
    sequence: 1,
    text: 'line 1',
    operation_id: 'operation-1',
    operation_user_email: 'alice@example.com',
  })
})

test('raw and stripped records of one session are documents of their own in one index', async () => {
  await open().send(records, 'b', signal)
  await open({ isRaw: true }).send(records, 'b', signal)
  const ids = receiver.got.flatMap((got) => pairs(got).map(([{ create }]) => create._id))
  expect(new Set(ids).size).toBe(2 * records.length)
  expect(ids[4]).toBe('alice-0123456789abcdef0-raw-1')
})

test('a data stream gets its own name, and each kind of credentials its header', async () => {
  await open({ isDataStream: true, index: 'logs-culvert', auth: 'api-key', secrets: { apiKey: 'abc==' } }).send(
    records,
    'b',
    signal,
  )
  await open({ auth: 'basic', user: 'elastic', secrets: { password: 'ä:b' } }).send(records, 'b', signal)
  await open({ secrets: { password: 'unused', apiKey: 'unused' } }).send(records, 'b', signal)
  const [stream, basic, none] = receiver.got
  expect(stream === undefined ? [] : pairs(stream)[0]?.[0].create).toMatchObject({ _index: 'logs-culvert' })
  expect(stream?.headers.authorization).toBe('ApiKey abc==')
  expect(basic?.headers.authorization).toBe(`Basic ${Buffer.from('elastic:ä:b').toString('base64')}`)
  expect(none?.headers).not.toHaveProperty('authorization')
})

test('of a batch that is taken in part only the rest goes again: 409 is delivered, 400 is set aside, 429 and 5xx wait', async () => {
  const codes: Record<string, number> = { 1: 409, 2: 400, 3: 429, 4: 503 }
  receiver.otherwise = (got) => bulk(got, (id) => codes[id.slice(-1)] ?? 201)
  const sent = await open().send(records, 'b', signal)
  expect(sent).toMatchObject({ refused: 1, again: [records[2], records[3]], error: { code: 'throttled' } })
  expect(sent.error?.message).toContain('type_429: because')
  receiver.otherwise = (got) => bulk(got, () => 201)
  expect(await open().send(sent.again, 'b', signal)).toEqual({ refused: 0, again: [] })
  expect(receiver.got[1] === undefined ? 0 : pairs(receiver.got[1]).length).toBe(2)
})

test('an index that is missing or blocked holds the records back, and the sentence says what to do', async () => {
  receiver.otherwise = (got) => bulk(got, () => 404)
  expect((await open().send(records, 'b', signal)).error?.message).toMatch(/no such index \(404\): create it/)
  receiver.otherwise = (got) => bulk(got, () => 403)
  expect(await open().send(records, 'b', signal)).toMatchObject({
    refused: 0,
    again: records,
    error: { code: 'access-denied' },
  })
})

test('an answer that does not come from the Bulk API delivers nothing', async () => {
  for (const body of [
    '',
    'OK',
    '{}',
    '{"items":[]}',
    '{"items":[{"create":{"status":201}}]}',
    '[1]',
    `{"items":[${'1,'.repeat(3_000_000)}1]}`,
  ]) {
    receiver.otherwise = () => body
    const sent = await open().send(records, 'b', signal)
    expect(sent, body.slice(0, 50)).toMatchObject({ refused: 0, again: records })
    expect(sent.error?.message).toMatch(/check that the address is that of Elasticsearch or OpenSearch\.$/)
  }
})

test('a whole answer of 401, 429 or 5xx holds everything back; 413 goes in halves', async () => {
  for (const code of [401, 429, 500]) {
    receiver.answers.push(status(code))
    expect(await open().send(records, 'b', signal)).toMatchObject({ refused: 0, again: records })
  }
  receiver.answers.push(status(413))
  expect(await open().send(records, 'b', signal)).toEqual({ refused: 0, again: [] })
  expect(receiver.got.slice(-2).map((got) => pairs(got).length)).toEqual([2, 2])
})

test('a check succeeds with a key that may only write, and fails with a wrong one', async () => {
  receiver.answers.push(status(403), status(401), status(200))
  await open().reach(signal)
  await expect(open().reach(signal)).rejects.toMatchObject({ code: 'access-denied' })
  await open().reach(signal)
  expect(receiver.got.every(({ method, path }) => method === 'GET' && path === '/elastic/')).toBe(true)
})
