// Translates errors of AWS, and of the network on the way to it, into AppErrors. No other file knows their names.
//
// Classified by code, never by HTTP status: the same failure of credentials is a 400 from one front end and a 403 from
// another. What is said to the user is in sentences.ts. Source: specification §1.1 and §1.2; EC2 API reference, "Error
// codes"; AWS "Common errors".

import { lookup } from 'node:dns/promises'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import { isFipsHost, isRegionalHost } from '../../../shared/partitions'
import { AppError, asError, type ErrorCode } from '../../../shared/errors'
import { badRequestMeaning, isBadRequest } from './badrequest'
import { loginProfile, mendingCommand } from './commands'
import { Denial } from './denied'
import { ecsMeaning } from './ecs'
import { excerpt } from './foreigntext'
import {
  deniedAction,
  foreignError,
  isClockRight,
  sentence,
  type ErrorContext,
  type ForeignError,
  type ServiceErrorCode,
} from './sentences'

/** A host of AWS that always exists. If it cannot be looked up, name resolution is broken and the region is not at fault. */
const SURE_HOST = 'ssm.us-east-1.amazonaws.com'

/** A name service that works answers within a second; a broken one must not hold up the error. */
const LOOKUP_TIMEOUT_MS = 3_000

const codes: Readonly<Record<string, ServiceErrorCode | 'network'>> = {
  TargetNotConnected: 'agent-offline',
  AccessDenied: 'access-denied',
  AccessDeniedException: 'access-denied',
  UnauthorizedOperation: 'access-denied',
  ForbiddenException: 'access-denied',
  ExpiredToken: 'credentials-expired',
  ExpiredTokenException: 'credentials-expired',
  TokenRefreshRequired: 'credentials-expired',
  UnrecognizedClientException: 'credentials-expired',
  InvalidClientTokenId: 'credentials-expired',
  AuthFailure: 'credentials-expired',
  UnauthorizedException: 'credentials-expired',
  InvalidSignatureException: 'credentials-expired',
  SignatureDoesNotMatch: 'credentials-expired',
  IncompleteSignature: 'credentials-expired',
  IncompleteSignatureException: 'credentials-expired',
  MissingAuthenticationToken: 'credentials-missing',
  MissingAuthenticationTokenException: 'credentials-missing',
  RequestExpired: 'clock-skew',
  RequestTimeTooSkewed: 'clock-skew',
  RequestInTheFuture: 'clock-skew',
  InvalidDocument: 'document-missing',
  DoesNotExistException: 'session-gone',
  NotFoundException: 'key-denied',
  DisabledException: 'key-denied',
  KMSInvalidStateException: 'key-denied',
  InvalidKeyUsageException: 'key-denied',
  BandwidthLimitExceeded: 'throttled',
  PriorRequestNotComplete: 'throttled',
  RequestThrottledException: 'throttled',
  SlowDown: 'throttled',
  Throttling: 'throttled',
  ThrottlingException: 'throttled',
  ThrottledException: 'throttled',
  RequestLimitExceeded: 'throttled',
  RequestThrottled: 'throttled',
  TooManyRequestsException: 'throttled',
  EC2ThrottledException: 'throttled',
  OptInRequired: 'wrong-region',
  RegionDisabledException: 'wrong-region',
  ValidationException: 'usage',
  ValidationError: 'usage',
  InvalidParameters: 'usage',
  InvalidTarget: 'unknown-instance',
  InvalidInstanceId: 'unknown-instance',
  'InvalidInstanceID.NotFound': 'unknown-instance',
  'InvalidInstanceID.Malformed': 'unknown-instance',
  UnknownHostException: 'network',
  TimeoutError: 'network',
}

/** Codes of Node's sockets, resolver and TLS that mean that the service was not reached. */
const networkCodes =
  /^(E(CONN(REFUSED|RESET|ABORTED)|TIMEDOUT|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL|PIPE|AI_AGAIN|NOTFOUND|PROTO)|ERR_(TLS|SSL|SOCKET|PROXY)_.*|.*CERT.*|UNABLE_TO_.*)$/

/** The innermost error that has a code of Node's, with that code. */
function socketError(error: unknown, depth = 0): ForeignError | undefined {
  const parsed = foreignError.safeParse(error)
  if (!parsed.success || depth > 5) return undefined
  if (parsed.data.code !== undefined && networkCodes.test(parsed.data.code)) return parsed.data
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : parsed.data.cause
  return socketError(inner, depth + 1)
}

/** Node's code of an error ("ENOENT"); undefined without one. */
export function nodeCode(error: unknown): string | undefined {
  const parsed = foreignError.safeParse(error)
  return parsed.success ? parsed.data.code : undefined
}

function descriptorsOut(code: string, cause: unknown): AppError {
  const who = code === 'ENFILE' ? 'This computer has' : 'Culvert has'
  const next =
    code === 'ENFILE' ? 'close programs' : 'close connections or terminals, or start it with a higher limit (ulimit -n)'
  return new AppError('internal', `${who} as many files and connections open as it may (${code}): ${next}.`, { cause })
}

