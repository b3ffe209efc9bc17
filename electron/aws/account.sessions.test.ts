// The sessions of an account and the agents of its targets, as a simulator and a stand-in of AWS answer.

import { expect, onTestFinished, test } from 'vitest'
import { openAccount } from './account'
import { never, opened } from './account.kit'
import type { ListedSession, SessionQuery } from '../../shared/sessionlisting'
import { startSimulator } from '../simulator/simulator'

test('an agent that is online is connected, and one that is not is notconnected', async () => {
  const simulator = await startSimulator({ port: 0 })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {} })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { instances } = await account.listInstances(never)
  const online = instances.find(({ agent }) => agent.kind === 'online')
  const offline = instances.find(({ agent }) => agent.kind === 'offline')
  expect([
    await account.connectionStatus(online!.id, never),
    await account.connectionStatus(offline!.id, never),
  ]).toEqual(['connected', 'notconnected'])
})

test('a denied question after the agent names the action', async () => {
  const [account] = await opened(() => ({
    json: { __type: 'AccessDeniedException', message: 'not authorized' },
    status: 400,
  }))
  await expect(account.connectionStatus('i-1', never)).rejects.toMatchObject({
    code: 'access-denied',
    message: expect.stringContaining('ssm:GetConnectionStatus'),
  })
})

test('the sessions of the account are listed by state and owner, and read one by one', async () => {
  const simulator = await startSimulator({ port: 0 })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {} })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { instances } = await account.listInstances(never)
  const target = instances.find(({ agent }) => agent.kind === 'online')!.id
  const { arn } = await account.identity(never)
  const kept = await account.startSession({ target, reason: 'ticket 7' }, never)
  const ended = await account.startSession({ target }, never)
  await account.terminateSession(ended.sessionId, never)
  const read = async (query: SessionQuery): Promise<readonly ListedSession[]> => account.sessions(query).next(never)
  expect(await read({ state: 'Active', owner: arn, target })).toMatchObject([
    { sessionId: kept.sessionId, owner: arn, target, reason: 'ticket 7', startAt: expect.any(Number) },
  ])
  expect(await read({ state: 'History', sessionId: ended.sessionId })).toMatchObject([
    { sessionId: ended.sessionId, status: 'Terminated', endAt: expect.any(Number) },
  ])
  expect(await read({ state: 'Active', sessionId: ended.sessionId })).toEqual([])
})
