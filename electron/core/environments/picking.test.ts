import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import { ExecBlocked } from './containers'
import type { FoundHost, HostWish } from './finding'
import { pickFor, type PickTarget } from './picking'

const { signal } = new AbortController()
const set = { hosts: 'Name=web-*', choice: 'random' } as const

function found(id: string, isOfSet = true): FoundHost {
  const instance: Instance = {
    id,
    kind: 'ec2',
    name: 'web',
    tags: {},
    platform: 'linux',
    state: 'running',
    agent: { kind: 'online' },
  }
  return { instance, ...(isOfSet ? { set, hosts: { good: 1, all: 2 } } : {}) }
}

/** A pick over an environment that answers with `answers` in order, and the wishes that it was asked with. */
function pick(target: PickTarget, answers: readonly (FoundHost | AppError)[], more: { first?: FoundHost } = {}) {
  const wishes: HostWish[] = []
  const told: string[] = []
  const answer = (wish: HostWish): Promise<FoundHost> => {
    const next = answers[wishes.length]
    wishes.push(wish)
    return next instanceof AppError ? Promise.reject(next) : Promise.resolve(next ?? found('none'))
  }
  const made = pickFor(
    {
      target,
      environment: { findHost: (_text, wish) => answer(wish), findHostIn: (_target, wish) => answer(wish) },
      lookAgainMs: 0,
      onFound: ({ instance }) => told.push(instance.id),
    },
    more.first,
  )
  return { made, wishes, told }
}

test('a host of a set is kept until it is left, and then avoided', async () => {
  const { made, wishes, told } = pick({ kind: 'set', set }, [found('i-1'), found('i-2')])
  const one = await made.next(undefined, false, signal)
  expect(await made.next(one, false, signal)).toBe(one)
  expect(await made.next(one, true, signal)).toEqual({ id: 'i-2', name: 'web' })
  expect([wishes, told]).toEqual([
    [{}, { avoid: ['i-1'] }],
    ['i-1', 'i-2'],
  ])
  expect(made.canMove).toBe(true)
})

test('a set that has no good host any more is an error, also where a host was used before', async () => {
  const { made } = pick({ kind: 'set', set }, [new AppError('no-good-host', 'None.')])
  await expect(made.next({ id: 'i-1', name: '' }, true, signal)).rejects.toMatchObject({ code: 'no-good-host' })
})

test('a host that was named, and the instance of a Name, are never left', () => {
  expect(pick({ kind: 'set', set, hostId: 'i-1' }, []).made.canMove).toBe(false)
  expect(
    pick({ kind: 'text', text: 'Name=web-*', wish: { hostId: 'i-1' } }, [], { first: found('i-1') }).made.canMove,
  ).toBe(false)
  expect(pick({ kind: 'name', name: 'web' }, []).made.canMove).toBe(false)
})

test('a Name is looked up again; where it leads to no one instance the one before is kept', async () => {
  const ambiguous = new AppError('ambiguous-name', 'Two.')
  const { made } = pick({ kind: 'name', name: 'web' }, [found('i-1', false), ambiguous, found('i-2', false)])
  const one = await made.next(undefined, false, signal)
  expect(await made.next(one, false, signal)).toBe(one)
  expect(await made.next(one, false, signal)).toEqual({ id: 'i-2', name: 'web' })
  const network = pick({ kind: 'name', name: 'web' }, [new AppError('network', 'Down.')])
  await expect(network.made.next(one, false, signal)).rejects.toMatchObject({ code: 'network' })
  await expect(pick({ kind: 'name', name: 'web' }, [ambiguous]).made.next(undefined, false, signal)).rejects.toBe(
    ambiguous,
  )
})

test('a TARGET whose host was found already is not looked up for the first session', async () => {
  const first = found('i-1')
  const { made, wishes } = pick({ kind: 'text', text: 'Name=web-*', wish: { choice: 'newest' } }, [found('i-2')], {
    first,
  })
  expect(await made.next(undefined, false, signal)).toEqual({ id: 'i-1', name: 'web' })
  expect(await made.next({ id: 'i-1', name: '' }, true, signal)).toEqual({ id: 'i-2', name: 'web' })
  expect(wishes).toEqual([{ choice: 'newest', avoid: ['i-1'] }])
})

test('a task of a service is kept until it is left, and then avoided; one that is named is never left', async () => {
  for (const target of [
    { kind: 'ecs', target: 'ecs:shop/web' },
    { kind: 'text', text: 'ecs:shop/web/app', wish: {} },
  ] as const) {
    const { made, wishes } = pick(target, [found('ecs:1', false), found('ecs:2', false)])
    const one = await made.next(undefined, false, signal)
    expect(await made.next(one, false, signal)).toBe(one)
    expect((await made.next(one, true, signal)).id).toBe('ecs:2')
    expect([made.canMove, wishes.map(({ avoid }) => avoid)]).toEqual([true, [undefined, ['ecs:1']]])
  }
  const task = 'a'.repeat(32)
  expect(pick({ kind: 'ecs', target: `ecs:shop/${task}/app` }, []).made.canMove).toBe(false)
})

test('a named task that has stopped, or can never be used, ends the wait; one that is starting does not', async () => {
  const text = `ecs:shop/${'a'.repeat(32)}/app`
  const current = { id: 'ecs:1', name: 'web/app' }
  const blocked = (isLasting: boolean) => new ExecBlocked('No command.', { command: 'aws ecs x', isLasting })
  for (const target of [{ kind: 'ecs', target: text } as const, { kind: 'text', text, wish: {} } as const]) {
    for (const [error, code] of [
      [new AppError('unknown-instance', 'Stopped.'), 'unknown-instance'],
      [blocked(true), 'not-supported'],
      [blocked(false), 'exec-blocked'],
    ] as const) {
      const { made } = pick(target, [error])
      await expect(made.next(current, false, signal)).rejects.toMatchObject({ code, message: error.message })
    }
  }
  const { made } = pick({ kind: 'ecs', target: 'ecs:shop/web' }, [blocked(true)])
  await expect(made.next(current, true, signal)).rejects.toMatchObject({ code: 'exec-blocked' })
})
