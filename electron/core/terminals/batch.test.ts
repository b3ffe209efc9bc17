import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { batchOutput, type BatchSink } from './batch'

// setImmediate stays real: a stream delivers by it.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

function make(more: Omit<BatchSink, 'say'> = {}) {
  const output = new PassThrough()
  const batches: string[] = []
  batchOutput(output, { say: (bytes) => batches.push(bytes.toString()), ...more })
  const write = (text: string): Promise<void> => {
    output.write(text)
    return new Promise((resolve) => setImmediate(resolve))
  }
  return { output, batches, write }
}

test('what comes within 8 ms is one batch; the next one begins with what comes then', async () => {
  const { batches, write } = make()
  await write('one ')
  await write('two')
  vi.advanceTimersByTime(7)
  expect(batches).toEqual([])
  vi.advanceTimersByTime(1)
  expect(batches).toEqual(['one two'])
  await write('three')
  vi.advanceTimersByTime(8)
  expect(batches).toEqual(['one two', 'three'])
})

test('64 KiB wait for no timer, and leave none that tells nothing', async () => {
  const { batches, write } = make()
  await write('x')
  await write('y'.repeat(65_536))
  expect(batches.map((batch) => batch.length)).toEqual([65_537])
  expect(vi.getTimerCount()).toBe(0)
})

test('the end of the output tells what waits, before anything else does', async () => {
  const { output, batches, write } = make()
  await write('last words')
  output.destroy()
  await new Promise((resolve) => setImmediate(resolve))
  expect(batches).toEqual(['last words'])
  expect(vi.getTimerCount()).toBe(0)
})

test('without room nothing is read until there is; the end comes behind the last batch', async () => {
  const room = deferred()
  const rooms = [room.promise]
  const { output, batches, write } = make({ room: () => rooms.shift(), closed: () => batches.push('closed') })
  await write('one')
  vi.advanceTimersByTime(8)
  await write('two')
  output.end()
  vi.advanceTimersByTime(100)
  expect(batches).toEqual(['one'])
  room.resolve()
  await new Promise((resolve) => output.on('close', resolve))
  expect(batches).toEqual(['one', 'two', 'closed'])
})

test('output that an earlier reader has paused is read from where that reader stopped', async () => {
  const output = new PassThrough()
  output.once('data', () => {
    output.pause()
    output.unshift(Buffer.from('rest '))
  })
  output.write('proof')
  await new Promise((resolve) => setImmediate(resolve))
  const batches: string[] = []
  batchOutput(output, { say: (bytes) => batches.push(bytes.toString()) })
  output.write('prompt')
  await new Promise((resolve) => setImmediate(resolve))
  vi.advanceTimersByTime(8)
  expect(batches).toEqual(['rest prompt'])
})
