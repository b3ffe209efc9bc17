import { PassThrough, Readable } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { deferred } from '../shared/deferred'
import { readReady } from './demoready'

const ready = {
  endpointUrl: 'http://127.0.0.1:40001',
  region: 'eu-central-1',
  credentials: { accessKeyId: 'A', secretAccessKey: 'hunter2', sessionToken: 'T' },
}
const never = new Promise<string>(() => undefined)

/** Reads a simulator that says `pieces` and lives on. */
function said(...pieces: readonly (string | Buffer)[]) {
  const stdout = new PassThrough()
  for (const piece of pieces) stdout.write(piece)
  return readReady(stdout, never)
}

test('a line that comes in pieces is read whole, also where a character is cut', async () => {
  const line = Buffer.from(`${JSON.stringify({ ...ready, region: 'é' })}\n{"endpointUrl":"http://127.0.0.1:1"}\n`)
  const cut = line.indexOf(0xc3) + 1
  expect(await said(line.subarray(0, cut), line.subarray(cut))).toEqual({
    ready: { ...ready, region: 'é', hasRealShells: true },
  })
})

test('what is said after the first line is read and kept nowhere', async () => {
  let left = 1_000
  const stdout = new Readable({
    read() {
      left -= 1
      this.push(left === 999 ? `${JSON.stringify(ready)}\n` : left > 0 ? 'x'.repeat(10_000) : null)
    },
  })
  await readReady(stdout, never)
  await vi.waitFor(() => expect([left <= 0, stdout.readableEnded]).toEqual([true, true]))
  expect(stdout.listenerCount('data')).toBe(0)
})

test.each([
  ['no JSON', 'hello hunter2\n', 'it did not say where it listens'],
  [
    'another address',
    `${JSON.stringify({ ...ready, endpointUrl: 'http://203.0.113.5:1' })}\n`,
    'it did not say where it listens',
  ],
  ['https', `${JSON.stringify({ ...ready, endpointUrl: 'https://127.0.0.1:1' })}\n`, 'it did not say where it listens'],
  [
    'an empty key',
    `${JSON.stringify({ ...ready, credentials: { ...ready.credentials, sessionToken: '' } })}\n`,
    'it did not say where it listens',
  ],
  ['a line without an end', 'x'.repeat(10_001), 'it said something else'],
])('%s is a problem that quotes nothing', async (_, text, problem) => {
  expect(await said(text)).toEqual({ problem })
})

test('an end before the line is the problem, and one after it is not', async () => {
  const [ended, stdout] = [deferred<string>(), new PassThrough()]
  ended.resolve('it ended with 3')
  expect(await readReady(stdout, ended.promise)).toEqual({ problem: 'it ended with 3' })
  const later = deferred<string>()
  const said = new PassThrough()
  said.write(`${JSON.stringify(ready)}\n`)
  const readiness = await readReady(said, later.promise)
  later.resolve('it ended with 0')
  expect(readiness).toHaveProperty('ready')
})

test('a simulator that says nothing is given up after ten seconds', async () => {
  vi.useFakeTimers()
  try {
    const readiness = said('half a line')
    await vi.advanceTimersByTimeAsync(9_999)
    await expect(Promise.race([readiness, Promise.resolve('waiting')])).resolves.toBe('waiting')
    await vi.advanceTimersByTimeAsync(1)
    expect(await readiness).toEqual({ problem: 'it was not ready in time' })
  } finally {
    vi.useRealTimers()
  }
})
