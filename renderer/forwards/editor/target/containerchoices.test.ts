import { expect, test } from 'vitest'
import { container, service } from '../../../containers/sample.kit'
import { chooseContainers, containerHint, tasksWords } from './containerchoices'

const offered = {
  services: [service('storefront'), service('orders', { cluster: 'back' })],
  items: [container('web', 'a'), container('proxy', 'a'), container('web', 'b', { state: 'PENDING' })],
}

function labels(text: string): readonly string[] {
  return chooseContainers(offered, text).items.map(({ label, counts }) => `${label}, ${counts}`)
}

test('services are offered with their tasks, and running containers once a text is typed', () => {
  expect(labels('')).toEqual(['orders, service of back, no task now', 'storefront, service of shop, 1 of 2 tasks run'])
  expect(labels('storefront web')).toEqual(['storefront/web, task aaaaaaaa'])
  expect(labels('nothing')).toEqual([])
})

test('a TARGET that is not listed is offered as typed, a malformed one is not', () => {
  expect(chooseContainers(offered, ' ecs:shop/other ').items).toEqual([
    { target: { kind: 'ecs', target: 'ecs:shop/other' }, label: 'ecs:shop/other', id: 'not in the list' },
  ])
  expect(chooseContainers(offered, 'ecs:shop/storefront').items.map(({ label }) => label)).toEqual(['storefront'])
  expect(chooseContainers(offered, 'ecs:nothing').items).toEqual([])
})

test('a service moves on after a deployment, a named task does not', () => {
  expect(containerHint('ecs:shop/storefront', offered)).toMatch(/^1 of 2 tasks run\..*through another/)
  expect(containerHint('ecs:shop/gone', offered)).toMatch(/^Not listed now\./)
  expect(containerHint(`ecs:shop/${'a'.repeat(32)}/web`, offered)).toMatch(/^This task only, no failover/)
  expect(tasksWords({ cluster: 'shop', name: 'storefront' }, offered.items)).toBe('1 of 2 tasks run')
})
