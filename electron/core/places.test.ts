// A terminal on a set of hosts, as a window opens it: the core chooses the host, and keeps the set over a restart.

import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlace, type Place, type Window } from '../../e2e/kit/aws/core'
import type { TerminalView } from '../../shared/model/terminal'

let place: Place
let window: Window
beforeEach(async () => {
  place = await makePlace()
  window = await place.open()
})
afterEach(async () => {
  await window[Symbol.asyncDispose]()
  await place.close()
})

const size = { cols: 80, rows: 24 }
const set = { hosts: 'asg:search-api', choice: 'sticky' } as const

function reach(terminalId: string, kind: TerminalView['state']['kind']): Promise<TerminalView> {
  return window.until(({ terminals }) => terminals.find(({ id, state }) => id === terminalId && state.kind === kind))
}

test('a shell on a set goes to one of its hosts, and is there with its set after a restart', async () => {
  const target = { kind: 'set', set } as const
  const { terminalId } = await window.ask('terminal.open', { target, instanceName: 'search', ...size })
  const { instance } = await reach(terminalId, 'open')
  expect(instance.name).toBe('search-api')
  expect(place.simulator.sessions()).toMatchObject([{ target: instance.id }])
  await window[Symbol.asyncDispose]()
  window = await place.open()
  const restored = await window.until(({ terminals }) => terminals[0])
  expect(restored).toMatchObject({ instance, target, state: { kind: 'ended' } })
})

test('a saved target is read when its shell is opened, and one that is deleted is said so', async () => {
  const { targetId } = await window.ask('target.create', { name: 'search', set, maxDurationMinutes: 60 })
  const open = () =>
    window.ask('terminal.open', { target: { kind: 'saved', targetId }, instanceName: 'search', ...size })
  const before = Date.now()
  const { instance, state } = await reach((await open()).terminalId, 'open')
  expect(instance.name).toBe('search-api')
  const { endsAt = 0 } = state.kind === 'open' ? state : {}
  expect(endsAt - before).toBeGreaterThanOrEqual(3_600_000)
  expect(endsAt - Date.now()).toBeLessThanOrEqual(3_600_000)
  await window.ask('target.delete', { targetId })
  expect((await reach((await open()).terminalId, 'ended')).state).toMatchObject({ error: { code: 'unknown-target' } })
})

test('an instance and a set at once, or neither, are refused', async () => {
  const instanceId = await window.instance('web-2')
  const both = { instanceId, target: { kind: 'set', set } as const }
  await expect(window.ask('terminal.open', { ...both, ...size })).rejects.toMatchObject({ code: 'usage' })
  await expect(window.ask('terminal.open', size)).rejects.toMatchObject({ code: 'usage' })
})

test('a shell of a saved target takes its document, unless that is for its port', async () => {
  const document = { name: 'Not-There' }
  const open = async (name: string, more: { readonly defaultPort?: number }): Promise<string> => {
    const { targetId } = await window.ask('target.create', { name, set, document, ...more })
    const parameters = { target: { kind: 'saved', targetId } as const, instanceName: name, ...size }
    return (await window.ask('terminal.open', parameters)).terminalId
  }
  const { state } = await reach(await open('shells', {}), 'ended')
  expect(state).toMatchObject({ error: { code: 'document-missing' } })
  await reach(await open('ports', { defaultPort: 443 }), 'open')
})
