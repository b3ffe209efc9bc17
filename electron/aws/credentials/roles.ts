// Roles that are assumed: with keys, with the code of a second factor, with a web identity's token.
//
// Owns the calls to STS, and repeats the question after a wrong code. Does not own where keys and tokens come from (chain.ts).

import { AppError, asError } from '../../../shared/errors'
import type { RoleRequest } from './chain'
import { makeStsClient, type AwsIdentity, type ClientsOptions } from '../clients'
import { toAppError } from '../errors/errors'
import { wrongCodeSentence, type CredentialSource } from '../errors/sentences'
import { FileFault, readUserFile } from '../profiles/userfile'

/** How often a person is asked for a code until AWS accepts one. */
const MAX_CODES = 3

/** STS's words for a code that is wrong or was used before. */
const WRONG_CODE = /MultiFactorAuthentication failed/

interface Answer {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
  readonly Expiration?: Date | undefined
}

function identityFrom(answer: Answer): AwsIdentity {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = answer
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new AppError('service', 'AWS assumed the role but gave no credentials for it: try again.')
  }
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(answer.Expiration === undefined ? {} : { expiration: answer.Expiration }),
  }
}

/** The roles of one account. Each call throws `access-denied` for a role that may not be assumed, and as any call to AWS. */
export class Roles {
  readonly #options: ClientsOptions
  readonly #source: () => CredentialSource

  /** `source` says where credentials come from, for errors. */
  constructor(options: ClientsOptions, source: () => CredentialSource) {
    this.#options = options
    this.#source = source
  }

  /** Assumes a role with the keys of `source`. */
  async assume(source: AwsIdentity, request: RoleRequest & { readonly TokenCode?: string }): Promise<AwsIdentity> {
    const client = await makeStsClient(this.#options, () => Promise.resolve(source))
    const { AssumeRoleCommand } = await import('@aws-sdk/client-sts')
    const answer = await client
      .send(new AssumeRoleCommand(request))
      .catch((error: unknown) => this.#refuse(error, 'sts:AssumeRole'))
    return identityFrom(answer.Credentials ?? {})
  }

  /**
   * Assumes one with a code. A code that AWS refuses is asked for again: it may have been mistyped, or used a moment ago. `within`
   * limits each call, and not the person.
   */
  async assumeWithCode(
    source: AwsIdentity,
    request: RoleRequest,
    askCode: (isRepeated: boolean) => Promise<string>,
    within: (act: () => Promise<AwsIdentity>) => Promise<AwsIdentity>,
  ): Promise<AwsIdentity> {
    for (let count = 1; ; count += 1) {
      const TokenCode = await askCode(count > 1)
      try {
        return await within(() => this.assume(source, { ...request, TokenCode }))
      } catch (error) {
        if (!(error instanceof AppError) || !WRONG_CODE.test(asError(error.cause).message)) throw error
        if (count < MAX_CODES) continue
        throw new AppError('credentials-expired', wrongCodeSentence(this.#source()), { cause: error })
      }
    }
  }

  /** Assumes one with the token in `file`, which is read anew each time. `credentials-missing` where it cannot be read. */
  async assumeWithToken(
    request: { readonly RoleArn: string; readonly RoleSessionName: string },
    file: string,
  ): Promise<AwsIdentity> {
    const token = await readToken(file)
    // The request is signed by the token in it; these keys are never looked at.
    const client = await makeStsClient(this.#options, () => Promise.resolve({ accessKeyId: '', secretAccessKey: '' }))
    const { AssumeRoleWithWebIdentityCommand } = await import('@aws-sdk/client-sts')
    const answer = await client
      .send(new AssumeRoleWithWebIdentityCommand({ ...request, WebIdentityToken: token }))
      .catch((error: unknown) => this.#refuse(error, 'sts:AssumeRoleWithWebIdentity'))
    return identityFrom(answer.Credentials ?? {})
  }

  async #refuse(error: unknown, action: string): Promise<never> {
    throw await toAppError(error, { action, region: this.#options.settings.region, source: this.#source() })
  }
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readUserFile(file)).toString('utf8').trim()
  } catch (error) {
    if (!(error instanceof FileFault)) throw error
    const text = `The token file ${file} ${error.message}: correct web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE.`
    throw new AppError('credentials-missing', text, { cause: error })
  }
}
