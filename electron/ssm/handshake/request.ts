// Reads the agent's HandshakeRequest, and writes the response with one result for each requested action. Pure.
//
// An encryption action needs a data key, which takes a call to KMS. The result of that call is passed in when the response is written.
// Source: specification §5.2, §5.3; the reference reports unsupported actions with status 0 (D23), we with 3.

import { AppError } from '../../../shared/errors'
import type { KeyOutcome } from './keyexchange'
import {
  ActionStatus,
  formatHandshakeResponse,
  formatKmsResult,
  parseHandshakeRequest,
  parseKmsRequest,
  parseSessionType,
  type KmsRequest,
  type ProcessedAction,
} from '../codec/payloads'

const KNOWN_SESSION_TYPES = new Set(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands', 'Port'])
const KMS_ACTION = 'KMSEncryption'

/** What the agent asked for. */
export interface AgentHandshake {
  readonly agentVersion: string
  readonly sessionType: string
  readonly properties: Readonly<Record<string, string>>
  /** Set where the session is to be encrypted: what to get a key with. The response waits for that key. */
  readonly encryption: KmsRequest | undefined
  /** Set where the response refuses an action. The session ends with this error. */
  readonly error: AppError | undefined
  /** For `formatResponse`. */
  readonly actions: readonly ProcessedAction[]
}

interface Judged {
  readonly action: ProcessedAction
  readonly error?: AppError
  readonly learnt?: Partial<Pick<AgentHandshake, 'sessionType' | 'properties' | 'encryption'>>
}

function accept(actionType: string, learnt: NonNullable<Judged['learnt']>): Judged {
  return { action: { actionType, status: ActionStatus.success, error: '' }, learnt }
}

function judgeSessionType(actionType: string, parameters: unknown): Judged {
  const asked = parseSessionType(parameters)
  if (KNOWN_SESSION_TYPES.has(asked.sessionType)) return accept(actionType, asked)
  const text = `The document asks for a session type that Culvert does not know (${asked.sessionType}).`
  return {
    action: fail(actionType, `Unknown session type ${asked.sessionType}`),
    error: new AppError('protocol', text),
  }
}

function judge(actionType: string, parameters: unknown, canEncrypt: boolean): Judged {
  if (actionType === 'SessionType') return judgeSessionType(actionType, parameters)
  if (actionType === KMS_ACTION && canEncrypt) return accept(actionType, { encryption: parseKmsRequest(parameters) })
  if (actionType === KMS_ACTION) {
    const text = 'The account encrypts its sessions with KMS, and this connection has no way to a key. Update Culvert.'
    const error = new AppError('encryption-unsupported', text)
    return { action: fail(actionType, 'encryption is not supported'), error }
  }
  const action: ProcessedAction = {
    actionType,
    status: ActionStatus.unsupported,
    error: `Unsupported action ${actionType}`,
  }
  const error = actionType.endsWith('Encryption')
    ? new AppError(
        'encryption-unsupported',
        `The agent wants an encryption that Culvert does not know (${actionType}). Update Culvert.`,
      )
    : new AppError('protocol', `The agent asks for something that Culvert does not know (${actionType}).`)
  return { action, error }
}

function fail(actionType: string, why: string): ProcessedAction {
  return { actionType, status: ActionStatus.failed, error: `Failed to process action ${actionType}: ${why}` }
}

/**
 * Reads a HandshakeRequest. An unknown session type is answered with status 2, encryption without a way to a key with 2, any
 * other action with 3; each of them also sets `error`. Throws `protocol` when it cannot be read.
 */
export function readHandshake(payload: Buffer, options: { readonly canEncrypt: boolean }): AgentHandshake {
  const request = parseHandshakeRequest(payload)
  const judged = (request.RequestedClientActions ?? []).map((action) =>
    judge(action.ActionType, action.ActionParameters, options.canEncrypt),
  )
  return {
    agentVersion: request.AgentVersion,
    sessionType:
      judged.find(({ learnt }) => learnt?.sessionType !== undefined)?.learnt?.sessionType ?? 'Standard_Stream',
    properties: judged.find(({ learnt }) => learnt?.properties !== undefined)?.learnt?.properties ?? {},
    encryption: judged.find(({ learnt }) => learnt?.encryption !== undefined)?.learnt?.encryption,
    error: judged.find(({ error }) => error !== undefined)?.error,
    actions: judged.map(({ action }) => action),
  }
}

/** Writes our one response. `key` is the outcome of `handshake.encryption`, undefined where nothing is encrypted. */
export function formatResponse(handshake: AgentHandshake, key: KeyOutcome | undefined): Buffer {
  const actions = handshake.actions.map((action): ProcessedAction => {
    if (action.actionType !== KMS_ACTION || key === undefined) return action
    // The agent is not told why: the text of the error names things of the user's account.
    if (key.kind === 'failed') return fail(KMS_ACTION, 'the client could not get a data key')
    return { ...action, result: formatKmsResult(key.ciphertextBlob, key.isChallengeUsed) }
  })
  const errors = actions
    .filter(({ status }) => status !== ActionStatus.success)
    .map(({ actionType, error }) => error.replace(`Failed to process action ${actionType}: `, ''))
  return formatHandshakeResponse(actions, errors)
}
