// The sentences for refusals of AWS: one for each code, ending with what to do next.
//
// Pure: an error and its context in, text out. Foreign text is quoted short and without control characters; never
// tokens, keys or whole answers.

import * as z from 'zod'
import { cutText } from '../../../shared/cut'
import type { ErrorCode } from '../../../shared/errors'
import type { HandOver } from '../../../shared/session'
import { whereToAllow } from './denied'
import type { EcsSubject } from './ecs'
import { excerpt } from './foreigntext'

/** The codes that an answer of AWS can mean. */
export type ServiceErrorCode = Extract<
  ErrorCode,
  | 'agent-offline'
  | 'access-denied'
  | 'credentials-expired'
  | 'credentials-missing'
  | 'clock-skew'
  | 'document-missing'
  | 'session-gone'
  | 'throttled'
  | 'wrong-region'
  | 'unknown-instance'
  | 'usage'
  | 'key-denied'
  | 'service'
>

/** Where credentials came from, so that an error can say what to renew; `account` is the id, where it is known. */
export type CredentialSource =
  | { readonly kind: 'given' }
  /** `handOver` says how this process gets new ones, and `offered` is a profile that could take their place. */
  | { readonly kind: 'environment'; readonly account?: string; readonly handOver?: HandOver; readonly offered?: string }
  /** Keys that a person has handed over; `handOver` as above. */
  | { readonly kind: 'handed'; readonly account?: string; readonly handOver?: HandOver }
  /** `login` is the command that renews it, where the user can. */
  | {
      readonly kind: 'profile'
      readonly name: string
      readonly login?: 'aws sso login' | 'aws login'
      readonly account?: string
    }
  /** Web identity, container or instance metadata. */
  | { readonly kind: 'platform' }

/** The call that has failed, and its circumstances. */
export interface ErrorContext {
  /** The IAM action, as a policy names it. */
  readonly action: string
  readonly region: string
  readonly source: CredentialSource
  readonly target?: string
  readonly document?: string
  /** The KMS key, as it was asked for. */
  readonly key?: string
  /** What a call to ECS was about. */
  readonly ecs?: EcsSubject
  /** Whether a host name can be looked up. Given by tests. */
  readonly isKnownHost?: (host: string) => Promise<boolean>
}

/** The longest name of an error that AWS has is half of that; a host name has 253 characters. */
const MAX_NAME = 128
const MAX_HOST = 255

/** The parts that are read of a foreign error; its texts are cut. */
export const foreignError = z.object({
  name: z
    .string()
    .catch('')
    .transform((name) => excerpt(name, MAX_NAME)),
  message: z
    .string()
    .catch('')
    .transform((message) => cutText(message)),
  code: z
    .string()
    .transform((code) => excerpt(code, MAX_NAME))
    .optional()
    .catch(undefined),
  hostname: z
    .string()
    .transform((hostname) => excerpt(hostname, MAX_HOST))
    .optional()
    .catch(undefined),
  cause: z.unknown().optional(),
  $metadata: z.object({ httpStatusCode: z.number().optional() }).optional().catch(undefined),
  $response: z
    .object({ headers: z.record(z.string(), z.unknown()).optional() })
    .optional()
    .catch(undefined),
})

/** See {@link foreignError}. */
export type ForeignError = z.infer<typeof foreignError>

/** The longest ARN. Source: AWS Resource Groups Tagging API reference, "ResourceARN". */
const MAX_RESOURCE = 1_011

function who(source: CredentialSource): string {
  switch (source.kind) {
    case 'profile':
      return `the profile "${source.name}"`
    case 'environment':
      return 'the credentials in the environment'
    case 'handed':
      return 'the credentials that were handed over'
    case 'given':
      return 'these credentials'
    case 'platform':
      return "this machine's role"
  }
}

/** The account in brackets, as people read its id; "" where it is not known. */
function accountWords(source: CredentialSource): string {
  const account = 'account' in source ? source.account : undefined
  return account === undefined ? '' : ` (account ${account.replaceAll(/(\d{4})(?=\d)/g, '$1 ')})`
}

