// Credentials of the place where Culvert runs: keys in the environment, a container, an EC2 instance.
//
// Reads the environment that the account was given and none of the process's. Does not decide which of them counts
// (credentials.ts, chain.ts).

import type { AwsIdentity } from '../clients'
import { hasKeys } from '../profiles/profiles'
import { endOfVariables } from '../../../shared/keysend'
import { unrenewed } from './outlook'

/** Instance metadata answers within milliseconds or is not there. */
const METADATA_TIMEOUT_MS = 1_000

/** The keys in the environment; undefined without any. */
export function environmentKeys(env: NodeJS.ProcessEnv): AwsIdentity | undefined {
  if (!hasKeys(env)) return undefined
  const keys = {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    ...(env['AWS_SESSION_TOKEN'] ? { sessionToken: env['AWS_SESSION_TOKEN'] } : {}),
  }
  return unrenewed(keys, endOfVariables(env).endsAt)
}

/** The credentials of the container that the environment names; undefined where it names none. Rejects as the SDK does. */
export async function containerKeys(env: NodeJS.ProcessEnv): Promise<AwsIdentity | undefined> {
  const relative = env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']
  const full = env['AWS_CONTAINER_CREDENTIALS_FULL_URI']
  if (!relative && !full) return undefined
  const { fromHttp } = await import('@aws-sdk/credential-providers')
  return fromHttp({
    ...(relative ? { awsContainerCredentialsRelativeUri: relative } : { awsContainerCredentialsFullUri: full ?? '' }),
    awsContainerAuthorizationToken: env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] ?? '',
    awsContainerAuthorizationTokenFile: env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '',
  })()
}

/** The role of the EC2 instance that this runs on; undefined where the environment forbids to ask. Rejects as the SDK does. */
export async function instanceKeys(env: NodeJS.ProcessEnv): Promise<AwsIdentity | undefined> {
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') return undefined
  const { fromInstanceMetadata } = await import('@aws-sdk/credential-providers')
  return fromInstanceMetadata({ timeout: METADATA_TIMEOUT_MS, maxRetries: 0 })()
}
