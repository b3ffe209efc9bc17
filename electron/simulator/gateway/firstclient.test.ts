// What an agent does when no client comes.

import { afterEach, expect, test, vi } from 'vitest'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { Lifetime } from '../faults/lifetime'
import { startSimulator, type Simulator } from '../simulator'

let simulator: Simulator | undefined
afterEach(async () => {
  vi.useRealTimers()
  await simulator?.[Symbol.asyncDispose]()
})

const statusOf = (id: string) => simulator?.sessions().find((session) => session.id === id)?.status

test('a port session that no client opens fails, and a shell waits on', async () => {
  simulator = await startSimulator({ firstClientMs: 50, shellDelayMs: 0, hasPty: false })
  const target = simulator.world.instances[0]!.id
  const shell = await getTicket(simulator, 'StartSession', { Target: target })
  const alone = await getTicket(simulator, 'StartSession', {
    Target: target,
    DocumentName: 'AWS-StartPortForwardingSession',
    Parameters: { portNumber: ['7'] },
  })
  await vi.waitFor(() => expect(statusOf(alone.sessionId)).toBe('Failed'))
  expect(statusOf(shell.sessionId)).toBe('Connecting')
  // Its token opens nothing any more.
  const late = new NaiveClient()
  await late.open(alone)
  await late.until(() => late.closeCode)
  expect(late.closeCode).toBe(1008)
})

test('the wait is the agent’s 15 s, by a clock that minutes do not compress', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const heard: string[] = []
  const say = (word: string) => () => void heard.push(word)
  const events = {
    onIdle: say('idle'),
    onMaxDuration: say('max'),
    onNoClient: say('no client'),
    onRecycle: say('recycle'),
  }
  const limits = { minuteMs: 1_000, idleMinutes: 60, maxMinutes: undefined, firstClientMs: 15_000 }
  const lifetime = new Lifetime(limits, events)
  const [opened, shell] = [new Lifetime(limits, events), new Lifetime(limits, events)]
  lifetime.start(true)
  opened.start(true)
  shell.start(false)
  vi.advanceTimersByTime(14_999)
  expect(heard).toEqual([])
  opened.opened('client')
  vi.advanceTimersByTime(1)
  expect(heard).toEqual(['no client'])
  vi.advanceTimersByTime(15_000)
  expect(heard).toEqual(['no client'])
  for (const each of [lifetime, opened, shell]) each.stop()
})
