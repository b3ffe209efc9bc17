import { expect, test } from 'vitest'
import { savedForward } from '../../../e2e/kit/aws/forwards'
import type { Forward, ForwardView } from '../../../shared/model/forward'
import { KeptView, type KeptViewOptions } from './view'

const forward = savedForward()
const up: ForwardView['state'] = { kind: 'up', sinceAt: 1, sessionId: 's' }
const error = { code: 'destination-refused', message: 'Refused.' } as const

let now = 0

function make(change: Partial<Forward> = {}, more: Partial<KeptViewOptions> = {}): KeptView {
  now = 1_000
  return new KeptView({
    forward: { ...forward, ...change },
    now: () => now,
    minuteMs: () => 60_000,
    isNoted: false,
    changed: () => undefined,
    ...more,
  })
}

test('it begins off, with what an earlier run has left', () => {
  using view = make({ localPort: 5_000 }, { lastUpAt: 7 })
  expect(view.shown).toMatchObject({ isOn: false, state: { kind: 'off' }, localPort: 5_000, lastUpAt: 7 })
  using other = make()
  expect('lastUpAt' in other.shown).toBe(false)
  expect(other.shown.localPort).toBe(0)
})

test('it was up last when that begins and when it ends, not at what happens in between', () => {
  using view = make()
  view.update({ isOn: true, state: { kind: 'connecting' } })
  expect(view.shown.lastUpAt).toBeUndefined()
  now = 2_000
  view.update({ state: up })
  expect(view.shown.lastUpAt).toBe(2_000)
  now = 3_000
  view.update({ state: { ...up, idleEndsAt: 9_000 } })
  expect(view.shown.lastUpAt).toBe(2_000)
  now = 4_000
  view.update({ state: { kind: 'off' } })
  expect(view.shown.lastUpAt).toBe(4_000)
})

test('its own limit is told while it is on, and follows a limit that is changed or taken away', () => {
  using view = make({ expiresAfterMinutes: 10 })
  view.onSinceAt = 1_000
  expect(view.shown.expiresAt).toBeUndefined()
  view.start()
  expect(view.shown.expiresAt).toBe(601_000)
  view.update({ forward: { ...forward, expiresAfterMinutes: 20 } })
  expect(view.shown.expiresAt).toBe(1_201_000)
  view.update({ forward })
  expect(view.shown.expiresAt).toBeUndefined()
  view.update({ forward: { ...forward, expiresAfterMinutes: 20 } })
  view.update({ isOn: false })
  expect(view.shown.expiresAt).toBeUndefined()
})

test('turned on again it shows nothing of its last run', () => {
  using view = make()
  view.update({
    endedBy: error,
    lastError: { at: 1, error },
    health: {
      bytesUp: 1,
      bytesDown: 1,
      bytesUpPerSecond: 1,
      bytesDownPerSecond: 1,
      retransmissions: 0,
      sessionsUsed: 1,
      history: [],
    },
  })
  view.start()
  expect(Object.keys(view.shown).toSorted()).toEqual(['forward', 'isOn', 'localPort', 'openConnections', 'state'])
})

test('a fault of its destination goes when that is reached, and when it is turned off', () => {
  using view = make()
  view.start()
  view.update({ destination: { sinceAt: 1, error } })
  view.update({ state: up })
  expect(view.shown.destination).toEqual({ sinceAt: 1, error })
  view.reachDestination()
  expect(view.shown.destination).toBeUndefined()
  view.update({ destination: { sinceAt: 1, error } })
  view.update({ isOn: false })
  expect(view.shown.destination).toBeUndefined()
})

test('the note on web pages is due for a port that speaks HTTP, until a person has read it', () => {
  using view = make({ remotePort: 8_080 })
  expect(view.shown.isPagesNoteDue).toBe(true)
  view.update({ forward })
  expect(view.shown.isPagesNoteDue).toBeUndefined()
  view.update({ forward: { ...forward, remotePort: 80 } })
  expect(view.shown.isPagesNoteDue).toBe(true)
  view.isNoted = true
  view.update({})
  expect(view.shown.isPagesNoteDue).toBeUndefined()
})

test('a counter is part of the view at once, and shown with others', () => {
  using view = make()
  view.gather({ openConnections: 1 })
  view.gather({ openConnections: 2 })
  expect([view.shown.openConnections, view.now.openConnections]).toEqual([1, 2])
})
