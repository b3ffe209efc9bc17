// The error type used between all parts and across Links, with its closed set of codes.
//
// Owns: the codes, their meanings, and the form of an error on a Link. Does not own: the sentences, which are written where
// the cause is known. A message is one sentence that ends with what to do next; programs read the code.

import { cutText } from './cut'
import { redact } from './redaction'

/** Our own sentences are shorter, including their quotes. This is the last limit, for quotes without a limit of their own. */
const MAX_MESSAGE_CHARACTERS = 4_000

/** Every code of an `AppError`, with its meaning. Stable: the command line prints them and scripts read them. */
const errorCodes = {
  usage: 'the request or the command line is malformed',
  'unknown-instance': 'no instance has this id or Name here',
  'ambiguous-name': 'several instances bear this Name',
  'wrong-region': 'the region does not exist, or the instance id is not in it',
  'agent-offline': 'the SSM agent on the target is not connected',
  'access-denied': 'the credentials are valid but may not do this',
  'credentials-missing': 'no AWS credentials were found',
  'credentials-expired': 'the credentials have expired or were revoked',
  'region-missing': 'no region is set',
  'profile-unknown': 'the named AWS profile does not exist or cannot be read',
  'clock-skew': 'this computer disagrees with AWS about the time',
  'document-missing': 'the session document does not exist in this account and region',
  throttled: 'AWS asked us to slow down',
  service: 'AWS answered with a fault of its own',
  network: 'the service could not be reached',
  timeout: 'an answer did not come in time',
  'stream-url-refused': 'the service named a stream URL that Culvert will not connect to',
  'upgrade-refused': 'the message gateway refused the WebSocket',
  protocol: 'the peer broke the protocol',
  'session-gone': 'the session no longer exists and cannot be resumed',
  'session-ended': 'the service ended the session',
  'session-terminated': 'the session was ended from outside, by somebody who may',
  'idle-timeout': 'the session was ended because nothing passed for as long as the account allows',
  'max-duration': 'the session was ended because it reached the longest time that the account allows',
  'agent-too-old': 'the agent on the instance does not know this kind of session',
  'not-supported': 'AWS does not offer this kind of session for this target',
  'encryption-unsupported': 'the session wants an encryption that this build does not speak',
  'encryption-failed': 'the session could not be encrypted or decrypted',
  'key-denied': 'AWS KMS refused the key',
  'port-in-use': 'another program listens on the local port',
  'port-not-allowed': 'this user may not listen on the local port',
  'destination-refused': 'the instance could not connect to the destination',
  'destination-forbidden': 'the agent forbids forwarding to this destination',
  'connection-limit':
    'a local connection came that was one more than the forward, or the open files of this process, allow',
  'forward-expired': 'the forward reached the time that it was set to end after',
  'authorization-refused': 'the authorization token is malformed, unknown, used or expired, or too many are pending',
  'tunnel-down': 'a local connection came during an outage and was held too long',
  'reader-stalled': 'a local program stopped reading and held too much memory',
  'name-taken': 'another forward or saved target has this name',
  'unknown-forward': 'no saved forward has this id or name',
  'unknown-target': 'no saved target has this id or name',
  'no-good-host': 'no host of this set runs with its agent online',
  'exec-blocked': 'no command can be executed in this container',
  'container-full': 'this container has as many sessions as AWS allows',
  'task-failed': 'the task of an ephemeral session was not started, or has ended',
  'entry-point': 'the image has ignored the command of the ephemeral session, or has no sh',
  'ephemeral-limit': 'as many ephemeral sessions are open as the environment allows',
  'drain-unreachable': 'a required drain cannot be reached, or has no room',
  'recording-failed': 'the recording cannot be written or read',
  'unknown-drain': 'no saved drain has this id',
  'directory-locked': 'another Culvert holds the data directory',
  'data-directory': 'the data directory cannot be used',
  'not-running': 'no Culvert is running on this data directory',
  'simulator-failed': 'the Demo environment could not be started, or has ended by itself',
  internal: 'a fault in Culvert',
} as const

/** One of the codes above. */
export type ErrorCode = keyof typeof errorCodes

/** An error a person can act on: a code for programs, and a sentence that says what to do next. */
export class AppError extends Error {
  readonly code: ErrorCode
  /** The AWS command that fixes the error or shows its cause, as typed into a shell. */
  readonly command: string | undefined
  /** The AWS profile whose SSO login has to be renewed, which Culvert itself can do: `Log in`, `culvert login`. */
  readonly loginProfile: string | undefined

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown
      readonly command?: string | undefined
      readonly loginProfile?: string | undefined
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'AppError'
    this.code = code
    this.command = options.command
    this.loginProfile = options.loginProfile
  }
}

/** An error on a Link: without stack and cause. */
export interface WireError {
  readonly code: ErrorCode
  readonly message: string
  /** See `AppError`. */
  readonly command?: string
  /** See `AppError`. A name from the AWS files. */
  readonly loginProfile?: string
}

/**
 * Reduces any thrown value to what may cross a Link or be stored: redacted, because services quote their requests, and limited
 * to a few thousand characters. Values other than an `AppError` become `internal`.
 */
export function toWireError(error: unknown): WireError {
  const tell = (text: string): string => redact(cutText(text, MAX_MESSAGE_CHARACTERS))
  if (error instanceof AppError) {
    const { code, message, command, loginProfile } = error
    return {
      code,
      message: tell(message),
      ...(command === undefined ? {} : { command: tell(command) }),
      ...(loginProfile === undefined ? {} : { loginProfile }),
    }
  }
  const why = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `Something went wrong inside Culvert (${tell(why)}).` }
}

/** Rebuilds an `AppError` at the other end of a Link. */
export function fromWireError(wire: WireError): AppError {
  return new AppError(wire.code, wire.message, { command: wire.command, loginProfile: wire.loginProfile })
}

/** Whether `value` is one of the known codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCodes, value)
}

/** Turns any thrown value into an `Error`; an `Error` is returned as it is. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}

/** Turns any thrown value into an `AppError`; other values become `internal`. */
export function asAppError(thrown: unknown): AppError {
  return thrown instanceof AppError ? thrown : new AppError('internal', asError(thrown).message, { cause: thrown })
}

/** Node's code of a failed call ("ENOENT", …), if the error has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
