import { expect, test } from 'vitest'
import { PageCore, snapshot } from '../../e2e/kit/window/pagecore'
import type { Instance } from '../../shared/model/instance'
import { createPage } from '../store'
import { setCommands } from './sets'

function instance(id: string, name: string, change: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...change }
}

test('a shared Name, a group and a saved target open a shell on any good host; without a good host they only offer a forward', () => {
  const page = createPage(new PageCore())
  const items = [
    instance('i-1', 'web-1'),
    instance('i-2', 'web-1'),
    instance('i-3', 'old', { state: 'stopped', tags: { 'aws:autoscaling:groupName': 'fleet' } }),
  ]
  const set = { hosts: 'Name=web-*', choice: 'sticky' } as const
  const targets = [
    { id: 't1', name: 'all web', environment: { kind: 'demo' }, set },
    { id: 't2', name: 'elsewhere', environment: { kind: 'aws', profile: 'p' }, set },
  ] as const
  const state = { ...snapshot, instances: { ...snapshot.instances, items }, targets }
  const commands = setCommands(page, state)
  expect(commands.map(({ label, detail, verb }) => [label, detail, verb])).toEqual([
    ['all web', 'saved target, 2 hosts, 2 good', 'Open shell'],
    ['fleet', 'Auto Scaling group, 1 host, 0 good', 'New forward'],
    ['web-1: any of 2', 'same name, 2 hosts, 2 good', 'Open shell'],
  ])
  page.store.setState({ snapshot: { ...state } })
  commands.at(-1)?.run()
  expect(page.store.getState().tabs[0]?.layout).toMatchObject({
    pane: { instance: { id: '', name: 'web-1' }, target: { kind: 'set', set: { hosts: 'Name=web-1' } } },
  })
})
