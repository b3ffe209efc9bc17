// The JSON payloads of the data channel: format and parse. Parsed by schema, never cast.
//
// Keys keep AWS spelling and the order of the reference. Every parser throws `protocol` where the payload has another shape.
// Source: amazon-ssm-agent agent/session/contracts, session-manager-plugin src/message; specification §2.1, §4.2, §5.

import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import type { TerminalSize } from '../../../shared/model/terminal'
import { CLIENT_VERSION } from './version'

function parser<T>(what: string, schema: z.ZodType<T>): (payload: Uint8Array | string) => T {
  return (payload) => {
    let value: unknown
    try {
      value = JSON.parse(typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8'))
    } catch (error) {
      throw new AppError('protocol', `The peer sent a ${what} that is not JSON.`, { cause: error })
    }
    const result = schema.safeParse(value)
    if (!result.success) {
      throw new AppError('protocol', `The peer sent a ${what} of the wrong shape.`, { cause: result.error })
    }
    return result.data
  }
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}

const sequenceNumber = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)

/** The first text frame of a client on every socket. `clientId` is one UUID for the whole session. */
export interface OpenDataChannel {
  readonly requestId: string
  readonly tokenValue: string
  readonly clientId: string
}

/** Formats the open message, keys in the reference's order. The result carries the token: never log it. */
export function formatOpenDataChannel(open: OpenDataChannel): string {
  return JSON.stringify({
    MessageSchemaVersion: '1.0',
    RequestId: open.requestId,
    TokenValue: open.tokenValue,
    ClientId: open.clientId,
    ClientVersion: CLIENT_VERSION,
  })
}

/** Parses a client's open message. ClientId and ClientVersion may be absent: third-party clients omit them. */
export const parseOpenDataChannel = parser(
  'open message',
  z.object({
    MessageSchemaVersion: z.string(),
    RequestId: z.string(),
    TokenValue: z.string(),
    ClientId: z.string().optional(),
    ClientVersion: z.string().optional(),
  }),
)

/** What an acknowledgement says. Only the sequence number is matched. */
export interface Acknowledge {
  readonly messageType: string
  readonly messageId: string
  readonly sequenceNumber: number
}

/** Formats the payload of an acknowledgement. */
export function formatAcknowledge(acknowledge: Acknowledge): Buffer {
  return toJson({
    AcknowledgedMessageType: acknowledge.messageType,
    AcknowledgedMessageId: acknowledge.messageId,
    AcknowledgedMessageSequenceNumber: acknowledge.sequenceNumber,
    IsSequentialMessage: true,
  })
}

/** Parses the payload of an acknowledgement. */
export const parseAcknowledge = parser(
  'acknowledgement',
  z
    .object({
      AcknowledgedMessageType: z.string(),
      AcknowledgedMessageId: z.string(),
      AcknowledgedMessageSequenceNumber: sequenceNumber,
    })
    .transform((json): Acknowledge => ({
      messageType: json.AcknowledgedMessageType,
      messageId: json.AcknowledgedMessageId,
      sequenceNumber: json.AcknowledgedMessageSequenceNumber,
    })),
)

/** Formats a Size payload, key order cols then rows. */
export function formatSize(size: TerminalSize): Buffer {
  return toJson({ cols: size.cols, rows: size.rows })
}

const dimension = z.number().int().nonnegative().max(65_535)
/** Parses a Size payload. */
export const parseSize = parser('size', z.object({ cols: dimension, rows: dimension }))

/** Formats a Flag payload: one u32, big-endian. */
export function formatFlag(flag: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(flag)
  return payload
}

/** Parses a Flag payload; longer payloads are read by their first four bytes. */
export function parseFlag(payload: Buffer): number {
  if (payload.length < 4) throw new AppError('protocol', 'The peer sent a flag of less than four bytes.')
  return payload.readUInt32BE(0)
}

// An agent asks for at most two actions, with short names. The response has one entry for each action, so this bounds its size.
const MAX_ACTIONS = 32
const shortText = z.string().max(200)

const requestedAction = z.object({ ActionType: shortText, ActionParameters: z.unknown() })

/** Formats a HandshakeRequest. For the simulator's agent. */
export function formatHandshakeRequest(
  agentVersion: string,
  actions: readonly { readonly ActionType: string; readonly ActionParameters: unknown }[],
): Buffer {
  return toJson({ AgentVersion: agentVersion, RequestedClientActions: actions })
}

/** Parses a HandshakeRequest; the parameters of each action stay unparsed. */
export const parseHandshakeRequest = parser(
  'handshake request',
  z.object({ AgentVersion: shortText, RequestedClientActions: z.array(requestedAction).max(MAX_ACTIONS).nullable() }),
)

const sessionTypeParameters = z.object({
  SessionType: shortText,
  Properties: z.record(z.string(), z.unknown()).nullish(),
})

