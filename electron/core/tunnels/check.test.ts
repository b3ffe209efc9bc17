import { afterEach, describe, expect, test, vi } from 'vitest'
import { openStage, type Stage } from '../../../e2e/kit/aws/environment'
import type { CheckedLeg, TunnelState } from '../../../shared/model/forward'
import { checkState } from './check'
import type { Tunnel } from './parts'

const told = (legs: readonly CheckedLeg[]): string => legs.map(({ outcome }) => outcome).join(' ')

describe('a tunnel without a connection is checked by its state', () => {
  const failedWith = (code: Extract<TunnelState, { kind: 'failed' }>['error']['code']): TunnelState => ({
    kind: 'failed',
    sinceAt: 1,
    error: { code, message: 'It failed.' },
  })

  test('and nothing is claimed where that tells no cause', () => {
    expect(told(checkState({ kind: 'connecting' }))).toBe('unknown unknown unknown unknown')
    expect(told(checkState({ kind: 'off' }))).toBe('unknown unknown unknown unknown')
  })

  test('and its cause is at the leg where it belongs; what lies behind that is unknown', () => {
    expect(told(checkState(failedWith('access-denied')))).toBe('ok failed unknown unknown')
    expect(told(checkState(failedWith('agent-offline')))).toBe('ok ok failed unknown')
    expect(told(checkState(failedWith('destination-forbidden')))).toBe('ok ok ok failed')
    const cause = { code: 'credentials-expired', message: 'Log in.' } as const
    const legs = checkState({ kind: 'waiting', for: 'login', sinceAt: 1, cause })
    expect(legs[1]).toEqual({ leg: 'service', outcome: 'failed', error: cause })
  })
})

describe('a session that is up', () => {
  let stage: Stage
  const tunnels: Tunnel[] = []

  afterEach(async () => {
    await Promise.all(tunnels.splice(0).map((tunnel) => tunnel[Symbol.asyncDispose]()))
    await vi.waitFor(() => expect(stage.active()).toEqual([]))
    await stage.close()
  })

  async function open(name: string, remotePort: number): Promise<Tunnel> {
    stage = await openStage()
    const target = stage.simulator.world.instances.find((each) => each.tags['Name'] === name)?.id ?? ''
    const tunnel = await stage.environment.openTunnel({
      target,
      remotePort,
      signal: new AbortController().signal,
      onState: () => undefined,
      onEvent: () => undefined,
    })
    tunnels.push(tunnel)
    return tunnel
  }

  test('is asked leg by leg: a destination that is silent is there', async () => {
    const legs = await (await open('web-2', 7)).check()
    expect(told(legs)).toBe('ok ok ok ok')
    expect(legs[1]?.tookMs).toBeGreaterThanOrEqual(0)
    expect(legs[2]?.tookMs).toBeGreaterThanOrEqual(0)
  })

  test('a destination that refuses is named with its error', async () => {
    const legs = await (await open('web-2', 4_444)).check()
    expect(told(legs)).toBe('ok ok ok failed')
    expect(legs[3]?.error?.code).toBe('destination-refused')
  })

  test('an agent that does not answer is where the way ends', async () => {
    const tunnel = await open('web-2', 7)
    stage.simulator.loseAgent(tunnel.sessionId, true)
    const legs = await tunnel.check()
    expect(told(legs)).toBe('ok ok failed unknown')
    expect(legs[2]?.error?.code).toBe('timeout')
    stage.simulator.loseAgent(tunnel.sessionId, false)
  })
})