/** The sentence for credentials that are no longer valid. The command that renews them is in commands.ts. */
export function expiredSentence(source: CredentialSource): string {
  if (source.kind === 'profile' && source.login !== undefined) {
    return `The login of the profile "${source.name}"${accountWords(source)} has expired: log in again.`
  }
  // Only the Demo has given keys.
  if (source.kind === 'given') return 'The keys of the Demo have expired: choose "Log in" at the top.'
  const subject = `${who(source)}${accountWords(source)}`
  if (source.kind === 'environment' || source.kind === 'handed') {
    const start = `${subject.charAt(0).toUpperCase()}${subject.slice(1)} have expired or are no longer valid`
    // The process that refuses them goes on as before.
    if (source.kind === 'handed' && source.handOver === undefined) {
      return `${start}: get new ones, then hand those over.`
    }
    // The variables of a running process cannot be changed from outside.
    if (source.handOver === undefined) return `${start}: set new ones, then start again.`
    return source.kind === 'environment' && source.offered !== undefined
      ? `${start}: hand new ones of the same role over, or use the profile "${source.offered}".`
      : `${start}: hand new ones of the same role over.`
  }
  return source.kind === 'profile' || source.kind === 'platform'
    ? `The credentials of ${subject} have expired or are no longer valid: renew them and try again.`
    : `${subject.charAt(0).toUpperCase()}${subject.slice(1)} have expired or are no longer valid: renew them and try again.`
}

/** The sentence for a second factor whose code no person can be asked for. */
export function noCodeSentence(profile: string): string {
  return (
    `The profile "${profile}" wants the code of a second factor, and nobody can be asked for it here: get temporary ` +
    'credentials with "aws sts get-session-token" and use those.'
  )
}

/** The sentence for a second factor of which every entered code was refused. */
export function wrongCodeSentence(source: CredentialSource): string {
  return `AWS did not accept the code of the second factor of ${who(source)}: retry with the next code that it shows.`
}

/** A duration for a sentence, in the largest unit that fits: "3 hours". */
function inWords(ms: number): string {
  const [size, unit] = ms >= 7_200_000 ? [3_600_000, 'hours'] : ms >= 120_000 ? [60_000, 'minutes'] : [1_000, 'seconds']
  return `${String(Math.round(ms / size))} ${unit}`
}

/** The time that AWS named, from `(20261122T031431Z + 15 min.)` or `20261122T031431Z is now earlier than …`. */
function stampsIn(message: string): number[] {
  return [...message.matchAll(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/g)].map(
    ([, year, month, day, hour, minute, second]) =>
      Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  )
}

/** How far our clock is ahead of AWS's in ms, from the answer's Date header, else from the stamps in the text. */
function skewOf(error: ForeignError, now: number): number | undefined {
  const date = error.$response?.headers?.['date'] ?? error.$response?.headers?.['Date']
  const serverAt = typeof date === 'string' ? Date.parse(date) : Number.NaN
  // A proxy may set a Date that agrees with ours although the signature was refused: then the stamps in the text decide.
  if (Math.abs(now - serverAt) > 60_000) return now - serverAt
  // "Signature expired: <ours> is now earlier than <limit> (<theirs> - 15 min.)"
  const stamps = stampsIn(error.message)
  const [ours, theirs] = [stamps[0], stamps.at(-1)]
  return ours === undefined || theirs === undefined || stamps.length < 2 ? undefined : ours - theirs
}

/** Whether the answer has a Date header that agrees with our clock, within a minute. */
export function isClockRight(error: ForeignError): boolean {
  const date = error.$response?.headers?.['date'] ?? error.$response?.headers?.['Date']
  const serverAt = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Math.abs(Date.now() - serverAt) <= 60_000
}

function skewSentence(error: ForeignError): string {
  const skewMs = skewOf(error, Date.now())
  const amount =
    skewMs === undefined
      ? 'disagrees with AWS by more than it allows'
      : `is ${inWords(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} AWS`
  return `This computer's clock ${amount}: correct the time (and switch on time synchronisation), then try again.`
}

/** The IAM action that was denied, as AWS named it; else the one of the call. */
export function deniedAction({ message }: ForeignError, { action }: ErrorContext): string {
  return /not authorized to perform:? ([\w-]{1,64}:\w{1,64})/.exec(message)?.[1] ?? action
}

