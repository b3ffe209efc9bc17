import { expect, test } from 'vitest'
import { HealthMeter } from './health'

const none = { bytesUp: 0, bytesDown: 0, retransmissions: 0, sessionsUsed: 1, roundTripMs: undefined }

test('rates are over the time since the last sample, and the first one knows none', () => {
  const meter = new HealthMeter()
  expect(meter.sample({ ...none, bytesUp: 900 }, 1_000)).toMatchObject({
    bytesUp: 900,
    bytesUpPerSecond: 0,
    history: [],
  })
  const second = meter.sample({ ...none, bytesUp: 3_900, bytesDown: 600, roundTripMs: 27.6 }, 4_000)
  expect(second).toMatchObject({ bytesUpPerSecond: 1_000, bytesDownPerSecond: 200, roundTripMs: 28, history: [1_200] })
  // A clock that was set back makes no negative rate.
  expect(meter.sample({ ...none, bytesUp: 3_900, bytesDown: 600 }, 4_000).history).toEqual([1_200, 0])
})

test('the history holds two minutes', () => {
  const meter = new HealthMeter()
  for (let index = 0; index <= 60; index += 1) meter.sample({ ...none, bytesUp: index * index * 3_000 }, index * 3_000)
  const { history } = meter.sample({ ...none, bytesUp: 61 * 61 * 3_000 }, 61 * 3_000)
  expect(history).toHaveLength(40)
  expect(history.at(-1)).toBe(121_000)
})
