import { beforeEach, describe, expect, test } from 'vitest'
import { serviceOf } from '../../../e2e/kit/aws/service'
import { AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { processBudgets } from '../tunnels/budgets'
import { createEnvironment, type Environment } from './environment'
import { Environments } from './environments'

/** The services that were opened, by name, and what became of each. */
let opened: { readonly name: string; readonly life: AbortController; isClosed: boolean }[]
/** Lets an opening go on, by the region that was asked for. */
let gates: Map<string, () => void>

beforeEach(() => {
  opened = []
  gates = new Map()
})

/** Opens at its gate. A region that is not named is eu-west-1. */
async function open(ref: EnvironmentRef): Promise<Environment> {
  const asked = ref.kind === 'demo' ? 'demo' : (ref.region ?? 'none')
  await new Promise<void>((resolve) => gates.set(asked, resolve))
  const life = new AbortController()
  const one = { name: asked, life, isClosed: false }
  opened.push(one)
  return createEnvironment({
    name: asked,
    isDemo: ref.kind === 'demo',
    budgets: processBudgets(),
    life: life.signal,
    service: serviceOf({
      region: asked === 'none' ? 'eu-west-1' : asked,
      [Symbol.asyncDispose]: () => {
        one.isClosed = true
        return Promise.resolve()
      },
    }),
  })
}

const unnamed: EnvironmentRef = { kind: 'aws', profile: 'ops' }
const named: EnvironmentRef = { kind: 'aws', profile: 'ops', region: 'eu-west-1' }

describe('one account under two names that are opened at once', () => {
  test.each([
    ['the one without a region first', ['none', 'eu-west-1']],
    ['the one with a region first', ['eu-west-1', 'none']],
  ])('is opened once, and nothing of it is left open: %s', async (_, order) => {
    const environments = new Environments(open)
    const both = [environments.get(unnamed), environments.get(named)]
    for (const name of order) {
      gates.get(name)?.()
      await (name === 'none' ? both[0] : both[1])
    }
    const [one, other] = await Promise.all(both)
    expect(one).toBe(other)
    expect(await environments.get(named)).toBe(one)
    expect(await environments.get(unnamed)).toBe(one)
    expect(opened.map(({ name, isClosed }) => `${name} ${isClosed ? 'closed' : 'open'}`)).toEqual([
      `${order[0]} open`,
      `${order[1]} closed`,
    ])
    await environments[Symbol.asyncDispose]()
    expect(opened.every(({ isClosed }) => isClosed)).toBe(true)
  })
})

describe('once they are disposed', () => {
  test('nothing is opened, and what was on its way is closed', async () => {
    const environments = new Environments(open)
    const late = environments.get(unnamed)
    const lateOutcome = late.then(
      () => 'opened',
      (error: unknown) => error,
    )
    const disposed = environments[Symbol.asyncDispose]()
    await expect(environments.get({ kind: 'demo' })).rejects.toMatchObject({ code: 'not-running' })
    gates.get('none')?.()
    await disposed
    expect(await lateOutcome).toMatchObject({ code: 'not-running' })
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true])
  })
})

describe('an environment whose life is over', () => {
  test('is closed, told once and forgotten by all its names: the next use opens another one', async () => {
    const lost: string[] = []
    const environments = new Environments(open, ({ name }, cause) => lost.push(`${name}: ${cause.code}`))
    const opening = environments.get(unnamed)
    gates.get('none')?.()
    const first = await opening
    expect(await environments.get(named)).toBe(first)
    opened[0]?.life.abort(new AppError('simulator-failed', 'It is gone.'))
    expect(lost).toEqual(['none: simulator-failed'])
    const again = [environments.get(named), environments.get(unnamed)]
    gates.get('eu-west-1')?.()
    gates.get('none')?.()
    const [second] = await Promise.all(again)
    expect(second).not.toBe(first)
    expect(opened[0]?.isClosed).toBe(true)
    await environments[Symbol.asyncDispose]()
    expect(opened.every(({ isClosed }) => isClosed)).toBe(true)
  })
})

describe('a session that has reached AWS', () => {
  test('is a sign for what waits in other environments, once for each, and the Demo is no sign and needs none', async () => {
    const environments = new Environments(open)
    const openAt = async (ref: EnvironmentRef, gate: string): Promise<Environment> => {
      const opening = environments.get(ref)
      gates.get(gate)?.()
      return opening
    }
    const one = await openAt({ kind: 'aws', profile: 'one', region: 'eu-west-1' }, 'eu-west-1')
    const other = await openAt({ kind: 'aws', profile: 'other', region: 'us-east-1' }, 'us-east-1')
    const demo = await openAt({ kind: 'demo' }, 'demo')
    const heard: string[] = []
    for (const [name, { wakeables }] of Object.entries({ one, other, demo })) {
      wakeables.add({ wake: () => heard.push(`${name} woken`), reached: () => heard.push(`${name} reached`) })
    }
    for (const wakeable of one.wakeables) wakeable.reached()
    expect(heard).toEqual(['other reached', 'one reached'])
    heard.length = 0
    for (const wakeable of demo.wakeables) wakeable.reached()
    expect(heard).toEqual(['demo reached'])
    await environments[Symbol.asyncDispose]()
  })
})
