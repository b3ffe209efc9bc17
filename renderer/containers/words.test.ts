import { expect, test } from 'vitest'
import { parseEcsTarget } from '../../shared/ecstarget'
import { alone, container, NOW_AT, service } from './sample.kit'
import {
  containerLabel,
  containerTarget,
  containerWords,
  execCommand,
  execWords,
  serviceShellBlock,
  serviceTarget,
  serviceWords,
  targetWords,
  isOfService,
  shellBlock,
  startedWords,
} from './words'

const blocked = container('web', 'a', { exec: { kind: 'blocked', obstacles: ['not-enabled', 'no-task-role'] } })

test('a container tells its state, and whether a command can be executed in it', () => {
  expect(containerWords({ state: 'RUNNING' })).toEqual({ tone: 'up', word: 'Running' })
  expect(containerWords({ state: 'PENDING' }).tone).toBe('working')
  expect(containerWords({ state: 'STOPPED' })).toEqual({ tone: 'idle', word: 'Stopped' })
  expect(execWords(container('web', 'a')).word).toBe('Ready')
  expect(execWords(blocked)).toEqual({ tone: 'idle', word: 'Not enabled', detail: 'and 1 more' })
  expect(shellBlock(container('web', 'a'))).toBeUndefined()
  expect(shellBlock(blocked)).toContain('not enabled')
  expect(startedWords({ startedAt: NOW_AT - 3_600_000 }, NOW_AT)).toBe('1 h')
  expect(startedWords({ startedAt: NOW_AT - 5 }, NOW_AT)).toBe('under 1 min')
  expect(startedWords({}, NOW_AT)).toBe('–')
})

test('a service is up with all its tasks, waits with fewer, works while they start, and is idle at 0', () => {
  expect(serviceWords(service('a'))).toEqual({ tone: 'up', word: '2 of 2 running' })
  expect(serviceWords(service('a', { running: 1 })).tone).toBe('waiting')
  expect(serviceWords(service('a', { running: 1, pending: 1 }))).toMatchObject({
    tone: 'working',
    detail: '1 starting',
  })
  expect(serviceWords(service('a', { desired: 0, running: 0 }))).toEqual({ tone: 'idle', word: 'Scaled to 0' })
})

test('a service that has no container to open a shell in says why', () => {
  const of = service('storefront')
  expect(serviceShellBlock(of, [blocked, container('web', 'b')])).toBeUndefined()
  expect(serviceShellBlock(of, [])).toBe('storefront runs no task now.')
  expect(serviceShellBlock(of, [blocked])).toBe('No container of storefront can be reached: not enabled.')
})

test('targets are read as they were written, and labels name the service', () => {
  const web = container('web', 'a')
  expect(parseEcsTarget(serviceTarget(service('storefront'), 'web'))).toEqual({
    cluster: 'shop',
    of: { service: 'storefront' },
    container: 'web',
  })
  expect(parseEcsTarget(containerTarget(web)).of).toEqual({ taskId: web.taskId })
  expect([containerLabel(web), containerLabel(alone(web))]).toEqual(['storefront/web', 'web aaaaaaaa'])
})

test('a TARGET is shown as its service or its container', () => {
  const task = 'a'.repeat(32)
  const targets = ['ecs:shop/web', 'ecs:shop/web/app', `ecs:shop/${task}/app`, `ecs:shop/${task}`, 'ecs:shop']
  expect(targets.map(targetWords)).toEqual(['web', 'web/app', 'app aaaaaaaa', 'task aaaaaaaa', 'ecs:shop'])
  expect(targets.map(isOfService)).toEqual([true, true, false, false, false])
})

test('the command of AWS quotes what a shell would take apart, and is not offered for a name that ECS does not allow', () => {
  expect(execCommand(container('web', 'a'), "sh -c 'id'")).toMatch(
    /--container web --interactive --command 'sh -c '\\''id'\\'''$/,
  )
  expect(execCommand(container('web; rm', 'a'), '/bin/sh')).toBeUndefined()
})
