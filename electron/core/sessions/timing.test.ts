import { expect, it } from 'vitest'
import { defaultSettings } from '../../../shared/settings'
import { defaultTiming, timingFrom, timingOf } from './timing'

it('a changed setting holds from the next use on, also for those who keep the timing', () => {
  let settings = { ...defaultSettings }
  const timing = timingOf(() => settings)
  settings = { ...settings, holdSeconds: 7, resumeMinutes: 3, resumeAheadMinutes: 7, pingSeconds: 11, deadSeconds: 29 }
  expect(timing).toMatchObject({
    holdMs: 7_000,
    resumeDeadlineMs: 180_000,
    resumeAheadMinutes: 7,
    heartbeat: { pingMs: 11_000, deadMs: 29_000 },
  })
})

it('keeps the spans that a person cannot set, and the defaults of those that one can', () => {
  const { heartbeat, ...rest } = timingOf(() => defaultSettings)
  const { heartbeat: defaultHeartbeat, ...defaults } = defaultTiming
  expect([rest, { ...heartbeat }]).toEqual([defaults, { ...defaultHeartbeat }])
})

it('takes the one span that the command line can be given from its variable, and refuses what is no number of minutes', () => {
  const from = (value: string) => timingFrom({ CULVERT_RESUME_AHEAD_MINUTES: value })
  expect([timingFrom({}), from('')]).toEqual([defaultTiming, defaultTiming])
  expect(from('5')).toEqual({ ...defaultTiming, resumeAheadMinutes: 5 })
  for (const wrong of ['0', '61', '1.5', 'soon']) {
    expect(() => from(wrong)).toThrow(
      `CULVERT_RESUME_AHEAD_MINUTES is "${wrong}": set it to a whole number from 1 to 60.`,
    )
  }
})
