import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ManualClock, recordOf } from '../drains.kit'
import { startReceiver, status, type Receiver } from './http.kit'
import { HttpsDestination, type HttpsOptions } from './https'

let receiver: Receiver
let clock: ManualClock
const opened: HttpsDestination[] = []
beforeEach(async () => {
  receiver = await startReceiver()
  clock = new ManualClock()
})
afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

const network = { agentFor: () => Promise.resolve(undefined) }
const signal = new AbortController().signal

function open(change: Partial<HttpsOptions> = {}): HttpsDestination {
  const destination = new HttpsDestination({
    url: `${receiver.url}/ingest?a=b`,
    secrets: {},
    network,
    clock,
    ...change,
  })
  opened.push(destination)
  return destination
}

const records = [
  recordOf(1),
  recordOf(2, { text: 'zwei "ä"', isPartial: true }),
  recordOf(3, { kind: 'dropped', text: '', count: 7 }),
]

test('a batch is one POST of JSON lines with the fields that the page of the documentation names', async () => {
  const sent = await open({ headers: { 'X-Tenant': 'acme' } }).send(records, 'batch-1', signal)
  expect(sent).toEqual({ refused: 0, again: [] })
  const [got] = receiver.got
  expect(got).toMatchObject({ method: 'POST', path: '/ingest?a=b' })
  expect(got?.headers).toMatchObject({
    'content-type': 'application/x-ndjson',
    'x-culvert-batch': 'batch-1',
    'x-tenant': 'acme',
  })
  expect(got?.headers).not.toHaveProperty('authorization')
  const lines = (got?.body ?? '').split('\n')
  expect(lines.pop()).toBe('')
  const parsed = lines.map((line) => JSON.parse(line) as unknown)
  expect(parsed[0]).toEqual({
    time: '2026-11-29T12:00:00.001Z',
    sequence: 1,
    session_id: 'alice-0123456789abcdef0',
    environment: 'acme-prod',
    region: 'eu-central-1',
    account: '123456789012',
    target: 'i-0123456789abcdef0',
    target_name: 'web-1',
    kind: 'output',
    text: 'line 1',
    operation_id: 'operation-1',
    operation_user_name: 'Alice Example',
    operation_user_email: 'alice@example.com',
  })
  expect(parsed.slice(1)).toMatchObject([
    { text: 'zwei "ä"', partial: true },
    { kind: 'dropped', count: 7 },
  ])
})

test('a receiver can check by the signature that a holder of the key sent the body, and when', async () => {
  const destination = open({ secrets: { hmacKey: 'key', authorization: 'Bearer token' } })
  await destination.send(records, 'b', signal)
  const [got] = receiver.got
  const seconds = String(Math.floor(clock.now() / 1_000))
  const expected = createHmac('sha256', 'key').update(`${seconds}.${got?.body}`).digest('hex')
  expect(got?.headers).toMatchObject({
    'x-culvert-timestamp': seconds,
    'x-culvert-signature': `sha256=${expected}`,
    authorization: 'Bearer token',
  })
})

test.each([
  [429, 'throttled', { 'retry-after': '7' }, 7_000],
  [503, 'service', { 'retry-after': 'Sun, 29 Nov 2026 12:00:30 GMT' }, 30_000],
  [500, 'service', { 'retry-after': '999999' }, 600_000],
  [502, 'service', {}, undefined],
  [408, 'service', {}, undefined],
  [401, 'access-denied', {}, undefined],
  [403, 'access-denied', {}, undefined],
  [404, 'service', {}, undefined],
] as const)('%d is tried again, and told as %s', async (code, error, headers, retryAfterMs) => {
  receiver.answers.push(status(code, 'no\n\u0007room', headers))
  const sent = await open().send(records, 'b', signal)
  expect(sent).toMatchObject({ refused: 0, again: records, error: { code: error } })
  expect(sent.error?.message).toMatch(/ no room$/)
  expect(sent.retryAfterMs).toBe(retryAfterMs)
})

test('another 4xx sets the batch aside; one that is too large goes in halves', async () => {
  receiver.answers.push(status(422, 'bad field'))
  expect(await open().send(records, 'b', signal)).toMatchObject({ refused: 3, again: [], error: { code: 'service' } })
  receiver.answers.push(status(413), status(413), status(200), status(413), status(200))
  const sent = await open().send(records, 'b', signal)
  expect(sent).toMatchObject({ refused: 1, again: [] })
  expect(receiver.got.slice(1).map(({ headers }) => headers['x-culvert-batch'])).toEqual([
    'b',
    'b.0',
    'b.0.0',
    'b.0.1',
    'b.1',
  ])
})

test('a half that fails goes again under its id, and the other half does not', async () => {
  const destination = open()
  receiver.answers.push(status(413), status(200), status(503))
  const sent = await destination.send(records, 'b', signal)
  expect(sent).toMatchObject({ refused: 0, again: records, error: { code: 'service' } })
  expect(await destination.send(sent.again, 'b', signal)).toEqual({ refused: 0, again: [] })
  const ids = receiver.got.map(({ headers }) => headers['x-culvert-batch'])
  expect(ids).toEqual(['b', 'b.0', 'b.1', 'b.1'])
  expect(receiver.got[3]?.body).toBe(receiver.got[2]?.body)
})

test('a redirect is not followed, so that no secret goes elsewhere', async () => {
  await using other = await startReceiver()
  receiver.answers.push(status(307, '', { location: `${other.url}/` }))
  const sent = await open({ secrets: { authorization: 'Bearer token' } }).send(records, 'b', signal)
  expect(sent).toMatchObject({ refused: 0, again: records })
  expect(sent.error?.message).toMatch(/redirect \(307\) to http:.*enter the final address\.$/)
  expect(other.got).toEqual([])
})

test('an answer without an end is bounded, one that does not come is given up, and a lost one is tried again', async () => {
  receiver.answers.push((_got, response) => {
    response.writeHead(500)
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), () => setImmediate(more))
    }
    more()
  })
  expect((await open().send(records, 'b', signal)).error?.message.length).toBeLessThan(500)
  receiver.answers.push(() => clock.advance(30_000))
  expect((await open().send(records, 'b', signal)).error).toMatchObject({ code: 'timeout' })
  receiver.answers.push((_got, response) => {
    response.writeHead(200, { 'content-length': '10' })
    response.write('half', () => response.socket?.resetAndDestroy())
  })
  expect(await open().send(records, 'b', signal)).toMatchObject({
    refused: 0,
    again: records,
    error: { code: 'network' },
  })
  expect(clock.waiting).toBe(0)
})

test('an abort ends the request, and the records go again', async () => {
  const abort = new AbortController()
  receiver.answers.push(() => abort.abort())
  expect(await open().send(records, 'b', abort.signal)).toMatchObject({ again: records })
})

test('a check sends no record; where nothing listens its error names place, cause and next step', async () => {
  const destination = open()
  await destination.reach(signal)
  expect(receiver.got).toMatchObject([{ method: 'HEAD', body: '' }])
  receiver.answers.push(status(405))
  await destination.reach(signal)
  receiver.answers.push(status(401))
  await expect(destination.reach(signal)).rejects.toMatchObject({ code: 'access-denied' })
  const gone = open({ url: 'http://127.0.0.1:9/' })
  const text =
    /^127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\): nothing listens on this port\. Check the port, and that the service runs\.$/
  await expect(gone.reach(signal)).rejects.toMatchObject({ message: expect.stringMatching(text) as string })
})
