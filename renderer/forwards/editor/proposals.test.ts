import { expect, test } from 'vitest'
import type { ForwardView } from '../../../shared/model/forward'
import { localPortFor, portHolder, proposeName, serviceKind } from './proposals'

function forward(name: string, localPort: number): ForwardView {
  return {
    forward: {
      id: name,
      name,
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'web-1' },
      remotePort: 80,
      localPort,
      startAtLaunch: false,
    },
    isOn: false,
    state: { kind: 'off' },
    localPort,
    openConnections: 0,
  }
}

test('a name is proposed from the host, else from the instance, and is always free', () => {
  const named = (remoteHost: string, others: readonly string[] = []): string =>
    proposeName(
      { instance: 'web-1', remoteHost, remotePort: '5432' },
      others.map((name) => forward(name, 1)),
    )
  expect(named('')).toBe('web-1-5432')
  expect(named('orders.db.internal')).toBe('orders-5432')
  for (const host of ['localhost', '10.0.0.1', 'fd00::1', 'a b'])
    expect([host, named(host)]).toEqual([host, 'web-1-5432'])
  expect(named('', ['web-1-5432', 'web-1-5432-2'])).toBe('web-1-5432-3')
  expect(proposeName({ instance: 'web-1', remoteHost: '', remotePort: '' }, [])).toBe('web-1')
  expect(proposeName({ instance: '', remoteHost: '', remotePort: '80' }, [])).toBe('')
})

test('a name is proposed without what does not show in that of its instance', () => {
  expect(proposeName({ instance: ' \u202epro\u200bd ', remoteHost: '', remotePort: '22' }, [])).toBe('prod-22')
  expect(proposeName({ instance: '\u200b', remoteHost: '', remotePort: '22' }, [])).toBe('')
})

test('a local port is proposed that needs no rights', () => {
  expect([80, 443, 1_023, 1_024, 5_432].map(localPortFor)).toEqual([8_080, 8_443, 9_023, 1_024, 5_432])
})

test('another forward with the same local port is named', () => {
  expect(portHolder(5_432, [forward('orders-db', 5_432)])).toBe('Port 5432 belongs to your forward orders-db.')
  expect(portHolder(5_433, [forward('orders-db', 5_432)])).toBeUndefined()
})

test('a service is known by its port', () => {
  expect([80, 8_080, 5_432, 3_389, 4_000, undefined].map(serviceKind)).toEqual([
    'web',
    'web',
    'database',
    'desktop',
    'other',
    'other',
  ])
})
