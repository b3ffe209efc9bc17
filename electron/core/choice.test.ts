import { expect, test } from 'vitest'
import { defaultTiming } from './sessions/timing'
import { environmentOptions, firstEnvironment, type DoorChoice } from './choice'

const door: DoorChoice = { env: {}, spawnDemo: () => Promise.reject(new Error('not here')) }
const last = { kind: 'aws', profile: 'last' } as const

function first(options: Partial<DoorChoice>, before: typeof last | undefined, hasSetup: boolean) {
  return firstEnvironment({ ...door, ...options }, { last: before, hasSetup: () => Promise.resolve(hasSetup) })
}

test('what a door was asked for is shown first, then what was shown last, then what this computer is set up for', async () => {
  expect(await first({ demo: true, profile: 'p' }, last, true)).toEqual({ kind: 'demo' })
  expect(await first({ profile: 'p' }, last, false)).toEqual({ kind: 'aws', profile: 'p' })
  expect(await first({ region: 'eu-west-1' }, last, false)).toEqual({ kind: 'aws', region: 'eu-west-1' })
  expect(await first({ endpointUrl: 'http://127.0.0.1:1' }, last, false)).toEqual({ kind: 'aws' })
  expect(await first({}, last, false)).toEqual(last)
  expect(await first({}, undefined, true)).toEqual({ kind: 'aws' })
  expect(await first({}, undefined, false)).toEqual({ kind: 'demo' })
})

test('an environment is opened with its own profile and region, and with the endpoints of the door; the Demo with none of them', () => {
  const resolveProxy = () => Promise.resolve('DIRECT')
  const endpoints = { endpointUrl: 'http://127.0.0.1:1', messageEndpoint: 'https://gateway.example', resolveProxy }
  const options = { ...door, profile: 'door', region: 'us-east-1', ...endpoints }
  const common = { env: door.env, spawnDemo: door.spawnDemo, timing: defaultTiming }
  expect(environmentOptions(options, { kind: 'aws', profile: 'p', region: 'eu-west-1' }, defaultTiming)).toEqual({
    ...common,
    profile: 'p',
    region: 'eu-west-1',
    ...endpoints,
  })
  expect(environmentOptions(options, { kind: 'aws' }, defaultTiming)).toEqual({
    ...common,
    ...endpoints,
  })
  expect(environmentOptions(options, { kind: 'demo' }, defaultTiming)).toEqual({ ...common, demo: true })
})
