import { expect, test } from 'vitest'
import { serviceOf } from '../../e2e/kit/aws/service'
import type { HandedKeys } from '../../shared/session'
import { createEnvironment, type Environment } from './environments/environment'
import { handOverRequest, takeHandedKeys } from './handed'
import { processBudgets } from './tunnels/budgets'

const keys = { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' }
const signal = new AbortController().signal

function environment(name: string, taken: HandedKeys[], isDemo = false): Environment {
  const take = (handed: HandedKeys): Promise<{ arn: string }> => {
    taken.push(handed)
    return Promise.resolve({ arn: `arn of ${name}` })
  }
  const otherKeys = { ...serviceOf().otherKeys, take }
  return createEnvironment({ name, isDemo, budgets: processBudgets(), service: serviceOf({ otherKeys }) })
}

const give = (open: readonly Environment[], wanted?: string) =>
  takeHandedKeys(keys, { open, environment: wanted, signal })

test('the only environment is meant without a name; the Demo is none', async () => {
  const taken: HandedKeys[] = []
  const open = [environment('Demo', taken, true), environment('work', taken)]
  expect(await give(open)).toEqual({ environment: 'work', arn: 'arn of work' })
  expect(taken).toEqual([keys])
})

test('regions of one profile get them together, and what waits there is woken', async () => {
  const taken: HandedKeys[] = []
  const open = [environment('work', taken), environment('work', taken)]
  let woken = 0
  for (const { wakeables } of open) wakeables.add({ wake: () => (woken += 1), reached: () => undefined })
  await give(open)
  expect([taken.length, woken]).toEqual([2, 2])
})

test('of several one must be named, and the refusal lists them', async () => {
  const taken: HandedKeys[] = []
  const open = [environment('work', taken), environment('play', taken)]
  const several = { code: 'usage', message: expect.stringMatching(/"work", "play".*--environment/) }
  await expect(give(open)).rejects.toMatchObject(several)
  await expect(give(open, 'home')).rejects.toMatchObject({ message: expect.stringMatching(/"home".*"work", "play"/) })
  await expect(give([])).rejects.toMatchObject({ code: 'usage' })
  expect(taken).toEqual([])
  expect(await give(open, 'play')).toMatchObject({ environment: 'play' })
})

test.each([
  { credentials: { ...keys, accessKeyId: 'with space' } },
  { credentials: { ...keys, secretAccessKey: '' } },
  { credentials: { ...keys, sessionToken: 'x'.repeat(32_769) } },
  { credentials: { ...keys, endsAt: 'soon' } },
  { credentials: { ...keys, role: 'x' } },
  { credentials: keys, environment: '' },
  { credentials: keys, profile: 'x' },
])('a request of another form is not taken', (request) => {
  expect(handOverRequest.safeParse(request).success).toBe(false)
})
