import { expect, test } from 'vitest'
import type { Container, ContainerService } from '../../shared/model/container'
import { containerRows, containersText } from './containertable'

const taskId = 'a'.repeat(32)
const service: ContainerService = {
  id: 'shop/web',
  cluster: 'shop',
  name: 'web',
  desired: 2,
  running: 1,
  pending: 0,
  taskDefinition: 'web:7',
  launchType: 'FARGATE',
  hasExec: true,
}
const app: Container = {
  id: `shop/${taskId}/app`,
  cluster: 'shop',
  service: 'web',
  taskId,
  name: 'app',
  state: 'RUNNING',
  startedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
  exec: { kind: 'ready' },
  launchType: 'FARGATE',
  taskDefinition: 'web:7',
}
const { service: _none, ...alone } = app
const job: Container = {
  ...alone,
  id: `shop/${taskId}/job`,
  name: 'job\u200B',
  exec: { kind: 'blocked', obstacles: ['not-enabled', 'no-task-role'] },
}

test('containers stand under their service, and tasks of no service by their whole id', () => {
  expect(
    containersText({
      services: [service, { ...service, id: 'shop/idle', name: 'idle', running: 0 }],
      containers: [app, job],
    }),
  ).toBe(
    [
      'ecs:shop/web  1 of 2 running, FARGATE, web:7',
      '  CONTAINER  TASK      STATE    STARTED               EXEC',
      '  app        aaaaaaaa  RUNNING  2026-01-02T03:04:05Z  ready',
      '',
      'ecs:shop/idle  0 of 2 running, FARGATE, web:7',
      '  no tasks',
      '',
      'ecs:shop  tasks of no service',
      '  CONTAINER    TASK                              STATE    STARTED               EXEC',
      `  job⟨U+200B⟩  ${taskId}  RUNNING  2026-01-02T03:04:05Z  was started without ECS Exec, has no task role`,
      '',
    ].join('\n'),
  )
})

test('a heading drives no terminal, and says that a service has no task definition', () => {
  const hostile = { ...service, name: 'web\u001B[2J\n', taskDefinition: '' }
  const text = containersText({
    services: [hostile],
    containers: [{ ...app, cluster: 'shop\u202E', service: 'gone\u0007' }],
  })
  expect(text.split('\n').filter((line) => line.startsWith('ecs:'))).toEqual([
    'ecs:shop/web⟨U+001B⟩[2J⟨U+000A⟩  1 of 2 running, FARGATE, no task definition',
    'ecs:shop⟨U+202E⟩/gone⟨U+0007⟩',
  ])
})

test('the objects of --json say what they are', () => {
  expect(containerRows({ services: [service], containers: [app] })).toMatchObject([
    { type: 'service', id: 'shop/web' },
    { type: 'container', id: `shop/${taskId}/app`, exec: { kind: 'ready' } },
  ])
})
