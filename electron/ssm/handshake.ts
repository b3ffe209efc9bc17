// Answers the agent's HandshakeRequest: which actions it wants, what we say to each, and what we learn from it.
//
// Source: specification §5.2, §5.3; the reference reports unsupported actions with status 0 (D23), we with 3.

import { AppError } from '../../shared/errors'
import {
  ActionStatus,
  formatHandshakeResponse,
  parseHandshakeRequest,
  parseSessionType,
  type ProcessedAction,
} from './payloads'

const KNOWN_SESSION_TYPES = new Set(['Standard_Stream', 'InteractiveCommands', 'NonInteractiveCommands', 'Port'])

/** What a handshake told us, and the payload of our one response. */
export interface AgentHandshake {
  readonly agentVersion: string
  readonly sessionType: string
  readonly properties: Readonly<Record<string, string>>
  readonly response: Buffer
  /** Set where the response refuses: the session cannot go on. */
  readonly error?: AppError
}

/**
 * Reads a HandshakeRequest and writes the answer. An unknown session type is answered with status 2, KMS encryption (not
 * spoken yet) with 2, any other action with 3; each of them also sets `error`. Throws `protocol` when it cannot be read.
 */
export function answerHandshake(payload: Buffer): AgentHandshake {
  const request = parseHandshakeRequest(payload)
  let sessionType = 'Standard_Stream'
  let properties: Readonly<Record<string, string>> = {}
  let failure: AppError | undefined
  const errors: string[] = []
  const actions = (request.RequestedClientActions ?? []).map((action): ProcessedAction => {
    const refuse = (status: 2 | 3, error: string, reported: string, appError: AppError): ProcessedAction => {
      errors.push(reported)
      failure ??= appError
      return { actionType: action.ActionType, status, error }
    }
    if (action.ActionType === 'SessionType') {
      const asked = parseSessionType(action.ActionParameters)
      if (KNOWN_SESSION_TYPES.has(asked.sessionType)) {
        sessionType = asked.sessionType
        properties = asked.properties
        return { actionType: action.ActionType, status: ActionStatus.success, error: '' }
      }
      const reported = `Unknown session type ${asked.sessionType}`
      return refuse(
        ActionStatus.failed,
        `Failed to process action SessionType: ${reported}`,
        reported,
        new AppError(
          'protocol',
          `The document asks for a session type that Culvert does not know (${asked.sessionType}).`,
        ),
      )
    }
    if (action.ActionType === 'KMSEncryption') {
      const reported = 'encryption is not supported'
      return refuse(
        ActionStatus.failed,
        `Failed to process action KMSEncryption: ${reported}`,
        reported,
        new AppError(
          'encryption-unsupported',
          'The account encrypts its shell sessions with KMS, which this version does not speak yet. Port forwarding works.',
        ),
      )
    }
    const reported = `Unsupported action ${action.ActionType}`
    return refuse(
      ActionStatus.unsupported,
      reported,
      reported,
      new AppError('protocol', `The agent asks for something that Culvert does not know (${action.ActionType}).`),
    )
  })
  return {
    agentVersion: request.AgentVersion,
    sessionType,
    properties,
    response: formatHandshakeResponse(actions, errors),
    ...(failure === undefined ? {} : { error: failure }),
  }
}
