import { expect, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { parseEvent } from '../recordings/cast'
import { makeRecordings, subjectOf } from '../recordings/recordings.kit'
import type { Capture } from './capture'
import { Combined } from './combined'

async function make() {
  const { recordings } = await makeRecordings()
  const ids: string[] = []
  const begin = async (): Promise<Capture> => {
    const { capture, view } = await recordings.begin(subjectOf(), () => undefined)
    ids.push(view.recordingId)
    return capture
  }
  /** The output of a recording, in the order in which they were begun. */
  const outputOf = async (index: number): Promise<string> => {
    const { bytes } = await recordings.read(ids[index] ?? '', 0)
    const events = Buffer.from(bytes).toString().split('\n').map(parseEvent)
    return events.map((event) => (event?.kind === 'output' ? event.text : '')).join('')
  }
  return { begin, outputOf }
}

test('a capture that is being begun gets the output since it was added, in order, and none from before', async () => {
  const { begin, outputOf } = await make()
  const combined = new Combined()
  combined.add(await begin())
  combined.output(Buffer.from('before '))
  const coming = deferred<Capture>()
  const failed = vi.fn()
  combined.addLater(coming.promise, failed)
  combined.output(Buffer.from('one '))
  combined.output(Buffer.from('two '))
  coming.resolve(await begin())
  await coming.promise
  combined.output(Buffer.from('three'))
  await combined[Symbol.asyncDispose]()
  expect(await outputOf(0)).toBe('before one two three')
  expect(await outputOf(1)).toBe('one two three')
  expect(failed).not.toHaveBeenCalled()
})

test('a capture that is begun after the end of the session still gets everything', async () => {
  const { begin, outputOf } = await make()
  const combined = new Combined()
  const coming = deferred<Capture>()
  combined.addLater(coming.promise, vi.fn())
  combined.output(Buffer.from('all of it'))
  const ended = combined[Symbol.asyncDispose]()
  coming.resolve(await begin())
  await ended
  expect(await outputOf(0)).toBe('all of it')
})

test('a capture that cannot be begun is told, and the others go on', async () => {
  const { begin, outputOf } = await make()
  const combined = new Combined()
  combined.add(await begin())
  const coming = deferred<Capture>()
  const failed = vi.fn()
  combined.addLater(coming.promise, failed)
  combined.output(Buffer.from('one '))
  const error = new Error('no space')
  coming.reject(error)
  await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(error))
  combined.output(Buffer.from('two'))
  await combined[Symbol.asyncDispose]()
  expect(await outputOf(0)).toBe('one two')
})

test('a session waits for a capture that has 8 MiB to catch up with, and loses nothing', async () => {
  const { begin } = await make()
  const combined = new Combined()
  const coming = deferred<Capture>()
  combined.addLater(coming.promise, vi.fn())
  const mebibyte = Buffer.alloc(1_048_576, 'x')
  for (let count = 0; count < 8; count += 1) combined.output(mebibyte)
  expect(combined.room()).toBeUndefined()
  combined.output(Buffer.from('more'))
  const room = combined.room()
  expect(room).toBeDefined()
  const capture = await begin()
  const sizes: number[] = []
  coming.resolve({
    output: (bytes) => void sizes.push(bytes.length),
    resize: (size) => capture.resize(size),
    resumed: (ms) => capture.resumed(ms),
    room: () => undefined,
    [Symbol.asyncDispose]: () => capture[Symbol.asyncDispose](),
  })
  await room
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(8 * 1_048_576 + 4)
  expect(combined.room()).toBeUndefined()
  await combined[Symbol.asyncDispose]()
})
