// What the tests of credentials share: AWS files of their own, and an account that reads them.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, onTestFinished, vi } from 'vitest'
import { openAccount } from '../account'
import type { Account, AwsOptions } from '../parts'
import { callerIdentity, startStandIn, type Answering, type StandIn } from '../../../e2e/kit/aws/awsstandin'

/** A signal that never aborts. */
export const never = new AbortController().signal

/** The folder of this test. */
export let folder: string

/** The environment that names the AWS files of this test. */
export let files: NodeJS.ProcessEnv

/** Writes the config file. */
export const config = (text: string): Promise<void> => writeFile(join(folder, 'config'), text)

/** Opens an account whose every service is a stand-in. */
export async function opened(
  options: Partial<AwsOptions> = {},
  answering: Answering = () => callerIdentity,
): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({ endpointUrl: standIn.url, ...options, env: { ...files, ...options.env } })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

/** Makes AWS files for each test; call it at the top of a test file. */
export function stageFiles(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'culvert-credentials-'))
    files = {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'eu-central-1',
    }
  })
  afterEach(async () => {
    vi.useRealTimers()
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
}
