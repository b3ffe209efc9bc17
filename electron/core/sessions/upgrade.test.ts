// The upgrade over a real account against the simulator, which verifies signatures as AWS does and can be told to be stricter.

import { expect, onTestFinished, test } from 'vitest'
import { openAccount } from '../../aws/account'
import { UpgradeForms } from '../../aws/upgradeforms'
import { startSimulator, type SimulatorOptions } from '../../simulator/simulator'
import { connect } from './connect'

const never = new AbortController().signal

/** Dials twice, by two accounts of one process; answers the number of the attempt that was accepted, from 0, for each. */
async function acceptedAttempts(options: SimulatorOptions): Promise<number[]> {
  const simulator = await startSimulator(options)
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const { endpointUrl, region, credentials } = simulator
  const upgradeForms = new UpgradeForms()
  const accepted: number[] = []
  for (let time = 0; time < 2; time += 1) {
    const account = await openAccount({ endpointUrl, region, credentials, env: {}, upgradeForms })
    onTestFinished(() => account[Symbol.asyncDispose]())
    const ticket = await account.startSession({ target: simulator.world.instances[0]!.id }, never)
    const service = {
      region,
      endpointUrl,
      agentFor: () => undefined,
      signUpgrade: async (url: string, signal: AbortSignal) => {
        const attempts = await account.signUpgrade(url, signal)
        return attempts.map(({ headers, worked }, index) => ({
          headers,
          worked: () => {
            accepted.push(index)
            worked()
          },
        }))
      },
    }
    const wire = await connect(service, ticket, never)
    wire.terminate()
  }
  return accepted
}

test("AWS's signature is accepted at the first attempt", async () => {
  expect(await acceptedAttempts({ upgradePolicy: 'signed-only' })).toEqual([0, 0])
})

test('a service that wants %2B costs one refusal in the life of the process', async () => {
  expect(await acceptedAttempts({ upgradePolicy: 'signed-only', signedPlus: 'plus' })).toEqual([1, 0])
})

test('a service that wants no signature costs two refusals in the life of the process', async () => {
  expect(await acceptedAttempts({ upgradePolicy: 'unsigned-only' })).toEqual([2, 0])
})
