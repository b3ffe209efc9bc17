import { expect, it } from 'vitest'
import { snapshot } from '../../e2e/kit/window/pagecore'
import type { EnvironmentRef } from '../../shared/model/environment'
import { isAskDue, ruleOf } from './rule'

const state = {
  ...snapshot,
  environment: {
    ...snapshot.environment,
    ref: { kind: 'aws', profile: 'prod' } as const,
    name: 'prod',
    region: 'eu-west-1',
  },
  profiles: [{ name: 'test', region: 'us-east-1' }],
  settings: {
    ...snapshot.settings,
    environments: {
      'prod eu-west-1': { recording: 'always' },
      'prod us-east-1': { recording: 'ask' },
      'test us-east-1': { recording: 'ask' },
    },
  } as const,
}
const rule = (environmentName: string, environment: EnvironmentRef) => ruleOf({ environment, environmentName }, state)

it('is that of the region that is shown, named, or of the profile', () => {
  expect([
    rule('prod', { kind: 'aws', profile: 'prod' }),
    rule('prod', { kind: 'aws', profile: 'prod', region: 'us-east-1' }),
    rule('test', { kind: 'aws', profile: 'test' }),
  ]).toEqual(['always', 'ask', 'ask'])
})

it('is off where nothing is set or known', () => {
  expect([
    rule('test', { kind: 'aws', profile: 'test', region: 'eu-west-1' }),
    rule('Demo', { kind: 'demo' }),
    rule('other', { kind: 'aws', profile: 'other' }),
    ruleOf({ environment: { kind: 'demo' }, environmentName: 'Demo' }, undefined),
  ]).toEqual(['off', 'off', 'off', 'off'])
})

it('asks about an open session that nothing is decided of', () => {
  const open = { state: { kind: 'open', sessionId: 's-1' } } as const
  const recording = { recordingId: 'a', sinceAt: 0, folder: '/r' }
  expect(isAskDue(open, 'ask')).toBe(true)
  expect([
    isAskDue(open, 'off'),
    isAskDue(open, 'always'),
    isAskDue({ ...open, recording }, 'ask'),
    isAskDue({ ...open, isRecordingDecided: true }, 'ask'),
    isAskDue({ state: { kind: 'connecting' } }, 'ask'),
  ]).toEqual([false, false, false, false, false])
})
