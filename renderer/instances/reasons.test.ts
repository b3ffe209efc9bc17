import { expect, test } from 'vitest'
import type { Instance } from '../../shared/model/instance'
import { reasonsFor } from './reasons'

const HOUR_MS = 3_600_000
const at = { nowAt: 72 * HOUR_MS, region: 'eu-west-1' }

function instance(change: Partial<Instance> = {}): Instance {
  return {
    id: 'i-1',
    kind: 'ec2',
    name: 'web-1',
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
    ...change,
  }
}

function say(change: Partial<Instance>): readonly string[] | undefined {
  return reasonsFor(instance(change), at)?.checks.map(({ tone, title }) => `${tone}: ${title}`)
}

test('an instance that can be reached has no reasons', () => {
  expect(say({})).toBeUndefined()
})

test('each leg is reported as far as it is known, and the first broken leg is named', () => {
  expect(say({ agent: { kind: 'offline', lastPingAt: 0 } })).toEqual([
    'up: The instance is running',
    'up: Registered with Session Manager',
    'failed: The agent stopped answering 3 days ago',
    'idle: Route to ssm.eu-west-1 not tested',
  ])
  expect(say({ agent: { kind: 'unmanaged' } })).toEqual([
    'up: The instance is running',
    'failed: Not registered with Session Manager',
    'idle: Route to ssm.eu-west-1 not tested',
  ])
  expect(say({ state: 'stopped', agent: { kind: 'unmanaged' } })).toEqual(['failed: The instance is stopped'])
})

test('the advice fits the instance', () => {
  const advice = (change: Partial<Instance>): unknown => reasonsFor(instance(change), at)?.advice
  expect(advice({ platform: 'windows', agent: { kind: 'offline' } })).toMatchObject({
    command: 'Restart-Service AmazonSSMAgent',
  })
  expect(advice({ state: 'terminated' })).toEqual({ text: 'It does not come back. Choose another instance.' })
  expect(advice({ state: 'stopped' })).toMatchObject({ text: expect.stringContaining('Start it') as string })
})
