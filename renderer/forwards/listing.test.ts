import { expect, test } from 'vitest'
import type { EnvironmentView } from '../../shared/model/environment'
import type { ForwardView, TunnelState } from '../../shared/model/forward'
import { environmentWords, isShown, listForwards, pageAddress } from './listing'

function forward(name: string, remotePort: number, state: TunnelState = { kind: 'off' }): ForwardView {
  return {
    forward: {
      id: name,
      name,
      environment: { kind: 'demo' },
      target: { kind: 'name', name: 'db-proxy' },
      remotePort,
      remoteHost: `${name}.internal`,
      startAtLaunch: false,
    },
    isOn: state.kind !== 'off',
    state,
    localPort: 19_000,
    openConnections: 0,
  }
}

const forwards = [
  forward('orders-10', 5_432, { kind: 'up', sinceAt: 0, sessionId: 's' }),
  forward('orders-2', 443, { kind: 'failed', sinceAt: 0, error: { code: 'internal', message: '' } }),
  forward('cache', 6_379),
]

test('forwards stand by name as a person counts, and are found by name, port, host and instance', () => {
  const found = (text: string, tone?: 'failed'): readonly string[] =>
    listForwards(forwards, { text, tone }, { instances: [], targets: [] }).map((view) => view.forward.name)
  expect(found('')).toEqual(['cache', 'orders-2', 'orders-10'])
  expect(found('ORDERS 5432')).toEqual(['orders-10'])
  expect(found(':443')).toEqual(['orders-2'])
  expect(found('cache.int')).toEqual(['cache'])
  expect(found('db-proxy 19000')).toHaveLength(3)
  expect(found('', 'failed')).toEqual(['orders-2'])
  expect(found('cache', 'failed')).toEqual([])
})

test('only a web server has a page, and only once its port is known', () => {
  expect(pageAddress(forward('a', 80))).toBe('http://localhost:19000')
  expect(pageAddress(forward('a', 443))).toBe('https://localhost:19000')
  expect(pageAddress(forward('a', 5_432))).toBeUndefined()
  expect(pageAddress({ ...forward('a', 80), localPort: 0 })).toBeUndefined()
})

test('a forward of another environment is told from one of the shown', () => {
  const shown: EnvironmentView = { ref: { kind: 'aws' }, name: 'default', region: 'eu-west-1', state: { kind: 'open' } }
  const of = (profile?: string, region?: string): boolean =>
    isShown(
      { kind: 'aws', ...(profile === undefined ? {} : { profile }), ...(region === undefined ? {} : { region }) },
      shown,
    )
  expect([of(), of('default'), of('default', 'eu-west-1'), of('prod'), of('default', 'us-east-1')]).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
  expect(isShown({ kind: 'demo' }, shown)).toBe(false)
  expect(environmentWords({ kind: 'aws', profile: 'prod', region: 'eu-west-1' }, shown)).toBe('prod, eu-west-1')
  expect(environmentWords({ kind: 'aws' }, shown)).toBe('default')
  // A forward made from environment variables does not belong to the profile that is shown.
  const ambient = { name: 'Environment variables', isVariables: true }
  const work: EnvironmentView = { ...shown, ref: { kind: 'aws', profile: 'work' }, name: 'work', ambient }
  expect(isShown({ kind: 'aws', region: 'eu-west-1' }, work)).toBe(false)
  expect(environmentWords({ kind: 'aws' }, work)).toBe('Environment variables')
  expect(isShown({ kind: 'aws' }, { ...work, ref: { kind: 'aws' }, name: ambient.name })).toBe(true)
})
