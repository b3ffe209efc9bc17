import { expect, test } from 'vitest'
import { forwardView } from '../../e2e/kit/window/pagecore'
import { doctorSubject } from './subject'

test('a forward is examined through the instance that it has found, else through the one that it names', () => {
  const view = forwardView('orders')
  expect(doctorSubject(view)).toEqual({ name: 'orders', environment: { kind: 'demo' }, target: 'i-1', port: 80 })
  const forward = { ...view.forward, target: { kind: 'name', name: 'web-2' }, remoteHost: 'db' } as const
  expect(doctorSubject({ ...view, forward })).toMatchObject({ target: 'web-2', host: 'db' })
  expect(doctorSubject({ ...view, forward, instance: { id: 'i-2', name: 'web-2' } })).toMatchObject({ target: 'i-2' })
})
