import { expect, test } from 'vitest'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { isOf } from './match'

const demo: EnvironmentRef = { kind: 'demo' }
const aws = (profile?: string, region?: string): EnvironmentRef => ({
  kind: 'aws',
  ...(profile === undefined ? {} : { profile }),
  ...(region === undefined ? {} : { region }),
})

test.each([
  [demo, demo, 'Demo', true],
  [demo, aws('prod'), 'prod', false],
  [aws('prod'), demo, 'Demo', false],
  [aws('prod'), aws('prod'), 'prod', true],
  [aws('prod', 'eu-west-1'), aws('prod'), 'prod', true],
  [aws('prod', 'us-east-1'), aws('prod'), 'prod', false],
  [aws('prod', 'us-east-1'), aws('prod', 'us-east-1'), 'prod', true],
  [aws('prod'), aws('dev'), 'dev', false],
  // AWS_PROFILE=prod culvert shell …
  [aws('prod'), aws(), 'prod', true],
  [aws(), aws(), 'default', true],
  [aws(), aws('default'), 'default', true],
  [aws(), aws('prod'), 'prod', false],
])('a drain of %j takes the output of %j, named %s: %s', (...[environment, ref, name, is]) => {
  expect(isOf(environment, { ref, environment: name, region: 'eu-west-1' })).toBe(is)
})
