import { expect, test } from 'vitest'
import { forwardView } from '../../e2e/kit/window/pagecore'
import type { ForwardTarget } from '../../shared/model/forward'
import { doctorSubject } from './subject'

test('a forward is examined through the instance that it has found, else through the one that it names', () => {
  const view = forwardView('orders')
  expect(doctorSubject(view, [])).toEqual({ name: 'orders', environment: { kind: 'demo' }, target: 'i-1', port: 80 })
  const forward = { ...view.forward, target: { kind: 'name', name: 'web-2' }, remoteHost: 'db' } as const
  expect(doctorSubject({ ...view, forward }, [])).toMatchObject({ target: 'web-2', host: 'db' })
  expect(doctorSubject({ ...view, forward, instance: { id: 'i-2', name: 'web-2' } }, [])).toMatchObject({
    target: 'i-2',
  })
})

test('a set and a saved target are given as the command line takes them', () => {
  const view = forwardView('orders')
  const set = { hosts: 'Name=web-*', choice: 'random' } as const
  const on = (target: ForwardTarget): string | undefined =>
    doctorSubject({ ...view, forward: { ...view.forward, target } }, [
      { id: 't1', name: 'web', environment: { kind: 'demo' }, set },
    ]).target
  expect(on({ kind: 'set', set })).toBe('Name=web-*')
  expect(on({ kind: 'set', set, hostId: 'i-9' })).toBe('i-9')
  expect(on({ kind: 'saved', targetId: 't1' })).toBe('target:web')
})
