// The agent's half of the handshake: what it asks, how it judges the answer, what it says at the end. Pure.
//
// Source: amazon-ssm-agent agent/session/datachannel; specification §5; vectors agent-handshake-*.

import {
  ActionStatus,
  formatHandshakeComplete,
  formatHandshakeRequest,
  parseHandshakeResponse,
} from '../../ssm/codec/payloads'
import { ENCRYPTED_MESSAGE } from './keys'
import { clientFeatures } from './gates'
import type { SessionPlan } from './plugin'

/** How long an agent waits for the HandshakeResponse. */
export const HANDSHAKE_TIMEOUT_MS = 15_000

/** What the session fails with when no HandshakeResponse comes. */
export const HANDSHAKE_TIMED_OUT =
  'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.'

const KMS_ACTION = 'KMSEncryption'

const UPDATE_PLUGIN =
  'Please update session manager plugin version (minimum required version 1.2.312.0) for fully support of separate StdOut/StdErr output.\r\n'

/** Whether an agent shakes hands for this plan: without encryption, shells and interactive commands do not. */
export function needsHandshake(plan: SessionPlan, isEncrypted: boolean): boolean {
  return isEncrypted || plan.kind === 'port' || plan.kind === 'command'
}

const SESSION_TYPES = {
  shell: 'Standard_Stream',
  'interactive-command': 'InteractiveCommands',
  command: 'NonInteractiveCommands',
} as const

/**
 * Formats the HandshakeRequest of a plan. Properties go out in alphabetical order, and are null for all but ports. `kms` are
 * the parameters of the encryption; undefined for a session that is not encrypted.
 */
export function handshakeRequest(
  agentVersion: string,
  plan: SessionPlan,
  kms?: Readonly<Record<string, string>>,
): Buffer {
  const parameters =
    plan.kind === 'port'
      ? {
          SessionType: 'Port',
          Properties: Object.fromEntries(Object.entries(plan.properties).sort(([a], [b]) => (a < b ? -1 : 1))),
        }
      : { SessionType: SESSION_TYPES[plan.kind], Properties: null }
  return formatHandshakeRequest(agentVersion, [
    { ActionType: 'SessionType', ActionParameters: parameters },
    ...(kms === undefined ? [] : [{ ActionType: KMS_ACTION, ActionParameters: kms }]),
  ])
}

/** What an agent makes of a HandshakeResponse; `error` is "" when the session may go on. */
export interface HandshakeVerdict {
  readonly clientVersion: string
  readonly error: string
  /** What the client answered to the request for encryption; undefined where it said nothing of it. */
  readonly kmsResult?: unknown
}

/**
 * Judges a HandshakeResponse: every status but success fails the session, an empty list passes, and success for an unknown
 * action passes too. Throws `protocol` on what is not a response; such a message is not acknowledged.
 */
export function judgeHandshakeResponse(payload: Buffer): HandshakeVerdict {
  const response = parseHandshakeResponse(payload)
  const errors = (response.ProcessedClientActions ?? [])
    .filter((action) => action.ActionStatus !== ActionStatus.success)
    .map((action) => `${action.ActionType} failed on client with status ${action.ActionStatus} error: ${action.Error}`)
  const kms = response.ProcessedClientActions?.find((action) => action.ActionType === KMS_ACTION)
  return {
    clientVersion: response.ClientVersion,
    error: errors.join(' '),
    ...(kms === undefined ? {} : { kmsResult: kms.ActionResult }),
  }
}

/** Formats the HandshakeComplete; an old client that asked for separate output is told to update. */
export function handshakeComplete(
  durationMs: number,
  plan: SessionPlan,
  client: { readonly version: string; readonly isEncrypted: boolean },
): Buffer {
  const wantsUpdate =
    plan.kind === 'command' && plan.hasSeparateOutput && clientFeatures(client.version).tooOldForSeparateOutput
  const message = `${wantsUpdate ? UPDATE_PLUGIN : ''}${client.isEncrypted ? ENCRYPTED_MESSAGE : ''}`
  return formatHandshakeComplete(Math.round(durationMs * 1_000_000), message)
}

/** How the service words a failure before the session's plugin ran. */
export function handshakeFailure(error: string): string {
  return `\n----------ERROR-------\nEncountered error while initiating handshake. ${error}`
}
