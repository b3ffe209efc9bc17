import { expect, test } from 'vitest'
import { AppError } from '../../shared/errors'
import { parsePreferences, PreferencesReader } from './preferences'

const MINUTE_MS = 60_000
const signal = new AbortController().signal

function documentWith(inputs: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ schemaVersion: '1.0', sessionType: 'Standard_Stream', inputs })
}

test('what the document does not say, or says out of range, is the service’s default', () => {
  const read = (inputs: Readonly<Record<string, unknown>>) => parsePreferences(documentWith(inputs))
  const plain = { isRead: true, idleTimeoutMs: 20 * MINUTE_MS }
  expect(read({ idleSessionTimeout: '5', maxSessionDuration: '60' })).toEqual({
    isRead: true,
    idleTimeoutMs: 5 * MINUTE_MS,
    maxDurationMs: 60 * MINUTE_MS,
  })
  expect(read({ idleSessionTimeout: '', maxSessionDuration: '', kmsKeyId: 'alias/x' })).toEqual(plain)
  expect(read({ idleSessionTimeout: '0', maxSessionDuration: '1441' })).toEqual(plain)
  expect(read({ idleSessionTimeout: ['5'], maxSessionDuration: null })).toEqual(plain)
  expect(parsePreferences('{"schemaVersion":"1.0"}')).toEqual(plain)
  for (const broken of ['', 'no JSON', '[]', '{"inputs":7}']) expect(parsePreferences(broken).isRead).toBe(false)
})

test('are asked for once an hour, by one call for all, and again after a failure that may pass', async () => {
  let now = 0
  let calls = 0
  let answer: () => Promise<string> = () => Promise.reject(new AppError('network', 'No way.'))
  const reader = new PreferencesReader(
    () => {
      calls += 1
      return answer()
    },
    () => now,
  )
  expect(await reader.get(signal)).toEqual({ idleTimeoutMs: 20 * MINUTE_MS, isRead: false })
  answer = () => Promise.resolve(documentWith({ idleSessionTimeout: '7' }))
  const both = await Promise.all([reader.get(signal), reader.get(signal)])
  expect([both.map(({ idleTimeoutMs }) => idleTimeoutMs), calls]).toEqual([[7 * MINUTE_MS, 7 * MINUTE_MS], 2])
  answer = () => Promise.reject(new AppError('access-denied', 'Not you.'))
  now = 60 * MINUTE_MS - 1
  expect([(await reader.get(signal)).isRead, calls]).toEqual([true, 2])
  now = 60 * MINUTE_MS
  expect([(await reader.get(signal)).isRead, calls]).toEqual([false, 3])
  // Who may not read them is not asked again at each session.
  now += 60 * MINUTE_MS - 1
  await reader.get(signal)
  expect(calls).toBe(3)
})

test('an account without the document lives by the defaults, and that is known', async () => {
  const reader = new PreferencesReader(() => Promise.reject(new AppError('document-missing', 'None.')))
  expect(await reader.get(signal)).toEqual({ idleTimeoutMs: 20 * MINUTE_MS, isRead: true })
})

test('where the account logs is the bucket with its prefix and the log group, without names that none can have', () => {
  const logs = (inputs: object) => parsePreferences(JSON.stringify({ inputs })).logs
  expect(logs({ s3BucketName: 'acme-logs', s3KeyPrefix: 'ssm', cloudWatchLogGroupName: '/aws/ssm' })).toEqual({
    bucket: 'acme-logs',
    prefix: 'ssm',
    group: '/aws/ssm',
  })
  expect(logs({ s3BucketName: '', s3KeyPrefix: 'ssm', cloudWatchLogGroupName: '' })).toBeUndefined()
  expect(logs({ s3BucketName: 'x'.repeat(64), cloudWatchLogGroupName: 7 })).toBeUndefined()
})
