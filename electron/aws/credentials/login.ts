// Credentials of a profile that logs in with `aws login`. The SDK refreshes its login; we watch the SDK's requests.
//
// The SDK's provider turns every failed refresh into one error with a text. The last answer that it got, kept here, says whether
// the service had a hiccup (network, throttled, service) or refused the login (credentials-expired). Does not own the cache file.
// Source: @aws-sdk/credential-provider-login LoginCredentialsFetcher.

import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { AppError } from '../../../shared/errors'
import type { AwsIdentity } from '../clients'
import { mendingCommand } from '../errors/commands'
import { descriptorError } from '../errors/errors'
import { expiredSentence, type CredentialSource } from '../errors/sentences'
import type { Profile } from '../profiles/profiles'
import { hiccup, unanswered } from './loginservice'

/** How the last request went: the error that was thrown, or the status and the code of the answer. */
type LastRequest =
  | { readonly thrown: unknown }
  | { readonly status: number; readonly code: string | undefined }
  | undefined

/** Passes requests on, and keeps how the last one went. */
function watching(handler: NodeHttpHandler) {
  let last: LastRequest
  return {
    last: () => last,
    handler: {
      metadata: handler.metadata,
      handle: async (...request: Parameters<NodeHttpHandler['handle']>) => {
        try {
          const answer = await handler.handle(...request)
          const { statusCode, headers } = answer.response
          last = { status: statusCode, code: headers['x-amzn-errortype'] }
          return answer
        } catch (error) {
          last = { thrown: error }
          throw error
        }
      },
    },
  }
}

/** The error of a request that may pass by itself; undefined where AWS refused the login, or was never asked. */
async function passing(name: string, region: string, last: LastRequest): Promise<AppError | undefined> {
  if (last === undefined) return undefined
  return 'thrown' in last
    ? unanswered(name, { action: 'signin:CreateOAuth2Token', region }, last.thrown)
    : hiccup(name, last.status, last.code)
}

/**
 * The keys of the login. Throws `credentials-expired` where a person has to log in; `network`, `throttled`, `service` or `timeout`
 * where the service had a hiccup after the keys had ended.
 */
export async function loginCredentials(options: {
  readonly name: string
  readonly profile: Profile
  readonly region: string
  readonly handler: NodeHttpHandler
  readonly source: Extract<CredentialSource, { readonly kind: 'profile' }>
}): Promise<AwsIdentity> {
  const { name, profile, region, source } = options
  const { fromLoginCredentials } = await import('@aws-sdk/credential-providers')
  const { handler, last } = watching(options.handler)
  const clientConfig = { requestHandler: handler, region }
  const provider = fromLoginCredentials({ ...profile.files, profile: name, ignoreCache: true, clientConfig })
  try {
    return await provider()
  } catch (error) {
    const known = descriptorError(error) ?? (await passing(name, region, last()))
    if (known !== undefined) throw known
    const command = mendingCommand('credentials-expired', { source })
    throw new AppError('credentials-expired', expiredSentence(source), { cause: error, command })
  }
}
