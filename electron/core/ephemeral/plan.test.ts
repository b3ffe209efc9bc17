import { describe, expect, test } from 'vitest'
import type { ServiceRecipe } from '../../../shared/ecscalls'
import { derivedDefinition, derivedFamily } from './derive'
import { tagsOf, tagValue } from './marks'
import { planEphemeral, watcherFor } from './plan'
import { findService } from './service'
import { recipe } from './stage.kit'
import { ephemeralTimingFrom } from './timing'

const limits = { leaseMinutes: 20, resumeMinutes: 20, limit: 5, open: 0 }
const fields = { cluster: 'shop', service: 'web' }
const withEnvoy: ServiceRecipe = {
  ...recipe,
  definition: {
    ...recipe.definition,
    containers: [
      { name: 'envoy', isEssential: false, isRootReadOnly: false, image: 'envoy', memoryReservationMiB: 256 },
      ...recipe.definition.containers,
    ],
  },
}

describe('a plan', () => {
  test('has the first essential container, the default size and time, and says what is different', () => {
    const { told } = planEphemeral(withEnvoy, fields, limits)
    expect(told).toMatchObject({
      container: 'app',
      memoryMiB: 1_024,
      appMemoryMiB: 8_192,
      ttlMinutes: 10_080,
      leaseMinutes: 20,
    })
    expect(told.warnings.join(' ')).toContain('1,024 MiB of memory, not the 8,192 MiB of the app')
    expect(told.warnings.join(' ')).toContain('run too: envoy')
  })

  test('tells who can read the command and the variables', () => {
    const { warnings } = planEphemeral(recipe, { ...fields, variables: { A: '1' } }, limits).told
    expect(warnings.join(' ')).toContain('ecs:DescribeTasks')
  })

  test('refuses a container whose end would not end the task, and one that does not exist', () => {
    expect(() => planEphemeral(withEnvoy, { ...fields, container: 'envoy' }, limits)).toThrow('is not essential')
    expect(() => planEphemeral(withEnvoy, { ...fields, container: 'db' }, limits)).toThrow('Choose app')
  })

  test('has a lease that is never shorter than a lost session is resumed, and says so', () => {
    const { told } = planEphemeral(recipe, fields, { ...limits, leaseMinutes: 5 })
    expect(told.leaseMinutes).toBe(20)
    expect(told.warnings.join(' ')).toContain('20 minutes, not 5')
  })

  test('takes its time from the wish, then from the environment', () => {
    expect(planEphemeral(recipe, fields, { ...limits, ttlMinutes: 60 }).told.ttlMinutes).toBe(60)
    expect(planEphemeral(recipe, { ...fields, ttlMinutes: 5 }, { ...limits, ttlMinutes: 60 }).told.ttlMinutes).toBe(5)
  })

  test.each([
    [{ definition: { ...recipe.definition, taskRoleArn: '' } }, undefined],
    [{ definition: { ...recipe.definition, operatingSystem: 'WINDOWS_SERVER_2022_CORE' } }, 'Windows'],
    [{ service: { ...recipe.service, ephemeralProblem: 'EXTERNAL.' } }, 'EXTERNAL.'],
  ])('says why it cannot be started: %j', (change, problem) => {
    const { told } = planEphemeral({ ...recipe, ...change }, fields, limits)
    if (problem === undefined) expect(told.problem).toBeUndefined()
    else expect(told.problem).toContain(problem)
  })

  test('has a watcher whose overrides fit, and refuses variables that do not with what is left', () => {
    const plan = planEphemeral(recipe, fields, limits)
    const options = {
      nonce: 'ab'.repeat(16),
      entryPoint: undefined,
      seconds: { first: 300, lease: 1_217, ttl: 604_800 },
    }
    expect(watcherFor(plan, { ...options, variables: { A: 'x'.repeat(4_000) } })).toHaveLength(3)
    expect(() => watcherFor(plan, { ...options, variables: { A: 'x'.repeat(8_000) } })).toThrow(
      /of which \d{4} are left/,
    )
  })
})

test('a derived definition has the fields that can be registered, another entry point and a tag', () => {
  const whole = {
    family: 'web',
    revision: 7,
    status: 'ACTIVE',
    taskDefinitionArn: 'arn',
    registeredBy: 'arn:ann',
    requiresAttributes: [],
    compatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    containerDefinitions: [
      { name: 'app', entryPoint: ['/start'] },
      { name: 'envoy', entryPoint: ['/envoy'] },
    ],
  }
  expect(derivedDefinition({ ...recipe.definition, whole }, { container: 'app', operationId: 'op' })).toEqual({
    family: 'web-culvert-ephemeral',
    networkMode: 'awsvpc',
    containerDefinitions: [
      { name: 'app', entryPoint: ['sh', '-c'] },
      { name: 'envoy', entryPoint: ['/envoy'] },
    ],
    tags: [{ key: 'culvert:operation', value: 'op' }],
  })
  expect(derivedFamily('f'.repeat(255))).toHaveLength(255)
})

test('tags have what AWS takes of a text', () => {
  expect(tagValue('arn:aws:sts::1:assumed-role/Ops/ann@x.org#{}\u0000')).toBe(
    'arn:aws:sts::1:assumed-role/Ops/ann@x.org____',
  )
  const tags = tagsOf({ operationId: 'o', owner: 'w'.repeat(300), computer: 'c', expiresAt: 0, service: 's' })
  expect([tags['culvert:owner']?.length, tags['culvert:expires']]).toEqual([256, '1970-01-01T00:00:00.000Z'])
})

test('a service is named with its cluster, or alone where it is the only one', async () => {
  const never = new AbortController().signal
  const other = { ...recipe.service, id: 'test/web', cluster: 'test' }
  const listing = (services: readonly (typeof recipe.service)[]) => ({
    listContainers: () => Promise.resolve({ services, containers: [], notices: [] }),
  })
  const one = listing([recipe.service])
  expect(await findService(one, 'shop/web', never)).toEqual(fields)
  expect(await findService(one, 'ecs:shop/web/app', never)).toEqual({ ...fields, container: 'app' })
  expect(await findService(one, 'web', never)).toEqual(fields)
  await expect(findService(one, 'db', never)).rejects.toMatchObject({
    code: 'unknown-instance',
    message: expect.stringContaining('shop/web'),
  })
  await expect(findService(listing([recipe.service, other]), 'web', never)).rejects.toMatchObject({
    code: 'ambiguous-name',
  })
  await expect(findService(one, `shop/${'a'.repeat(32)}`, never)).rejects.toMatchObject({ code: 'usage' })
})

test('a shorter minute shortens beats and looks with it, and no other text changes anything', () => {
  expect(ephemeralTimingFrom({ CULVERT_EPHEMERAL_MINUTE_MS: '600' })).toMatchObject({ minuteMs: 600, beatMs: 150 })
  expect(ephemeralTimingFrom({ CULVERT_EPHEMERAL_MINUTE_MS: '60001' }).minuteMs).toBe(60_000)
  expect(ephemeralTimingFrom({ CULVERT_EPHEMERAL_MINUTE_MS: 'x' }).minuteMs).toBe(60_000)
})
