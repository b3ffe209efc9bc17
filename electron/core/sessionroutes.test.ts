import { afterEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'
import type { SessionPage } from '../../shared/api/sessions'
import type { AccountSession } from '../../shared/model/accountsession'
import type { SimulatorOptions } from '../simulator/simulator'

let place: Place
let window: Window
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

async function begin(options: SimulatorOptions = {}): Promise<void> {
  place = await makePlace(options)
  window = await place.open()
}

/** Reads a list until `isEnough`. */
async function read(listId: string, isEnough: (rows: readonly AccountSession[], page: SessionPage) => boolean) {
  const rows = new Map<string, AccountSession>()
  let revision = 0
  return expect
    .poll(
      async () => {
        const page = await window.ask('sessions.page', { listId, revision })
        for (const row of page.set) rows.set(row.id, row)
        for (const id of page.gone) rows.delete(id)
        revision = page.revision
        return isEnough([...rows.values()], page)
      },
      { timeout: 20_000 },
    )
    .toBe(true)
    .then(() => [...rows.values()])
}

test('a list has our own forward with its Name and what carries it, and what other people have open', async () => {
  await begin({ hasOtherPeople: true, clock: { minuteMs: 3_600_000 } })
  const instanceId = await window.instance('web-2')
  const target = { kind: 'id', instanceId } as const
  const { forwardId } = await window.ask('forward.create', {
    name: 'page',
    target,
    remotePort: 8_080,
    startAtLaunch: false,
  })
  await window.ask('forward.start', { forwardId })
  const { sessionId } = await window.reach(forwardId, 'up')
  const { listId } = await window.ask('sessions.open', {})
  const rows = await read(listId, (all, { state }) => !state.isLoading && all.some(({ id }) => id === sessionId))
  expect(rows.find(({ id }) => id === sessionId)).toMatchObject({
    place: { name: 'Demo', region: 'eu-west-1' },
    state: 'active',
    holder: 'mine',
    target: instanceId,
    targetName: 'web-2',
    carrier: { kind: 'forward', id: forwardId, name: 'page' },
  })
  expect(rows.filter(({ holder }) => holder === 'others').length).toBeGreaterThan(3)
  expect(rows.some(({ state, endAt }) => state === 'terminated' && endAt !== undefined)).toBe(true)
  const shown = await window.ask('sessions.read', { environment: { kind: 'demo' }, sessionId })
  expect(shown).toMatchObject({
    id: sessionId,
    type: 'port',
    endpoint: 'tcp://localhost:8080',
    carrier: { id: forwardId },
  })
})

test('a list that is closed, or was never opened, says so', async () => {
  await begin()
  const { listId } = await window.ask('sessions.open', {})
  await window.ask('sessions.close', { listId })
  await expect(window.ask('sessions.page', { listId, revision: 0 })).rejects.toMatchObject({ code: 'usage' })
})

test('a session that nothing knows is gone', async () => {
  await begin()
  const reading = window.ask('sessions.read', { environment: { kind: 'demo' }, sessionId: 'ann-0' })
  await expect(reading).rejects.toMatchObject({ code: 'session-gone', message: expect.stringContaining('ann-0') })
})

test('the session of a forward and of a terminal are ended; the forward opens a new one, or is turned off', async () => {
  await begin()
  const instanceId = await window.instance('web-2')
  const environment = { kind: 'demo' } as const
  const target = { kind: 'id', instanceId } as const
  const fields = { name: 'page', target, remotePort: 8_080, startAtLaunch: false }
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  const { sessionId } = await window.reach(forwardId, 'up')
  const { terminalId } = await window.ask('terminal.open', { instanceId, cols: 80, rows: 24 })
  const open = await window.until(({ terminals }) => {
    const state = terminals.find(({ id }) => id === terminalId)?.state
    return state?.kind === 'open' && state
  })
  const { listId } = await window.ask('sessions.open', { filters: { owner: 'me' } })
  await read(listId, (all) => all.some(({ carrier }) => carrier?.kind === 'terminal' && carrier.id === terminalId))
  const sessions = [sessionId, open.sessionId].map((id) => ({ environment, sessionId: id }))
  const { outcomes } = await window.ask('sessions.cancel', { sessions, turnOff: false })
  expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined])
  const next = await window.until(() => {
    const { state } = window.forward(forwardId)
    return state.kind === 'up' && state.sessionId !== sessionId && state
  })
  await window.until(({ terminals }) => terminals.find(({ id }) => id === terminalId)?.state.kind === 'ended')
  await window.ask('sessions.cancel', { sessions: [{ environment, sessionId: next.sessionId }], turnOff: true })
  expect(window.forward(forwardId)).toMatchObject({ isOn: false, state: { kind: 'off' } })
  await read(listId, (all) => all.length >= 2 && all.every(({ state }) => state === 'terminated'))
  const shown = await window.ask('sessions.read', { environment, sessionId })
  expect(shown.states.map(({ state }) => state)).toEqual(['terminated', 'canceling', 'active', 'pending'])
})
