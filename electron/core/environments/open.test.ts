import { afterEach, beforeEach, expect, test } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { deferred } from '../../../shared/deferred'
import { startSimulator, type Simulator } from '../../simulator/simulator'
import { processBudgets } from '../tunnels/budgets'
import { openEnvironment, type DemoProcess, type EnvironmentOptions } from './open'

let simulator: Simulator
const { signal } = new AbortController()

beforeEach(async () => {
  simulator = await startSimulator({ isPaced: false })
})
afterEach(() => simulator[Symbol.asyncDispose]())

function demo(more: Partial<DemoProcess> = {}): EnvironmentOptions {
  const { endpointUrl, region, credentials } = simulator
  return {
    demo: true,
    // What a person's shell may have: nothing of it reaches the Demo.
    env: { AWS_PROFILE: 'none', AWS_ACCESS_KEY_ID: 'x', AWS_REGION: 'us-east-1' },
    budgets: processBudgets(),
    spawnDemo: () =>
      Promise.resolve({
        endpointUrl,
        region,
        credentials,
        [Symbol.asyncDispose]: () => Promise.resolve(),
        ...more,
      }),
  }
}

test('the Demo is its process and nothing of the account of the shell that it was started from', async () => {
  let isEnded = false
  const environment = await openEnvironment(
    demo({
      [Symbol.asyncDispose]: () => {
        isEnded = true
        return Promise.resolve()
      },
    }),
  )
  expect([environment.name, environment.isDemo, environment.region]).toEqual(['Demo', true, simulator.region])
  const { instances } = await environment.listInstances(signal)
  expect(instances.map(({ name }) => name)).toContain('web-2')
  await environment[Symbol.asyncDispose]()
  expect(isEnded).toBe(true)
})

test('a Demo whose process ends by itself is of no use any more, and says how it ended', async () => {
  const ended = deferred<string>()
  const environment = await openEnvironment(demo({ ended: ended.promise }))
  expect(environment.life.aborted).toBe(false)
  ended.resolve('it ended with SIGKILL')
  await new Promise((resolve) => setImmediate(resolve))
  expect(environment.life.reason).toMatchObject({
    code: 'simulator-failed',
    message: expect.stringContaining('(it ended with SIGKILL)'),
  })
  await environment[Symbol.asyncDispose]()
})

test('a Demo that is closed has not ended by itself', async () => {
  const ended = deferred<string>()
  const environment = await openEnvironment(demo({ ended: ended.promise }))
  await environment[Symbol.asyncDispose]()
  ended.resolve('it ended with status 0')
  await new Promise((resolve) => setImmediate(resolve))
  expect(environment.life.aborted).toBe(false)
})

test('new keys of the Demo are used from the next call on', async () => {
  const environment = await openEnvironment(demo())
  await environment.demo?.begin('keys')
  await expect(environment.identity(signal)).rejects.toMatchObject({ code: 'credentials-expired' })
  await environment.demo?.recover()
  expect((await environment.identity(signal)).accountId).toBeTypeOf('string')
  await environment[Symbol.asyncDispose]()
})

test('an account is what the environment variables say; its service can be wrapped', async () => {
  const { endpointUrl, region, credentials } = simulator
  const listed: string[] = []
  const environment = await openEnvironment(
    {
      env: {
        HOME: '/nowhere',
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_REGION: region,
      },
      endpointUrl,
      budgets: processBudgets(),
      spawnDemo: () => Promise.reject(new Error('no Demo was asked for')),
    },
    (service) =>
      serviceOf({
        region: service.region,
        identity: (limit) => service.identity(limit),
        listInstances: (limit) => {
          listed.push(service.region)
          return service.listInstances(limit)
        },
        [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
      }),
  )
  expect([environment.name, environment.isDemo, environment.demo]).toEqual(['Environment variables', false, undefined])
  expect((await environment.identity(signal)).accountId).toBeTypeOf('string')
  await environment.listInstances(signal)
  expect(listed).toEqual([region])
  await environment[Symbol.asyncDispose]()
})
