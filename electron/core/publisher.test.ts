import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { noContainers } from '../../shared/model/container'
import type { EventName } from '../../shared/api/events'
import type { Instance } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import type { TerminalView } from '../../shared/model/terminal'
import { defaultSettings } from '../../shared/settings'
import { Publisher } from './publisher'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function instance(id: string, state = 'running'): Instance {
  return { id, kind: 'ec2', name: id, tags: { a: '1' }, platform: 'linux', state, agent: { kind: 'online' } }
}

function terminal(id: string, environmentName = 'Demo'): TerminalView {
  return {
    id,
    instance: { id: 'i-1', name: 'web-1' },
    environment: { kind: 'demo' },
    environmentName,
    size: { cols: 80, rows: 24 },
    state: { kind: 'connecting' },
  }
}

const initial: Snapshot = {
  about: { version: '0', dataDirectory: '/data' },
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: [instance('i-1'), instance('i-2')], notices: [] },
  forwards: [],
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [terminal('a'), terminal('b')],
  settings: defaultSettings,
  notices: [],
  questions: [],
}

/** A publisher, and what one subscriber hears. */
function open() {
  const publisher = new Publisher(initial)
  const heard: (readonly [EventName, unknown])[] = []
  const leave = publisher.subscribe((name, event) => heard.push([name, event]), 'w')
  return { publisher, heard, leave }
}

test('a subscriber hears the whole state at once, then what changes, gathered, until it leaves', () => {
  const { publisher, heard, leave } = open()
  expect(heard).toEqual([['snapshot', { ...initial, windowId: 'w' }]])
  publisher.set({ profiles: [{ name: 'p' }] })
  publisher.set({ profiles: [{ name: 'q' }], questions: [] })
  vi.advanceTimersByTime(15)
  expect(heard).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(heard.slice(1)).toEqual([['snapshot.patch', { profiles: [{ name: 'q' }], questions: [] }]])
  leave()
  publisher.set({ profiles: [] })
  publisher.flush()
  expect(heard).toHaveLength(2)
})

test('what is gathered goes to those who were there, and a newcomer has it in its snapshot', () => {
  const { publisher, heard } = open()
  publisher.set({ profiles: [{ name: 'p' }] })
  const later: (readonly [EventName, unknown])[] = []
  publisher.subscribe((name, event) => later.push([name, event]))
  expect(heard.at(-1)).toEqual(['snapshot.patch', { profiles: [{ name: 'p' }] }])
  expect(later).toEqual([['snapshot', { ...initial, profiles: [{ name: 'p' }], windowId: 'door' }]])
})

test('of a list only the values travel that differ, and equal ones stay the values that they were', () => {
  const { publisher, heard } = open()
  publisher.set({ terminals: [terminal('a'), terminal('b', 'other'), terminal('c')] })
  publisher.flush()
  expect(heard.at(-1)).toEqual(['snapshot.patch', { terminals: { set: [terminal('b', 'other'), terminal('c')] } }])
  expect(publisher.state.terminals[0]).toBe(initial.terminals[0])
  publisher.set({ terminals: [terminal('c'), terminal('a')] })
  publisher.flush()
  expect(heard.at(-1)).toEqual(['snapshot.patch', { terminals: { gone: ['b'], order: ['c', 'a'] } }])
})

test('a list that was only made anew is told to nobody', () => {
  const { publisher, heard } = open()
  publisher.set({ terminals: [terminal('a'), terminal('b')], forwards: [] })
  publisher.flush()
  expect(heard).toHaveLength(1)
  expect(publisher.state.terminals).toBe(initial.terminals)
})

test('instances that were listed again travel where they differ; those of another environment begin anew', () => {
  const { publisher, heard } = open()
  const { items: _items, ...rest } = initial.instances
  publisher.set({ instances: { ...rest, items: [instance('i-1'), instance('i-2', 'stopped')] } })
  publisher.flush()
  expect(heard.at(-1)).toEqual([
    'snapshot.patch',
    { instances: { ...rest, items: { set: [instance('i-2', 'stopped')] } } },
  ])
  publisher.set({ instances: { ...rest, generation: 1, items: [instance('i-1')] } })
  publisher.flush()
  expect(heard.at(-1)).toEqual([
    'snapshot.patch',
    { instances: { ...rest, generation: 1, items: { set: [instance('i-1')] } } },
  ])
})

test('disposing tells nothing more and leaves no timer', () => {
  const { publisher, heard } = open()
  publisher.set({ profiles: [{ name: 'p' }] })
  publisher[Symbol.dispose]()
  publisher.set({ profiles: [] })
  expect(vi.getTimerCount()).toBe(0)
  publisher.flush()
  expect(heard).toHaveLength(1)
})
