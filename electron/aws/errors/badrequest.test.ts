// A session that AWS refuses with BadRequest: by the simulator, which refuses as AWS does, and by texts that it does not say.

import { expect, onTestFinished, test } from 'vitest'
import { asAppError } from '../../../shared/errors'
import { judge } from '../../core/sessions/resume/retry'
import { startSimulator, type SimulatorOptions } from '../../simulator/simulator'
import { openAccount } from '../account'

const never = new AbortController().signal
const document = 'AWS-StartPortForwardingSessionToRemoteHost'
const remote = { document, parameters: { host: ['intranet.internal'], portNumber: ['80'] } }

async function ask(name: string, request: object, options: SimulatorOptions = {}, message?: string): Promise<unknown> {
  const simulator = await startSimulator(options)
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {} })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const target = simulator.world.instances.find((each) => each.tags['Name'] === name)!.id
  if (message !== undefined) simulator.failNext('StartSession', { code: 'BadRequest', message })
  const error = await account.startSession({ target, ...request }, never).then(() => undefined, asAppError)
  // Whatever it means, trying again does not mend it.
  if (error !== undefined) expect(judge(error)).toBe('final')
  return error && `${error.code}: ${error.message.replaceAll(target, 'ID')}`
}

test('an agent that is too old for remote hosts is told with the version that is not', async () => {
  const refusal =
    'agent-too-old: The SSM agent on ID is too old for forwards to another host: update it to 3.1.1374.0 or later.'
  expect(await ask('web-2', remote, { agentVersion: '3.1.1373.0' })).toBe(refusal)
  expect(await ask('legacy-billing', remote)).toBe(refusal)
  expect(await ask('web-2', remote, { agentVersion: '3.1.1374.0' })).toBeUndefined()
  expect(await ask('legacy-billing', {})).toBeUndefined()
})

test('a hybrid node of the standard tier is told with what has to be enabled, also where AWS says nothing', async () => {
  const refusal =
    /^not-supported: Sessions to hybrid nodes such as ID need the advanced-instances tier: have it enabled /
  expect(await ask('warehouse-gateway', {}, { hasAdvancedTier: false })).toMatch(refusal)
  expect(await ask('warehouse-gateway', {}, {}, ' ')).toMatch(refusal)
  expect(await ask('warehouse-gateway', {})).toBeUndefined()
})

test('remote hosts that AWS does not offer are told as that', async () => {
  expect(await ask('web-2', remote, { hasRemoteHosts: false })).toMatch(
    /^not-supported: AWS does not forward to another host through ID \(Currently, port .*\): forward to a port of /,
  )
})

test('any other text is quoted as a request to be corrected', async () => {
  expect(await ask('web-2', {}, {}, 'The reason is too rude.')).toBe(
    'usage: AWS refused the session (The reason is too rude.): correct the request, or choose another target.',
  )
  expect(await ask('web-2', {}, {}, ' ')).toMatch(/^usage: AWS refused the session \(BadRequest\): /)
})
