// What the tests of the API share: a simulator, and the clients of the SDK on it.

import { EC2Client } from '@aws-sdk/client-ec2'
import { SSMClient } from '@aws-sdk/client-ssm'
import { STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll } from 'vitest'
import { startSimulator, type Simulator } from '../simulator'

/** The simulator of the file. */
export let simulator: Simulator

/** A client of SSM. */
export let ssm: SSMClient

/** A client of EC2. */
export let ec2: EC2Client

/** A client of STS. */
export let sts: STSClient

/** The options of a client of this simulator. */
export const clientOptions = (one: Simulator) => ({
  endpoint: one.endpointUrl,
  region: one.region,
  credentials: one.credentials,
  maxAttempts: 1,
})

/** Returns the instances of this Name. */
export const named = (name: string) => simulator.world.instances.filter(({ tags }) => tags['Name'] === name)

/** Resolves with the error of a call. */
export const rejected = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ name: 'nothing', message: '', status: 0 }),
    (error: { name: string; message: string; $metadata?: { httpStatusCode?: number } }) => ({
      name: error.name,
      message: error.message,
      status: error.$metadata?.httpStatusCode,
    }),
  )

/** Starts a simulator and clients for the file; call it at the top of a test file. */
export function stageClients(): void {
  beforeAll(async () => {
    simulator = await startSimulator({ instances: 120, shellDelayMs: 0 })
    ssm = new SSMClient(clientOptions(simulator))
    ec2 = new EC2Client(clientOptions(simulator))
    sts = new STSClient(clientOptions(simulator))
  })
  afterAll(async () => {
    for (const client of [ssm, ec2, sts]) client.destroy()
    await simulator[Symbol.asyncDispose]()
  })
}
