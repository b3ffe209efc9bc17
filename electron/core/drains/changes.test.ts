// A drain that is changed, deleted or closed while a batch is under way: the attempt ends, and nothing that waits is lost or sent elsewhere.

import { readdir } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startReceiver, status } from './destinations/http.kit'
import { arrived, begin, directory, fields, open, receiver, stageDrains, view } from './drainstage.kit'

stageDrains()

/** The receiver takes the next request and does not answer. Resolves with the answer that it holds back. */
function held(): Promise<ServerResponse> {
  return new Promise((resolve) => receiver.answers.push((_got, response) => resolve(response)))
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const closed = (response: ServerResponse) => vi.waitFor(() => expect(response.socket?.destroyed ?? true).toBe(true))

test('a change ends the attempt under way, and the same batch goes to the new destination', async () => {
  await using other = await startReceiver()
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  const answer = held()
  say('one\ntwo\n')
  const response = await answer
  say('three\n')
  await drains.update(drainId, fields({ destination: { kind: 'https', url: other.url } }), {})
  await closed(response)
  await vi.waitFor(() => expect(view(drains)).toMatchObject({ delivered: 3, waiting: { records: 0 } }))
  expect(arrived(other.got).map(({ sequence }) => sequence)).toEqual(numbers(3))
  const batchOf = (got = receiver.got) => got.find(({ method }) => method === 'POST')?.headers['x-culvert-batch']
  expect(batchOf(other.got)).toBe(batchOf())
  expect(receiver.got).toHaveLength(1)
})

test('a drain that is switched off meanwhile keeps the batch, and sends it when it is on again', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  const answer = held()
  say('one\n')
  const response = await answer
  await drains.update(drainId, fields({ isEnabled: false }), {})
  await closed(response)
  expect(view(drains)).toMatchObject({ state: { kind: 'off' }, delivered: 0, waiting: { records: 1 } })
  await drains.update(drainId, fields(), {})
  await vi.waitFor(() => expect(view(drains).delivered).toBe(1))
  expect(receiver.got.map(({ headers }) => headers['x-culvert-batch'])).toEqual([
    receiver.got[0]?.headers['x-culvert-batch'],
    receiver.got[0]?.headers['x-culvert-batch'],
  ])
})

test('a drain that is deleted meanwhile ends the attempt and leaves no file', async () => {
  const drains = await open()
  const drainId = await drains.create(fields(), {})
  const { say } = await begin(drains)
  const answer = held()
  say('one\n')
  const response = await answer
  await drains.delete(drainId)
  await closed(response)
  say('two\n')
  expect(drains.views).toEqual([])
  expect(await readdir(join(directory, 'drains'))).toEqual([])
  expect(receiver.got).toHaveLength(1)
})

test('closing does not wait for the answer; the unanswered batch and later records go at the next start', async () => {
  const drains = await open()
  await drains.create(fields(), {})
  const { capture, say } = await begin(drains)
  const answer = held()
  say('1\n2\n')
  const response = await answer
  say('3\nand the rest')
  await capture[Symbol.asyncDispose]()
  await drains[Symbol.asyncDispose]()
  await closed(response)
  receiver.answers.push(status(200))
  const next = await open()
  await vi.waitFor(() => expect(view(next)).toMatchObject({ delivered: 4, waiting: { records: 0 }, dropped: 0 }))
  const [first, ...others] = receiver.got
  expect(others[0]).toMatchObject({
    body: first?.body,
    headers: { 'x-culvert-batch': first?.headers['x-culvert-batch'] },
  })
  expect(arrived(others).map(({ sequence }) => sequence)).toEqual(numbers(4))
  expect(arrived(others).at(-1)?.text).toBe('and the rest')
})
