import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { AwsIdentity } from '../clients'
import { readSettings } from '../profiles/settings'
import { LookUpEnded, Renewal, Renewals, type LookUp } from './renewal'

const NOW = Date.UTC(2030, 0, 1)
const MINUTE_MS = 60_000
const question = { profile: 'p', serial: 'arn:mfa', isRepeated: false }

beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

/** A look-up that finds new keys each time, which expire after a time. */
function finding(expiresAfterMs?: number): { readonly lookUp: LookUp; count: number } {
  const found = {
    count: 0,
    lookUp: (): Promise<AwsIdentity> => {
      found.count += 1
      const expiration = expiresAfterMs === undefined ? {} : { expiration: new Date(Date.now() + expiresAfterMs) }
      return Promise.resolve({ accessKeyId: `K${found.count}`, secretAccessKey: 's', ...expiration })
    },
  }
  return found
}

test('callers at the same time share one look-up, and keys without expiry are remembered for a minute', async () => {
  const renewal = new Renewal()
  const found = finding()
  const both = await Promise.all([renewal.get(found.lookUp, 'wait'), renewal.get(found.lookUp, 'never')])
  expect(both.map(({ accessKeyId }) => accessKeyId)).toEqual(['K1', 'K1'])
  vi.setSystemTime(NOW + MINUTE_MS - 1)
  await renewal.get(found.lookUp, 'wait')
  expect(found.count).toBe(1)
  vi.setSystemTime(NOW + MINUTE_MS)
  expect((await renewal.get(found.lookUp, 'wait')).accessKeyId).toBe('K2')
})

test('temporary keys are renewed five minutes before they expire', async () => {
  const renewal = new Renewal()
  const found = finding(60 * MINUTE_MS)
  await renewal.get(found.lookUp, 'wait')
  vi.setSystemTime(NOW + 55 * MINUTE_MS - 1)
  expect((await renewal.get(found.lookUp, 'wait')).accessKeyId).toBe('K1')
  vi.setSystemTime(NOW + 55 * MINUTE_MS)
  expect((await renewal.get(found.lookUp, 'wait')).accessKeyId).toBe('K2')
})

test('keys that cannot be renewed are used until they expire', async () => {
  const renewal = new Renewal()
  await renewal.get(finding(10 * MINUTE_MS).lookUp, 'wait')
  const failing: LookUp = () => Promise.reject(new AppError('network', 'No network.'))
  vi.setSystemTime(NOW + 9 * MINUTE_MS)
  expect((await renewal.get(failing, 'wait')).accessKeyId).toBe('K1')
  vi.setSystemTime(NOW + 10 * MINUTE_MS)
  await expect(renewal.get(failing, 'wait')).rejects.toMatchObject({ code: 'network' })
})

test('only keys that AWS has refused are forgotten', async () => {
  const renewal = new Renewal()
  const found = finding()
  const first = await renewal.get(found.lookUp, 'wait')
  renewal.forget({ ...first, accessKeyId: 'OLDER' })
  expect(await renewal.get(found.lookUp, 'wait')).toBe(first)
  renewal.forget({ ...first })
  expect((await renewal.get(found.lookUp, 'wait')).accessKeyId).toBe('K2')
})

test('while a person is asked one caller waits, another moves on, and a third never asks', async () => {
  const renewal = new Renewal()
  const answer = deferred<string>()
  const asking: LookUp = async (means) => {
    const code = await means.ask(question, () => answer.promise)
    return { accessKeyId: code, secretAccessKey: 's' }
  }
  const waiting = renewal.get(asking, 'wait')
  await expect(renewal.get(asking, 'move-on')).rejects.toMatchObject({ code: 'credentials-expired' })
  await expect(renewal.again(asking)).rejects.toMatchObject({ code: 'credentials-expired' })
  answer.resolve('123456')
  expect((await waiting).accessKeyId).toBe('123456')
  await expect(new Renewal().get(asking, 'never')).rejects.toThrow('needs the code of its second factor')
})

test('a caller whose deadline passes hears what the look-up waits for, one that was cancelled its own reason', async () => {
  const renewal = new Renewal()
  const held = deferred<AwsIdentity>()
  const lookUp: LookUp = (means) =>
    means.during(
      () => new AppError('network', 'The program has not answered yet.'),
      () => held.promise,
    )
  const late = new AbortController()
  const cancelled = new AbortController()
  const calls = [renewal.get(lookUp, 'wait', late.signal), renewal.get(lookUp, 'wait', cancelled.signal)]
  late.abort(new AppError('timeout', 'Too late.'))
  cancelled.abort(new Error('No longer wanted.'))
  await expect(calls[0]).rejects.toThrow('The program has not answered yet.')
  await expect(calls[1]).rejects.toThrow('No longer wanted.')
  held.resolve({ accessKeyId: 'K', secretAccessKey: 's' })
  expect((await renewal.get(lookUp, 'wait')).accessKeyId).toBe('K')
})

test('a look-up that ends with the account that began it is begun anew by the others', async () => {
  const renewal = new Renewal()
  const ended = deferred<AwsIdentity>()
  const found = finding()
  const first = renewal.get(() => ended.promise, 'wait')
  const other = renewal.get(found.lookUp, 'wait')
  ended.reject(new LookUpEnded())
  await expect(first).rejects.toBeInstanceOf(LookUpEnded)
  expect((await other).accessKeyId).toBe('K1')
})

test('accounts of one profile share a renewal, other profiles have their own', async () => {
  const renewals = new Renewals()
  const settings = await readSettings({ region: 'eu-west-1', isSelfContained: true, env: {} })
  const files = { filepath: '', configFilepath: '' }
  const ofProfile = (name: string): Renewal =>
    renewals.of({ ...settings, profile: { name, files, values: {}, services: {}, sections: new Map() } })
  expect(renewals.of({ ...settings, region: 'eu-west-2' })).toBe(renewals.of(settings))
  expect(ofProfile('dev')).toBe(ofProfile('dev'))
  expect(ofProfile('dev')).not.toBe(ofProfile('prod'))
  expect(renewals.of({ ...settings, isProfileChosen: true })).not.toBe(renewals.of(settings))
  // Programs and logins are those of the process.
  expect(ofProfile('dev').groups).toBe(ofProfile('prod').groups)
})
