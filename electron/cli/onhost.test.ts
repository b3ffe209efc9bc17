// The host that a command begins on, over a simulator whose listing shows agents as online that StartSession refuses.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStage, type Stage } from '../../e2e/kit/aws/environment'
import type { HostWish } from '../core/environments/finding'
import { onHost } from './onhost'

const { signal } = new AbortController()
const GROUP = 'asg:checkout-workers'

let stage: Stage

beforeEach(async () => {
  stage = await openStage({ groups: { pingLagMinutes: 1_000 } })
})
afterEach(() => stage.close())

function hosts(): string[] {
  const { instances } = stage.simulator.world
  return instances.filter(({ tags }) => tags['aws:autoscaling:groupName'] === 'checkout-workers').map(({ id }) => id)
}

/** The agent is away, and the listing goes on to show it as online. */
function lose(id: string): void {
  stage.simulator.faults.apply({ kind: 'kill-agent', instance: id, sessions: 'keep', forMs: 3_600_000 })
}

/** Opens a shell of a TARGET; answers the hosts that were tried and what was told. */
async function open(text: string, wish: HostWish = {}) {
  const { environment } = stage
  let looks = 0
  const findHost: typeof environment.findHost = (...parameters) => {
    looks += 1
    return environment.findHost(...parameters)
  }
  const tried: string[] = []
  const told: string[] = []
  const stderr = { write: (line: string) => Promise.resolve(void told.push(line)) }
  const begun = onHost({ environment: { findHost }, text, wish, stderr, signal }, async ({ instance }) => {
    tried.push(instance.id)
    await using _shell = await environment.openShell({ target: instance.id, signal })
    return instance.id
  })
  const end = await begun.catch((error: unknown) => error)
  return { end, tried, told, looks }
}

test('a set goes on to the host that can be reached, and tells it', async () => {
  const [good = '', ...others] = hosts()
  for (const id of others) lose(id)
  for (const choice of ['random', 'newest'] as const) {
    const { end, tried, told } = await open(GROUP, { choice })
    expect(end).toBe(good)
    expect(told).toHaveLength(tried.length - 1)
    for (const line of told)
      expect(line).toMatch(/^culvert: The SSM agent on .+ is not connected\. Another host is tried: /)
  }
})

test('each host is tried once where none can be reached', async () => {
  for (const id of hosts()) lose(id)
  const { end, tried } = await open(GROUP)
  expect(end).toMatchObject({ code: 'agent-offline' })
  expect(tried.toSorted()).toEqual(hosts().toSorted())
})

test('a named host and a single instance are not left', async () => {
  const [first = ''] = hosts()
  lose(first)
  for (const result of [await open(GROUP, { hostId: first }), await open(first)]) {
    expect(result).toMatchObject({ end: { code: 'agent-offline' }, tried: [first], told: [], looks: 1 })
  }
})
