import { expect, test } from 'vitest'
import type { ExecObstacle } from '../../shared/model/container'
import { obstaclesOf } from './reasons'
import { alone, container } from './sample.kit'

const ALL: readonly ExecObstacle[] = [
  'not-running',
  'not-enabled',
  'agent-pending',
  'agent-stopped',
  'no-task-role',
  'read-only-root',
  'platform-version',
  'shared-pid',
]

const blocked = (obstacles: readonly ExecObstacle[]) => container('web', 'a', { exec: { kind: 'blocked', obstacles } })

test('each obstacle says what is the case and what removes it; a container that can be reached has none', () => {
  const told = obstaclesOf(blocked(ALL))
  expect(told.map(({ kind }) => kind)).toEqual(ALL)
  expect(new Set(told.map(({ title }) => title)).size).toBe(ALL.length)
  expect(obstaclesOf(container('web', 'a'))).toEqual([])
})

test('the command names the cluster and the service, and is offered for a task of a service only', () => {
  const [told] = obstaclesOf(blocked(['not-enabled']))
  expect(told?.command).toBe(
    'aws ecs update-service --cluster shop --service storefront --enable-execute-command --force-new-deployment',
  )
  const [other] = obstaclesOf(alone(blocked(['not-enabled'])))
  expect(other).not.toHaveProperty('command')
  expect(other?.advice).toContain('--enable-execute-command')
  const [stopped] = obstaclesOf(alone(blocked(['agent-stopped'])))
  expect(stopped?.command).toBe(`aws ecs stop-task --cluster shop --task ${'a'.repeat(32)}`)
})
