// Which container a TARGET leads to, and what is said where there is none.

import { describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Container, ExecObstacle } from '../../../shared/model/container'
import { lastHostsInMemory } from '../store/lasthosts'
import { findContainer, isServiceTarget } from './containers'
import type { HostWish } from './finding'

const { signal } = new AbortController()
const id = (digit: string): string => digit.repeat(32)
const targetOf = (digit: string, number: number): string => `ecs:shop_${id(digit)}_${id(digit)}-${number}`

function container(digit: string, name: string, number: number, more: Partial<Container> = {}): Container {
  return {
    id: `shop/${id(digit)}/${name}`,
    cluster: 'shop',
    service: 'web',
    taskId: id(digit),
    name,
    target: targetOf(digit, number),
    state: 'RUNNING',
    exec: { kind: 'ready' },
    launchType: 'FARGATE',
    taskDefinition: 'web:7',
    ...more,
  }
}

const blockedBy = (...obstacles: ExecObstacle[]) => ({ exec: { kind: 'blocked', obstacles } as const })

/** Finds in a service `web` of the cluster `shop` with these containers. */
function finder(containers: readonly Container[], random = 0) {
  const lastHosts = lastHostsInMemory()
  const asked: unknown[] = []
  const finding = {
    ecs: {
      containersOf: (where: unknown) => {
        asked.push(where)
        return Promise.resolve(containers)
      },
    },
    place: 'prod eu-west-1',
    lastHosts,
    random: () => random,
  }
  return { asked, find: (text: string, wish: HostWish = {}) => findContainer(text, wish, { finding, signal }) }
}

const two = [
  container('a', 'app', 1, { startedAt: 1 }),
  container('a', 'envoy', 2, { startedAt: 1 }),
  container('b', 'app', 3, { startedAt: 9 }),
  container('c', 'app', 4, blockedBy('agent-pending')),
]

describe('a container of a service', () => {
  test('is the first one that can be reached of a task that is chosen, or the named one', async () => {
    const { find, asked } = finder(two)
    expect(await find('ecs:shop/web')).toMatchObject({
      instance: { id: targetOf('a', 1), kind: 'ecs', name: 'web/app aaaaaaaa', agent: { kind: 'online' } },
      container: { cluster: 'shop', service: 'web', taskId: id('a'), name: 'app', isChosen: true },
      hosts: { good: 2, all: 3 },
    })
    expect(asked).toEqual([{ cluster: 'shop', service: 'web' }])
    expect((await find('ecs:shop/web/envoy')).instance.id).toBe(targetOf('a', 2))
  })

  test('is chosen as a host of a set: newest, sticky, and not the one to avoid while there is another', async () => {
    expect((await finder(two).find('ecs:shop/web', { choice: 'newest' })).instance.id).toBe(targetOf('b', 3))
    const avoided = await finder(two).find('ecs:shop/web', { avoid: [targetOf('a', 1)] })
    expect(avoided.instance.id).toBe(targetOf('b', 3))
    let random = 0.9
    const lastHosts = lastHostsInMemory()
    const ecs = { containersOf: () => Promise.resolve(two) }
    const sticky = async (): Promise<string> => {
      const finding = { ecs, place: 'prod', lastHosts, random: () => random }
      return (await findContainer('ecs:shop/web', { choice: 'sticky' }, { finding, signal })).instance.id
    }
    const first = await sticky()
    random = 0
    expect(await sticky()).toBe(first)
  })

  test('without a task says so; with tasks that cannot be reached, names each of them and why', async () => {
    await expect(finder([]).find('ecs:shop/web')).rejects.toMatchObject({
      code: 'no-good-host',
      message: expect.stringContaining('runs no task now'),
    })
    const starting = [
      container('a', 'app', 1, blockedBy('agent-pending')),
      container('b', 'app', 2, blockedBy('not-enabled')),
    ]
    await expect(finder(starting).find('ecs:shop/web')).rejects.toMatchObject({
      code: 'no-good-host',
      message:
        'No container of ecs:shop/web can be reached: app of task aaaaaaaa has an exec agent that is still starting; ' +
        'app of task bbbbbbbb was started without ECS Exec.',
    })
  })

  test('that a person must change first is blocked, with each obstacle and the command', async () => {
    const off = ['a', 'b'].map((digit) => container(digit, 'app', 1, blockedBy('not-enabled', 'no-task-role')))
    const error = await finder(off)
      .find('ecs:shop/web')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AppError)
    expect(error).toMatchObject({
      code: 'exec-blocked',
      message: expect.stringMatching(
        /any task of ecs:shop\/web: it was started without ECS Exec, has no task role\..*ssmmessages/,
      ),
      command: 'aws ecs update-service --cluster shop --service web --enable-execute-command --force-new-deployment',
    })
  })

  test('that the service does not have is told with the names that there are', async () => {
    await expect(finder(two).find('ecs:shop/web/apo')).rejects.toMatchObject({
      code: 'unknown-instance',
      message: expect.stringContaining('There are: app, envoy.'),
    })
  })
})

describe('a container of a task', () => {
  test('is found by the task, and by what Systems Manager writes', async () => {
    const task = two.slice(0, 2)
    expect(await finder(task).find(`ecs:shop/${id('a')}/envoy`)).toMatchObject({
      instance: { id: targetOf('a', 2) },
      container: { isChosen: false },
    })
    expect((await finder(task).find(targetOf('a', 2))).container?.name).toBe('envoy')
    await expect(finder(task).find(targetOf('a', 9))).rejects.toMatchObject({ code: 'unknown-instance' })
  })

  test('is blocked for its own reasons, and takes no host id', async () => {
    const stopped = [
      container('a', 'app', 1, { exec: { kind: 'blocked', obstacles: ['agent-stopped'], reason: 'no way out' } }),
    ]
    await expect(finder(stopped).find(`ecs:shop/${id('a')}`)).rejects.toMatchObject({
      code: 'exec-blocked',
      message: expect.stringContaining('AWS says: no way out.'),
    })
    await expect(finder(two).find('ecs:shop/web', { hostId: 'i-12345678' })).rejects.toMatchObject({ code: 'usage' })
  })
})

test('a task that a person has named and that has stopped is told as that, with what to use instead', async () => {
  const stopped = container('a', 'app', 1, { state: 'STOPPED', ...blockedBy('not-running') })
  for (const text of [`ecs:shop/${id('a')}`, targetOf('a', 1)]) {
    await expect(finder([stopped]).find(text)).rejects.toMatchObject({
      code: 'unknown-instance',
      message: expect.stringMatching(/^app of task a{32} in shop has stopped.*use its service, ecs:shop\/web\/app\.$/),
    })
  }
  const { service: _none, ...alone } = stopped
  await expect(finder([alone]).find(`ecs:shop/${id('a')}`)).rejects.toMatchObject({
    message: expect.stringContaining('use another task.'),
  })
})

test('only a TARGET of a service leaves open which task is used', () => {
  expect(['ecs:shop/web', 'ecs:shop/web/app'].map((text) => isServiceTarget(text))).toEqual([true, true])
  expect([`ecs:shop/${id('a')}`, targetOf('a', 1), 'web'].map((text) => isServiceTarget(text))).toEqual([
    false,
    false,
    false,
  ])
})
