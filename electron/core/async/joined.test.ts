import { expect, test } from 'vitest'
import { Joined } from './joined'

interface Asked {
  readonly signal: AbortSignal
  answer(value: string): void
  refuse(error: Error): void
}

function make(): { readonly joined: Joined<string>; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const joined = new Joined(
    (signal) =>
      new Promise<string>((resolve, reject) => {
        asked.push({ signal, answer: resolve, refuse: reject })
      }),
  )
  return { joined, asked }
}

const never = (): AbortSignal => new AbortController().signal

test('a call is made once for all callers that come while it is under way, and anew afterwards', async () => {
  const { joined, asked } = make()
  const answers = Array.from({ length: 20 }, () => joined.get(never()))
  expect(asked).toHaveLength(1)
  asked[0]?.answer('one')
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['one']))
  const next = joined.get(never())
  asked[1]?.refuse(new Error('two'))
  await expect(next).rejects.toThrow('two')
  const last = joined.get(never())
  asked[2]?.answer('three')
  expect([await last, asked.length]).toEqual(['three', 3])
})

test('a caller that is aborted gets its reason and leaves the others alone; a call without callers is aborted', async () => {
  const { joined, asked } = make()
  const [first, second] = [new AbortController(), new AbortController()]
  const answers = [joined.get(first.signal), joined.get(second.signal)]
  first.abort(new Error('first left'))
  await expect(answers[0]).rejects.toThrow('first left')
  expect(asked[0]?.signal.aborted).toBe(false)
  second.abort(new Error('second left'))
  await expect(answers[1]).rejects.toThrow('second left')
  expect(asked[0]?.signal.aborted).toBe(true)
  // The answer of an aborted call reaches no later caller.
  const anew = joined.get(never())
  asked[0]?.refuse(new Error('aborted'))
  asked[1]?.answer('anew')
  expect([await anew, asked.length]).toEqual(['anew', 2])
  await expect(joined.get(first.signal)).rejects.toThrow('first left')
  expect(asked).toHaveLength(2)
})