/** Reads the parameters of a SessionType action. Properties keep string values only. */
export function parseSessionType(parameters: unknown): {
  readonly sessionType: string
  readonly properties: Readonly<Record<string, string>>
} {
  const result = sessionTypeParameters.safeParse(parameters)
  if (!result.success) {
    throw new AppError('protocol', 'The agent named no session type in its handshake.', { cause: result.error })
  }
  const properties: Record<string, string> = {}
  for (const [key, value] of Object.entries(result.data.Properties ?? {})) {
    if (typeof value === 'string') properties[key] = value
  }
  return { sessionType: result.data.SessionType, properties }
}

// An ARN of KMS has at most 2,048 characters. Source: AWS KMS API reference, KeyId.
const kmsParameters = z.object({ KMSKeyId: z.string().min(1).max(2_048), Challenge: z.string().max(10_000).nullish() })

/** What an agent asks a session's data key with. */
export interface KmsRequest {
  /** An ARN, an id or an alias. */
  readonly kmsKeyId: string
  /** Goes into the key's encryption context verbatim. Older agents send none. */
  readonly challenge: string | undefined
}

/** Reads the parameters of a KMSEncryption action. */
export function parseKmsRequest(parameters: unknown): KmsRequest {
  const result = kmsParameters.safeParse(parameters)
  if (!result.success) {
    throw new AppError('protocol', 'The agent named no KMS key in its handshake.', { cause: result.error })
  }
  return { kmsKeyId: result.data.KMSKeyId, challenge: result.data.Challenge || undefined }
}

/**
 * The ActionResult of a KMSEncryption action. It tells the agent whether the challenge is part of the key's context; undefined
 * where the agent gave none.
 */
export function formatKmsResult(ciphertextBlob: Uint8Array, isChallengeUsed: boolean | undefined): unknown {
  return {
    KMSCipherTextKey: Buffer.from(ciphertextBlob).toString('base64'),
    KMSCipherTextHash: null,
    ...(isChallengeUsed === undefined ? {} : { ChallengeAcknowledgement: isChallengeUsed }),
  }
}

/** Formats an EncChallengeRequest or EncChallengeResponse around the sealed challenge. */
export function formatChallenge(sealed: Buffer): Buffer {
  return toJson({ Challenge: sealed.toString('base64') })
}

const challenge = parser('encryption challenge', z.object({ Challenge: z.string() }))

/** Parses an EncChallengeRequest or EncChallengeResponse to the sealed challenge. */
export function parseChallenge(payload: Uint8Array | string): Buffer {
  return Buffer.from(challenge(payload).Challenge, 'base64')
}

/** Values of ActionStatus in a HandshakeResponse. The agent fails the session on anything but success. */
export const ActionStatus = { success: 1, failed: 2, unsupported: 3 } as const

/** One processed action of a HandshakeResponse. `error` is empty on success. */
export interface ProcessedAction {
  readonly actionType: string
  readonly status: (typeof ActionStatus)[keyof typeof ActionStatus]
  readonly result?: unknown
  readonly error: string
}

/** Formats a HandshakeResponse that reports our client version. `errors` become the reference's Errors list, or null. */
export function formatHandshakeResponse(actions: readonly ProcessedAction[], errors: readonly string[]): Buffer {
  return toJson({
    ClientVersion: CLIENT_VERSION,
    ProcessedClientActions: actions.map((action) => ({
      ActionType: action.actionType,
      ActionStatus: action.status,
      ActionResult: action.result ?? null,
      Error: action.error,
    })),
    Errors: errors.length === 0 ? null : errors,
  })
}

/**
 * Parses a HandshakeResponse, for the simulator's agent. A missing key gets its zero value, as in Go, the language of the agent:
 * some clients leave keys out.
 */
export const parseHandshakeResponse = parser(
  'handshake response',
  z.object({
    ClientVersion: z.string().default(''),
    ProcessedClientActions: z
      .array(
        z.object({
          ActionType: z.string().default(''),
          ActionStatus: z.number().default(0),
          ActionResult: z.unknown().optional(),
          Error: z.string().default(''),
        }),
      )
      .nullish(),
    Errors: z.array(z.string()).nullish(),
  }),
)

/** Formats a HandshakeComplete. `durationNs` is an integer. For the simulator's agent. */
export function formatHandshakeComplete(durationNs: number, customerMessage: string): Buffer {
  return toJson({ HandshakeTimeToComplete: durationNs, CustomerMessage: customerMessage })
}

/** Parses a HandshakeComplete. */
export const parseHandshakeComplete = parser(
  'handshake completion',
  z.object({ HandshakeTimeToComplete: z.number(), CustomerMessage: z.string().nullish() }),
)

/** Parses the payload of channel_closed. `Output` is the text of the service or the agent, often empty. */
export const parseChannelClosed = parser(
  'channel_closed',
  z.object({ SessionId: z.string().nullish(), Output: z.string().nullish() }),
)
