import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { PluginSession } from './plugin'
import { Pump, type PumpOptions } from './pump'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function makePump(options: Partial<PumpOptions> = {}) {
  const sent: Buffer[] = []
  let canSend = true
  const listeners = new Set<() => void>()
  const session = {
    send: (_: number, payload: Buffer) => sent.push(Buffer.from(payload)),
    canSend: () => canSend,
    onCanSend: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  } as unknown as PluginSession
  const pump = new Pump(session, { payloadType: 1, isPaced: true, ...options })
  const setCanSend = (value: boolean): void => {
    canSend = value
    for (const listener of listeners) listener()
  }
  return { pump, sent, setCanSend, listeners }
}

test('a pump that was not started sends nothing', async () => {
  const { pump, sent } = makePump()
  pump.write(Buffer.from('x'))
  await Promise.resolve()
  vi.advanceTimersByTime(5_000)
  expect(sent).toEqual([])
  pump.start()
  expect(sent.map(String)).toEqual(['x'])
  pump.dispose()
})

test('paced output is 1,024 bytes a millisecond, in order and nothing lost', async () => {
  const { pump, sent } = makePump()
  pump.start()
  const bytes = Buffer.from(Array.from({ length: 50 * 1_024 }, (_, index) => index % 251))
  pump.write(bytes)
  await Promise.resolve()
  vi.advanceTimersByTime(19)
  expect(sent).toHaveLength(20)
  vi.advanceTimersByTime(100)
  expect(sent.every(({ length }) => length === 1_024)).toBe(true)
  expect(Buffer.concat(sent).equals(bytes)).toBe(true)
  pump.dispose()
})

test('a late timer is made up for, so that the average holds', async () => {
  const { pump, sent } = makePump()
  pump.start()
  pump.write(Buffer.alloc(60 * 1_024))
  await Promise.resolve()
  // The event loop was busy: a timer of one millisecond fires after eleven.
  const late = performance.now() + 11
  vi.spyOn(performance, 'now').mockReturnValue(late)
  vi.advanceTimersByTime(1)
  expect(sent).toHaveLength(12)
  vi.restoreAllMocks()
  pump.dispose()
})

test('idle time earns no burst', async () => {
  const { pump, sent } = makePump()
  pump.start()
  pump.write(Buffer.from('a'))
  await Promise.resolve()
  vi.advanceTimersByTime(1_000)
  pump.write(Buffer.alloc(10 * 1_024))
  await Promise.resolve()
  expect(sent).toHaveLength(2)
  vi.advanceTimersByTime(4)
  expect(sent).toHaveLength(6)
  pump.dispose()
})

test('small writes within a millisecond share a message', async () => {
  const { pump, sent } = makePump()
  pump.start()
  for (const text of ['a', 'b']) pump.write(Buffer.from(text))
  await Promise.resolve()
  expect(sent.map(String)).toEqual(['ab'])
  for (const text of ['c', 'd']) {
    pump.write(Buffer.from(text))
    await Promise.resolve()
  }
  vi.advanceTimersByTime(2)
  expect(sent.map(String)).toEqual(['ab', 'cd'])
  pump.dispose()
})

test('without pacing it sends at once while the session has room, and goes on when room comes back', async () => {
  const { pump, sent, setCanSend } = makePump({ isPaced: false })
  pump.start()
  setCanSend(false)
  pump.write(Buffer.alloc(10 * 1_024))
  await Promise.resolve()
  expect(sent).toHaveLength(0)
  setCanSend(true)
  expect(sent).toHaveLength(10)
  pump.dispose()
})

test('a full queue asks its writer to wait, and says when there is room', async () => {
  const onRoom = vi.fn()
  const { pump, setCanSend } = makePump({ isPaced: false, onRoom })
  pump.start()
  setCanSend(false)
  expect(pump.write(Buffer.alloc(65_535))).toBe(true)
  expect(pump.write(Buffer.alloc(1))).toBe(false)
  await Promise.resolve()
  expect(onRoom).not.toHaveBeenCalled()
  setCanSend(true)
  vi.runAllTimers()
  expect(onRoom).toHaveBeenCalledTimes(1)
  pump.dispose()
})

test('text keeps a split character for the next message, which may then have 1,027 bytes', async () => {
  const { pump, sent } = makePump({ isText: true })
  pump.start()
  const text = `${'x'.repeat(1_021)}😀${'y'.repeat(1_023)}`
  pump.write(Buffer.from(text))
  await Promise.resolve()
  vi.advanceTimersByTime(5)
  expect(sent.map(({ length }) => length)).toEqual([1_021, 1_027])
  expect(Buffer.concat(sent).toString()).toBe(text)
  pump.dispose()
})

test('flushed resolves when everything was sent', async () => {
  const { pump, sent } = makePump()
  pump.start()
  pump.write(Buffer.alloc(3 * 1_024))
  await Promise.resolve()
  let isFlushed = false
  const flushed = pump.flushed().then(() => {
    isFlushed = true
  })
  await vi.advanceTimersByTimeAsync(1)
  expect(isFlushed).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await flushed
  expect(sent).toHaveLength(3)
  pump.dispose()
})

test('a disposed pump leaves no timer and no subscription', async () => {
  const { pump, listeners } = makePump()
  pump.start()
  pump.write(Buffer.alloc(10 * 1_024))
  await Promise.resolve()
  expect(vi.getTimerCount()).toBe(1)
  pump.dispose()
  expect(vi.getTimerCount()).toBe(0)
  expect(listeners.size).toBe(0)
})
