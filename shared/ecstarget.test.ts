// A container as a TARGET: how it is written, and what is refused.

import { describe, expect, test } from 'vitest'
import { ecsTargetProblem, formatEcsPlace, formatEcsTarget, parseEcsPlace, parseEcsTarget } from './ecstarget'

const TASK = '0123456789abcdef0123456789abcdef'

describe('A container', () => {
  test.each([
    ['ecs:acme/web', { cluster: 'acme', of: { service: 'web' } }],
    ['ecs:acme/web/app_1', { cluster: 'acme', of: { service: 'web' }, container: 'app_1' }],
    [`ecs:acme/${TASK}`, { cluster: 'acme', of: { taskId: TASK } }],
    [`ecs:acme/${TASK}/app`, { cluster: 'acme', of: { taskId: TASK }, container: 'app' }],
  ])('is read from %s and written like that again', (text, target) => {
    expect(parseEcsTarget(text)).toEqual(target)
    expect(formatEcsTarget(parseEcsTarget(text))).toBe(text)
  })

  test.each(['ecs:', 'ecs:acme', 'ecs:acme/', 'ecs:/web', 'ecs:acme/web/', 'ecs:acme/web/app/x', 'acme/web'])(
    'is not read from %s, and the error says how one is written',
    (text) => {
      expect(ecsTargetProblem(text)).toMatch(/ecs:CLUSTER\/SERVICE/)
    },
  )

  test('has no signs in its names that ECS has not', () => {
    expect(ecsTargetProblem('ecs:acme/we b')).toMatch(/"we b" can be no name/)
  })

  test.each([`${TASK}-0123456789`, `${TASK}${TASK}`])(
    'is known to Systems Manager by its runtime id %s',
    (runtimeId) => {
      const place = { cluster: 'acme_prod', taskId: TASK, runtimeId }
      expect(parseEcsPlace(formatEcsPlace(place))).toEqual(place)
    },
  )

  test('is not read from a target of Systems Manager that is another thing', () => {
    expect(parseEcsPlace('i-0123456789abcdef0')).toBeUndefined()
    expect(parseEcsPlace(`ecs:acme_${TASK}`)).toBeUndefined()
  })
})
