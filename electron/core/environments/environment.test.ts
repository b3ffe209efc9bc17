import { expect, test } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import { processBudgets } from '../tunnels/budgets'
import { createEnvironment, type Environment, type EnvironmentService } from './environment'

const { signal } = new AbortController()

function make(calls: Partial<EnvironmentService>): Environment {
  return createEnvironment({ name: 'ops', isDemo: false, service: serviceOf(calls), budgets: processBudgets() })
}

const web: Instance = {
  id: 'i-0123456789abcdef0',
  kind: 'ec2',
  name: 'web',
  tags: {},
  platform: 'linux',
  state: 'running',
  agent: { kind: 'online' },
}

/** Something that waits, and what it has heard. */
function waiting(environment: Environment): string[] {
  const heard: string[] = []
  environment.wakeables.add({ wake: () => heard.push('wake'), reached: () => heard.push('reached') })
  return heard
}

test('listings and names that are looked for at one time share one call', async () => {
  const gate = deferred<{ instances: Instance[]; notices: string[] }>()
  let calls = 0
  const environment = make({
    listInstances: () => {
      calls += 1
      return gate.promise
    },
  })
  const listed = environment.listInstances(signal)
  const resolved = environment.resolveTarget('web', signal)
  gate.resolve({ instances: [web], notices: [] })
  expect((await listed).instances).toEqual([web])
  expect((await resolved).id).toBe(web.id)
  expect(calls).toBe(1)
  await environment.listInstances(signal)
  expect(calls).toBe(2)
})

test('a listing by tags passes them on, and shares no answer with a listing of all', async () => {
  const asked: unknown[] = []
  const environment = make({
    listInstances: (_signal, tags) => {
      asked.push(tags)
      return Promise.resolve({ instances: [], notices: [] })
    },
  })
  await Promise.all([environment.listInstances(signal), environment.listInstances(signal, [['Env', 'staging']])])
  expect(asked).toEqual([undefined, [['Env', 'staging']]])
})

test('a wake reaches all that wait in it', () => {
  const environment = make({})
  const [one, other] = [waiting(environment), waiting(environment)]
  environment.wake()
  expect([one, other]).toEqual([['wake'], ['wake']])
})

test('a sign-in that is back lets all try that wait for it', async () => {
  let isExpired = true
  const environment = make({
    identity: () =>
      isExpired
        ? Promise.reject(new AppError('credentials-expired', 'Log in.'))
        : Promise.resolve({ accountId: '1', arn: 'a' } as never),
  })
  const heard = waiting(environment)
  await environment.identity(signal).catch(() => undefined)
  expect(environment.login.ended?.error.code).toBe('credentials-expired')
  expect(heard).toEqual([])
  isExpired = false
  await environment.identity(signal)
  expect(heard).toEqual(['reached'])
})

test('disposing closes the connections to AWS', async () => {
  let isClosed = false
  const environment = make({
    [Symbol.asyncDispose]: () => {
      isClosed = true
      return Promise.resolve()
    },
  })
  expect(environment.life.aborted).toBe(false)
  await environment[Symbol.asyncDispose]()
  expect(isClosed).toBe(true)
})
