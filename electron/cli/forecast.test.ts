import { expect, test } from 'vitest'
import type { Forecast } from '../../shared/model/forecast'
import { tellForecast } from './forecast'

async function told(forecast: Forecast): Promise<readonly string[]> {
  const lines: string[] = []
  await tellForecast(forecast, {
    write: (text) => {
      lines.push(String(text))
      return Promise.resolve()
    },
  })
  return lines
}

test('one line for people where the keys cannot be renewed, and none where they can', async () => {
  const nowAt = Date.now()
  expect(await told({ keys: { kind: 'unknown' }, recycleAt: nowAt, staysUntil: nowAt })).toEqual([
    expect.stringMatching(
      /^culvert: keys' end unknown; tunnel lives about 60 min after the last resume, now until \d\d:\d\d\.\n$/,
    ),
  ])
  expect(await told({ recycleAt: nowAt, idleEndsAt: nowAt })).toEqual([])
  const closed = { write: () => Promise.reject(new Error('EPIPE')) }
  await expect(tellForecast({ keys: { kind: 'ended' } }, closed)).resolves.toBeUndefined()
})