/** The error for a process (EMFILE) or computer (ENFILE) without free descriptors; undefined for other errors. */
export function descriptorError(error: unknown, depth = 0): AppError | undefined {
  const parsed = foreignError.safeParse(error)
  if (!parsed.success || depth > 5) return undefined
  // The SDK's providers keep only the text of the original error.
  const code =
    /^(EMFILE|ENFILE)$/.exec(parsed.data.code ?? '')?.[1] ?? /\b(EMFILE|ENFILE)\b/.exec(parsed.data.message)?.[1]
  if (code !== undefined) return descriptorsOut(code, error)
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : parsed.data.cause
  return inner === undefined ? undefined : descriptorError(inner, depth + 1)
}

/** The same for a failed name look-up: without descriptors the resolver reports an unknown host. */
function descriptorsNow(cause: unknown): AppError | undefined {
  try {
    closeSync(openSync(devNull, 'r'))
    return undefined
  } catch (error) {
    const code = nodeCode(error)
    return code === 'EMFILE' || code === 'ENFILE' ? descriptorsOut(code, cause) : undefined
  }
}

async function canLookUp(host: string): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), LOOKUP_TIMEOUT_MS)
  })
  const answer = lookup(host).then(
    () => true,
    () => false,
  )
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

/** Turns an error of sockets, name service or TLS into `network` or `wrong-region`. */
async function networkError(error: ForeignError, context: ErrorContext, cause: unknown): Promise<AppError> {
  const { code = '', hostname } = error
  const { region } = context
  const make = (kind: ErrorCode, text: string): AppError => new AppError(kind, text, { cause })
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const out = descriptorsNow(cause)
    if (out !== undefined) return out
  }
  if (code === 'ENOTFOUND' && hostname !== undefined) {
    if (isRegionalHost(hostname, region) && (await (context.isKnownHost ?? canLookUp)(SURE_HOST))) {
      if (isFipsHost(hostname)) {
        return make(
          'wrong-region',
          `There is no FIPS endpoint ${hostname}: set AWS_USE_FIPS_ENDPOINT (use_fips_endpoint of the profile) to false, or choose a region that has one.`,
        )
      }
      return make(
        'wrong-region',
        `There is no AWS region ${region} (${hostname} does not exist): choose another region.`,
      )
    }
    const fips = isFipsHost(hostname) ? ' whether the region has FIPS endpoints (AWS_USE_FIPS_ENDPOINT), and' : ''
    return make('network', `The host ${hostname} could not be found: check${fips} the network, VPN and proxy settings.`)
  }
  if (/CERT|UNABLE_TO_/.test(code)) {
    const hint = /EXPIRED|NOT_YET_VALID/.test(code)
      ? "check this computer's clock, and the certificate."
      : 'if a proxy inspects TLS here, set AWS_CA_BUNDLE to its certificate.'
    return make('network', `The service's certificate could not be verified (${code}): ${hint}`)
  }
  // Node's message, where it is short: it names the address ("connect ECONNREFUSED 127.0.0.1:9").
  const what = /^[a-z]+ E[A-Z]+( \S+)?$/.test(error.message) ? error.message : code || error.name
  return make('network', `The service could not be reached (${what}): check the network, VPN and proxy settings.`)
}

/**
 * Turns anything that an SDK call threw into an `AppError` with a code and a sentence that says what to do next. May ask
 * the name service once, to tell a region that does not exist from a network that does not work. An `AppError` passes.
 */
export async function toAppError(thrown: unknown, context: ErrorContext): Promise<AppError> {
  if (thrown instanceof AppError) return thrown
  const out = descriptorError(thrown)
  if (out !== undefined) return out
  const socket = socketError(thrown)
  if (socket !== undefined) return networkError(socket, context, thrown)
  const parsed = foreignError.safeParse(thrown)
  if (!parsed.success)
    return new AppError('internal', `Something odd was thrown (${excerpt(asError(thrown).message)}).`)
  const error = parsed.data
  // Only a proxy answers 407, so the status alone decides.
  if (error.$metadata?.httpStatusCode === 407) {
    const text =
      'The proxy asks for a login: put user and password into HTTPS_PROXY, as http://user:password@host:port.'
    return new AppError('network', text, { cause: thrown })
  }
  if (isBadRequest(error.name, context.action)) {
    const meaning = badRequestMeaning(error.message, context.target)
    return new AppError(meaning.code, meaning.message, { cause: thrown })
  }
  const ecs = ecsMeaning(error, context)
  if (ecs !== undefined) return new AppError(ecs.code, ecs.message, { cause: thrown, command: ecs.command })
  const isAboutTime = /signature expired|signature not yet current|not yet current/i.test(error.message)
  // EC2 has one code for expired keys and for a request from another time. Source: EC2 API reference, "Error codes".
  const isExpiry = error.name === 'RequestExpired' && isClockRight(error)
  const code = isAboutTime ? 'clock-skew' : isExpiry ? 'credentials-expired' : (codes[error.name] ?? 'service')
  if (code === 'network') return networkError(error, context, thrown)
  const options = {
    cause: thrown,
    command: mendingCommand(code, context),
    loginProfile: loginProfile(code, context.source),
  }
  const text = sentence(code, error, context)
  return code === 'access-denied'
    ? new Denial(deniedAction(error, context), text, options)
    : new AppError(code, text, options)
}
