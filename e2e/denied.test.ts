// Accounts whose policies allow less than Culvert asks for, in the whole core: what goes on, and what the journal says.

import { afterEach, expect, test, vi } from 'vitest'
import { defaultTiming } from '../electron/core/sessions/timing'
import type { StatementInput } from '../electron/simulator/iam/policy'
import { makePlace, type Place, type Window } from './kit/aws/core'

const OWN_SESSIONS = 'arn:aws:ssm:*:*:session/${aws:userid}-*'

let place: Place
const windows: Window[] = []

afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window[Symbol.asyncDispose]()))
  await place.close()
})

async function begin(denied: readonly string[]): Promise<Window> {
  place = await makePlace({ hasPty: false }, { ...defaultTiming, firstRetryMs: 20, maxRetryMs: 100, pollMs: 50 })
  deny(denied)
  const window = await place.open('account')
  windows.push(window)
  return window
}

function deny(actions: readonly string[]): void {
  const statements: StatementInput[] = [{ effect: 'allow', actions: ['*'] }]
  if (actions.length > 0) statements.push({ effect: 'deny', actions })
  place.simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements })
}

async function start(window: Window, name = 'page'): Promise<string> {
  const instanceId = await window.instance('web-2')
  const fields = { name, target: { kind: 'id', instanceId }, remotePort: 8_080, startAtLaunch: false } as const
  const { forwardId } = await window.ask('forward.create', fields)
  await window.ask('forward.start', { forwardId })
  return forwardId
}

test('a resume that is not allowed costs the session: the forward goes on, and the journal names the action and the pattern', async () => {
  const window = await begin(['ssm:ResumeSession'])
  const forwardId = await start(window)
  const { sessionId } = await window.reach(forwardId, 'up')
  const port = window.forward(forwardId).localPort
  place.simulator.cut(sessionId, 'close-1000')
  await window.until(() => {
    const { state } = window.forward(forwardId)
    expect(state.kind).not.toBe('failed')
    return state.kind === 'up' && state.sessionId !== sessionId
  })
  expect(window.forward(forwardId).localPort).toBe(port)
  const line = window.journal.find(({ text }) => text.startsWith('restarted with a new session'))
  expect(line?.error?.message).toContain('ssm:ResumeSession')
  expect(line?.error?.message).toContain(`allows it on ${OWN_SESSIONS}.`)
})

test('ends that are not allowed are told once, whatever is turned off, and no forward fails by them', async () => {
  const window = await begin(['ssm:TerminateSession'])
  const forwardIds = [await start(window, 'one'), await start(window, 'two')]
  for (const forwardId of forwardIds) await window.reach(forwardId, 'up')
  for (const forwardId of forwardIds) await window.ask('forward.stop', { forwardId })
  const told = () => window.journal.filter(({ text }) => text.startsWith('does not let Culvert end its sessions.'))
  await vi.waitFor(() => expect(told()).toHaveLength(1))
  await window[Symbol.asyncDispose]()
  expect(told()).toMatchObject([
    {
      tone: 'idle',
      subject: { kind: 'environment' },
      error: { code: 'access-denied', message: expect.stringContaining(OWN_SESSIONS) },
    },
  ])
  expect(window.journal.map(({ tone }) => tone)).not.toContain('failed')
})
