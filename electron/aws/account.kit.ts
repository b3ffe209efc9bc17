// What the tests of an account share: an account whose every service is a stand-in.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, onTestFinished } from 'vitest'
import { openAccount } from './account'
import type { Account, AwsOptions } from './parts'
import { startStandIn, type Answering, type StandIn } from '../../e2e/kit/aws/awsstandin'

/** A signal that never aborts. */
export const never = new AbortController().signal

/** Keys of an account. */
export const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' }

/** The folder of this test. */
export let folder: string

/** An account whose every service is the stand-in. */
export async function opened(answering: Answering, options: Partial<AwsOptions> = {}): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({
    region: 'eu-central-1',
    endpointUrl: standIn.url,
    credentials,
    env: {},
    ...options,
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

/** Makes a folder for each test; call it at the top of a test file. */
export function stageAccounts(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'culvert-account-'))
  })
  afterEach(() => rm(folder, { recursive: true }))
}
