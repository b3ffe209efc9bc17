import { expect, test } from 'vitest'
import { PageCore, snapshot } from '../../e2e/kit/window/pagecore'
import { container, NOW_AT, service } from '../containers/sample.kit'
import { createPage } from '../store'
import { containerCommands } from './containers'

test('a service opens a shell in one of its tasks or an ephemeral session like them; what cannot be reached shows why', () => {
  const page = createPage(new PageCore())
  const blocked = { exec: { kind: 'blocked', obstacles: ['not-enabled'] }, service: 'mailer' } as const
  const containers = {
    ...snapshot.containers,
    services: [service('mailer', { ephemeralProblem: 'Its deployments are external.' }), service('storefront')],
    items: [container('web', 'a'), container('app', 'b', blocked), container('web', 'c', { state: 'STOPPED' })],
  }
  const commands = containerCommands(page, { containers }, NOW_AT)
  expect(commands.map(({ label, verb }) => [label, verb])).toEqual([
    ['mailer', 'Show why'],
    ['storefront', 'Open shell'],
    ['Ephemeral session like storefront', 'Open'],
    ['mailer/app', 'Show why'],
    ['storefront/web', 'Open shell'],
    ['Refresh containers', 'Refresh'],
  ])
  page.store.setState({ snapshot: { ...snapshot, containers } })
  const run = (label: string): void => commands.find((each) => each.label === label)?.run()
  run('storefront')
  expect(page.store.getState().tabs[0]?.layout).toMatchObject({
    pane: { instance: { id: '', name: 'storefront' }, target: { kind: 'ecs', target: 'ecs:shop/storefront' } },
  })
  run('mailer/app')
  expect(page.store.getState()).toMatchObject({ view: 'instances', listPart: 'containers' })
  run('Ephemeral session like storefront')
  expect(page.store.getState().containerDialog).toEqual({
    kind: 'ephemeral',
    fields: { cluster: 'shop', service: 'storefront' },
  })
})

test('an account without ECS has no commands', () => {
  expect(containerCommands(createPage(new PageCore()), snapshot, NOW_AT)).toEqual([])
})
