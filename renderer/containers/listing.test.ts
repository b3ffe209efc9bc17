import { expect, test } from 'vitest'
import { containerRows, filterContainers, firstReady, type ContainerListing } from './listing'
import { alone, container, NOW_AT, service } from './sample.kit'

const services = [
  service('storefront'),
  service('orders', { desired: 0, running: 0 }),
  service('batch', { cluster: 'jobs' }),
]
const old = container('web', 'a', { startedAt: NOW_AT - 7_200_000 })
const web = container('web', 'b')
const proxy = container('proxy', 'b')
const loose = alone(
  container('web', 'c', { ephemeral: { operationId: 'op1', owner: 'arn:aws:iam::1:user/ann' }, state: 'PENDING' }),
)
const items = [old, web, proxy, loose]

function lines(change: Partial<ContainerListing> = {}): readonly string[] {
  return containerRows({ services, items, filter: '', folded: new Set(), ...change }).map((row) => {
    switch (row.kind) {
      case 'cluster':
        return `# ${row.cluster} ${row.count} ${row.runningCount}${row.isOpen ? '' : ' folded'}`
      case 'service':
        return `## ${row.service.name} ${row.containers.length}${row.isOpen ? '' : ' folded'}`
      case 'others':
        return `## of no service ${row.count}`
      case 'container':
        return `${row.container.name} ${row.container.taskId.charAt(0)}`
    }
  })
}

test('containers are below their service, newest task first with its containers together; tasks of no service come last', () => {
  expect(lines()).toEqual([
    '# jobs 0 0',
    '## batch 0',
    '# shop 4 3',
    '## orders 0',
    '## storefront 3',
    'proxy b',
    'web b',
    'web a',
    '## of no service 1',
    'web c',
  ])
})

test('a folded service keeps its header, a folded cluster hides everything below', () => {
  const folded = new Set(['service shop/storefront', 'cluster jobs'])
  expect(lines({ folded })).toEqual([
    '# jobs 0 0 folded',
    '# shop 4 3',
    '## orders 0',
    '## storefront 3 folded',
    '## of no service 1',
    'web c',
  ])
})

test('a filter looks in names, tasks, states and owners; a service that matches by itself stays without a container', () => {
  expect(lines({ filter: 'PROXY' })).toEqual(['# shop 1 1', '## storefront 3', 'proxy b'])
  expect(lines({ filter: 'service:orders' })).toEqual(['# shop 0 0', '## orders 0'])
  expect(lines({ filter: 'cluster:jobs' })).toEqual(['# jobs 0 0', '## batch 0'])
  expect(lines({ filter: 'state:pending' })).toEqual(['# shop 1 0', '## of no service 1', 'web c'])
  expect(lines({ filter: 'owner:arn ann' })).toEqual(['# shop 1 0', '## of no service 1', 'web c'])
  expect(lines({ filter: 'web nothing' })).toEqual([])
  expect(filterContainers(items, 'web cluster:shop')).toEqual([old, web, loose])
})

test('a service that only its tasks name is listed, without the offer of an ephemeral session', () => {
  const [, row] = containerRows({ services: [], items: [web], filter: '', folded: new Set() })
  expect(row).toMatchObject({
    kind: 'service',
    service: { id: 'shop/storefront', ephemeralProblem: expect.any(String) },
  })
})

test('a shell in a service goes to the newest task that can be reached', () => {
  const blocked = container('web', 'd', { startedAt: NOW_AT, exec: { kind: 'blocked', obstacles: ['agent-pending'] } })
  expect(firstReady([old, blocked, web])).toBe(web)
  expect(firstReady([blocked])).toBeUndefined()
})
