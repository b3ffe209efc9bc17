import { afterEach, describe, expect, test, vi } from 'vitest'
import { AppError } from '../../../shared/errors'
import { begin, stage, stageTunnels, start } from '../../../e2e/kit/stages/tunnels'
import { terminatedCause } from '../sessions/causes'
import { OutsideEnds } from './outside'
import { OwnEnds } from './ownends'

const MINUTE_MS = 60_000
const timing = { minuteMs: MINUTE_MS }
const signal = new AbortController().signal

afterEach(() => void vi.useRealTimers())

test('two ends from outside within ten minutes are meant, and two that are further apart are not', () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const ends = new OutsideEnds({ timing })
  ends.check('one', terminatedCause())
  vi.advanceTimersByTime(10 * MINUTE_MS + 1)
  ends.check('two', terminatedCause())
  vi.advanceTimersByTime(10 * MINUTE_MS)
  expect(() => ends.check('three', terminatedCause())).toThrow(/twice within 10 minutes.*turn the forward on again/)
})

test('only ends from outside count, and none that this app has made', () => {
  const ownEnds = new OwnEnds()
  const ends = new OutsideEnds({ timing, ownEnds })
  ends.check('one', terminatedCause())
  ends.check('two', new AppError('idle-timeout', 'Idle.'))
  ownEnds.add('three')
  ends.check('three', terminatedCause())
  expect(() => ends.check('three', terminatedCause())).toThrow(AppError)
})

describe('over real sockets', () => {
  stageTunnels()

  test('a forward that is ended from outside opens a new session, and at the second end it waits for a person', async () => {
    await begin()
    const { tunnel, reach, events } = start()
    await reach('up')
    const first = tunnel.sessionId
    await stage.environment.endSession(first, signal)
    await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'restarted')).toBe(true))
    await reach('up')
    await stage.environment.endSession(tunnel.sessionId, signal)
    expect(await reach('failed')).toMatchObject({ error: { code: 'session-terminated' } })
    await expect(tunnel.ended).rejects.toMatchObject({ code: 'session-terminated' })
    expect(stage.active()).toEqual([])
  })

  test('a person who ends the session of a forward that goes on may do so as often as she likes', async () => {
    await begin()
    const { tunnel, reach, events } = start()
    await reach('up')
    for (const count of [1, 2, 3]) {
      stage.environment.ownEnds.add(tunnel.sessionId)
      await stage.environment.cancelSession(tunnel.sessionId, signal)
      await vi.waitFor(() => expect(events.filter(({ kind }) => kind === 'restarted')).toHaveLength(count))
      await reach('up')
    }
  })
})
