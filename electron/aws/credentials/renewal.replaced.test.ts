import { expect, test } from 'vitest'
import { deferred } from '../../../shared/deferred'
import type { AwsIdentity } from '../clients'
import { Renewal } from './renewal'

const keys = (accessKeyId: string, more: Partial<AwsIdentity> = {}): AwsIdentity => ({
  accessKeyId,
  secretAccessKey: 's',
  ...more,
})
const nothing = (): Promise<AwsIdentity> => Promise.reject(new Error('nothing is looked up'))

test('other keys are not forgotten for those of a look-up that began before and ends after them', async () => {
  const renewal = new Renewal()
  const slow = deferred<AwsIdentity>()
  const first = renewal.get(() => slow.promise, 'wait')
  await renewal.replace(() => Promise.resolve(keys('OTHER', { outlook: { kind: 'unknown' } })))
  slow.resolve(keys('SLOW'))
  expect((await first).accessKeyId).toBe('SLOW')
  expect((await renewal.get(nothing, 'wait')).accessKeyId).toBe('OTHER')
  expect(renewal.outlook).toEqual({ kind: 'unknown' })
})

test('a look-up of other keys that fails leaves those before', async () => {
  const renewal = new Renewal()
  await renewal.get(() => Promise.resolve(keys('FIRST')), 'wait')
  await expect(renewal.replace(() => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  expect((await renewal.get(nothing, 'wait')).accessKeyId).toBe('FIRST')
})
