import { expect, it } from 'vitest'
import { defaultSettings } from '../../../shared/settings'
import { defaultTiming, timingOf } from './timing'

it('a changed setting holds from the next use on, also for those who keep the timing', () => {
  let settings = { ...defaultSettings }
  const timing = timingOf(() => settings)
  settings = { ...settings, holdSeconds: 7, resumeMinutes: 3, pingSeconds: 11, deadSeconds: 29 }
  expect(timing).toMatchObject({
    holdMs: 7_000,
    resumeDeadlineMs: 180_000,
    heartbeat: { pingMs: 11_000, deadMs: 29_000 },
  })
})

it('keeps the spans that a person cannot set, and the defaults of those that one can', () => {
  const { heartbeat, ...rest } = timingOf(() => defaultSettings)
  const { heartbeat: defaultHeartbeat, ...defaults } = defaultTiming
  expect([rest, { ...heartbeat }]).toEqual([defaults, { ...defaultHeartbeat }])
})
