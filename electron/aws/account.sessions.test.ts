// The sessions of an account and the agents of its targets, as a simulator and a stand-in of AWS answer.

import { expect, onTestFinished, test } from 'vitest'
import { openAccount } from './account'
import { never, opened } from './account.kit'
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
