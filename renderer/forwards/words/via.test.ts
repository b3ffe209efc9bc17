import { expect, test } from 'vitest'
import { forwardView } from '../../../e2e/kit/window/pagecore'
import type { ForwardTarget, ForwardView } from '../../../shared/model/forward'
import { goodWords, viaLabel } from './via'

const set = { hosts: 'Name=web-*', choice: 'random' } as const
const state = {
  instances: { generation: 1, state: { kind: 'ready' }, items: [], notices: [] },
  targets: [{ id: 't1', name: 'all web', environment: { kind: 'demo' }, set }],
} as const

function on(target: ForwardTarget, change: Partial<ForwardView> = {}): ForwardView {
  const { instance: _instance, ...view } = forwardView('orders')
  return { ...view, isOn: true, forward: { ...view.forward, target }, hosts: { good: 2, all: 3 }, ...change }
}
const host = { instance: { id: 'i-2', name: 'web-2' } }

test('a forward on a set shows the host that it uses, and the set before and after', () => {
  const onSet: ForwardTarget = { kind: 'set', set }
  expect(viaLabel(on(onSet, host), state)).toBe('web-2')
  expect(viaLabel(on(onSet), state)).toBe('Name=web-*')
  expect(viaLabel(on(onSet, { ...host, isOn: false }), state)).toBe('Name=web-*')
  expect(viaLabel(on({ kind: 'saved', targetId: 't1' }), state)).toBe('all web')
  expect(viaLabel(on({ kind: 'saved', targetId: 't2' }), state)).toBe('a deleted target')
  expect(viaLabel(on({ kind: 'id', instanceId: 'i-1' }), state)).toBe('i-1')
})

test('a forward on a service shows the task that it uses, and the service before and after; a named task is no set', () => {
  const onService: ForwardTarget = { kind: 'ecs', target: 'ecs:shop/orders-api' }
  const task = { instance: { id: 'ecs:shop_x', name: 'orders-api/api 3f9a0c1d' } }
  expect(viaLabel(on(onService, task), state)).toBe('orders-api/api 3f9a0c1d')
  expect(viaLabel(on(onService, { ...task, isOn: false }), state)).toBe('orders-api')
  expect(goodWords(on(onService, task))).toBe('2 of 3 good')
  expect(goodWords(on({ kind: 'ecs', target: `ecs:shop/${'a'.repeat(32)}/api` }, task))).toBeUndefined()
})

test('the good hosts are counted while it is on, and not for one that was named', () => {
  expect(goodWords(on({ kind: 'set', set }, host))).toBe('2 of 3 good')
  expect(goodWords(on({ kind: 'saved', targetId: 't1' }, host))).toBe('2 of 3 good')
  expect(goodWords(on({ kind: 'set', set }, { ...host, isOn: false }))).toBeUndefined()
  expect(goodWords(on({ kind: 'set', set, hostId: 'i-2' }, host))).toBeUndefined()
})