function deniedSentence(error: ForeignError, context: ErrorContext): string {
  const action = deniedAction(error, context)
  const named = /on resource:? (\S+?)[.,]?(\s|$)/.exec(error.message)?.[1] ?? context.key
  const resource = named === undefined ? undefined : excerpt(named, MAX_RESOURCE)
  const reason = /explicit deny/.test(error.message) ? ' (a policy denies it explicitly)' : ''
  const subject = who(context.source)
  return (
    `${subject.charAt(0).toUpperCase()}${subject.slice(1)} may not perform ${action}` +
    `${resource === undefined ? '' : ` on ${resource}`}${reason}: ask for an IAM policy that allows it${whereToAllow(action, resource, context)}.`
  )
}

function serviceSentence(error: ForeignError, context: ErrorContext): string {
  const status = error.$metadata?.httpStatusCode ?? 0
  // The SDK's own names for an answer that it could not read.
  if (/^(|Error|TypeError|SyntaxError)$/.test(error.name) && status < 500) {
    return `What answered ${context.action} does not speak like AWS: check the endpoint and the proxy settings.`
  }
  const next = status >= 500 ? 'try again later.' : 'check the request and the account.'
  const text = excerpt(error.message)
  return `AWS answered ${context.action} with ${error.name}${text === '' ? '' : ` (${text})`}: ${next}`
}

function keySentence(error: ForeignError, { key, region, action }: ErrorContext): string {
  const subject = `The KMS key ${key === undefined ? 'that was asked for' : excerpt(key, MAX_RESOURCE)}`
  const next = 'check the key of the Session Manager preferences.'
  switch (error.name) {
    case 'NotFoundException':
      return `${subject} does not exist in ${region}: ${next}`
    case 'DisabledException':
      return `${subject} is disabled: enable it, or ${next}`
    case 'InvalidKeyUsageException':
      return `${subject} is not one for encryption and decryption with ${action}: ${next}`
    default:
      return `${subject} cannot be used now (${excerpt(error.message)}): ${next}`
  }
}

/** The sentence for an answer of AWS that means `code`. */
export function sentence(code: ServiceErrorCode, error: ForeignError, context: ErrorContext): string {
  const { region, target } = context
  switch (code) {
    case 'agent-offline':
      return (
        `The SSM agent on ${target ?? 'the target'} is not connected in ${region}: check that the instance runs, that ` +
        'its agent is up and its role allows Systems Manager, and that this is its account and region.'
      )
    case 'access-denied':
      return deniedSentence(error, context)
    case 'credentials-expired':
      return /^(InvalidSignature|SignatureDoesNotMatch|IncompleteSignature)/.test(error.name)
        ? `AWS refused the signature made with ${who(context.source)}: check the secret access key and set it anew.`
        : `${expiredSentence(context.source)}${unknownKeysHint(error, region)}`
    case 'credentials-missing':
      return missingSentence(context.source)
    case 'clock-skew':
      return skewSentence(error)
    case 'document-missing':
      return (
        `The session document ${context.document ?? 'SSM-SessionManagerRunShell'} does not exist in ${region} or is ` +
        'not a session document: check its name, or ask for it to be created.'
      )
    case 'session-gone':
      return 'The session no longer exists: start a new one.'
    case 'key-denied':
      return keySentence(error, context)
    case 'throttled':
      return `AWS asked us to slow down (${context.action}): wait a moment and try again.`
    case 'wrong-region':
      return `The region ${region} is not enabled for this account: enable it, or choose another region.`
    case 'unknown-instance':
      return `There is no instance ${target ?? ''} in ${region}: check the id, the profile and the region.`
    case 'usage':
      return `AWS refused the request (${excerpt(error.message)}): correct it and try again.`
    case 'service':
      return serviceSentence(error, context)
  }
}

/** A region that is not enabled, or of another partition, does not know the keys either, and answers with the same code. */
function unknownKeysHint(error: ForeignError, region: string): string {
  return error.name === 'UnrecognizedClientException'
    ? ` If they work in other regions, ${region} is not enabled for this account or belongs to another partition: enable it, or choose another region.`
    : ''
}

/** The sentence for missing credentials. */
export function missingSentence(source: CredentialSource): string {
  const where = source.kind === 'profile' && source.name !== 'default' ? ` in the profile "${source.name}"` : ''
  return `No AWS credentials were found${where}: choose a profile that has some, or give it some.`
}
