import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Message } from '../../ssm/codec/message'
import { Inbox } from './inbox'
import type { Handled } from './plugin'

interface Step {
  readonly receiveSequence: string
  readonly payload: string
  readonly delivered: readonly string[]
  readonly sent: readonly unknown[]
  readonly expectedNext: string
  readonly bufferedIncoming: number
}

const { vectors } = JSON.parse(readFileSync('e2e/vectors/vectors.json', 'utf8')) as {
  vectors: { id: string; steps: Step[] }[]
}

function message(sequenceNumber: number, text: string): Message {
  const payload = Buffer.from(text)
  return {
    messageType: 'input_stream_data',
    schemaVersion: 1,
    createdDate: 1,
    sequenceNumber: BigInt(sequenceNumber),
    flags: 0n,
    messageId: '00112233-4455-6677-8899-aabbccddeeff',
    payloadType: 1,
    payload,
    payloadDigest: Buffer.alloc(32),
    payloadLength: payload.length,
  }
}

function makeInbox(handle: (text: string) => Handled = () => 'handled', capacity?: number) {
  const delivered: string[] = []
  const acknowledged: number[] = []
  const inbox = new Inbox(
    {
      handle: ({ payload }) => {
        const handled = handle(payload.toString())
        if (handled === 'handled') delivered.push(payload.toString())
        return handled
      },
      acknowledge: ({ sequenceNumber }) => acknowledged.push(Number(sequenceNumber)),
    },
    capacity,
  )
  return { inbox, delivered, acknowledged }
}

test('recv-reorder-duplicate-agent: every copy is acknowledged, every payload is delivered once and in order', () => {
  const { steps } = vectors.find(({ id }) => id === 'recv-reorder-duplicate-agent')!
  const { inbox, delivered, acknowledged } = makeInbox()
  expect(steps).toHaveLength(8)
  for (const step of steps) {
    delivered.length = 0
    acknowledged.length = 0
    void inbox.receive(message(Number(step.receiveSequence), step.payload))
    expect({ delivered, acknowledged, expected: inbox.expected, buffered: inbox.buffered }).toEqual({
      delivered: step.delivered,
      acknowledged: step.sent.map(() => Number(step.receiveSequence)),
      expected: Number(step.expectedNext),
      buffered: step.bufferedIncoming,
    })
  }
})

test('agent-not-ready: a plugin that is not ready costs neither an acknowledgement nor a number', () => {
  let isReady = false
  const { inbox, delivered, acknowledged } = makeInbox(() => (isReady ? 'handled' : 'not-ready'))
  void inbox.receive(message(0, 'a'))
  expect({ acknowledged: [...acknowledged], expected: inbox.expected }).toEqual({ acknowledged: [], expected: 0 })
  isReady = true
  void inbox.receive(message(0, 'a'))
  expect({ acknowledged, delivered, expected: inbox.expected }).toEqual({
    acknowledged: [0],
    delivered: ['a'],
    expected: 1,
  })
})

test('agent-handler-error: a handler that throws is not acknowledged, and the same message may come again', () => {
  let isBroken = true
  const { inbox, acknowledged } = makeInbox(() => {
    if (isBroken) throw new Error('write: broken pipe')
    return 'handled'
  })
  void inbox.receive(message(0, 'a'))
  expect({ acknowledged: [...acknowledged], expected: inbox.expected }).toEqual({ acknowledged: [], expected: 0 })
  isBroken = false
  void inbox.receive(message(0, 'a'))
  expect(acknowledged).toEqual([0])
})

test('an early message that finds the buffer full is dropped without an acknowledgement', () => {
  const { inbox, acknowledged, delivered } = makeInbox(undefined, 2)
  for (const number of [1, 2, 3]) void inbox.receive(message(number, String(number)))
  expect(acknowledged).toEqual([1, 2])
  void inbox.receive(message(2, '2'))
  expect(acknowledged).toEqual([1, 2, 2])
  void inbox.receive(message(0, '0'))
  expect(delivered).toEqual(['0', '1', '2'])
  expect(inbox.expected).toBe(3)
})

test('a handler that blocks is acknowledged when it has taken the payload, and the buffered ones follow', async () => {
  let release = (): void => undefined
  const blocked = new Promise<void>((resolve) => {
    release = resolve
  })
  const { inbox, acknowledged, delivered } = makeInbox((text) => (text === 'slow' ? blocked : 'handled'))
  void inbox.receive(message(1, 'next'))
  const handled = inbox.receive(message(0, 'slow'))
  expect(handled).toBeInstanceOf(Promise)
  expect({ acknowledged: [...acknowledged], delivered: [...delivered] }).toEqual({ acknowledged: [1], delivered: [] })
  release()
  await handled
  expect({ acknowledged, delivered, expected: inbox.expected }).toEqual({
    acknowledged: [1, 0],
    delivered: ['next'],
    expected: 2,
  })
})

test('100,000 buffered messages are drained without exhausting the stack', () => {
  const { inbox, delivered } = makeInbox()
  for (let number = 1; number <= 100_000; number += 1) void inbox.receive(message(number, 'x'))
  void inbox.receive(message(0, 'x'))
  expect(delivered).toHaveLength(100_001)
})
