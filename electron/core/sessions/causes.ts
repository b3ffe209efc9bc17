// Translates the service's text at the end of a session (`channel_closed`) into an error that a person can act on. Pure.
//
// The idle text and the agent's texts were recorded from AWS. The texts at the maximum duration and after a termination were never
// recorded, so those are recognized by their words. Source: specification §3.6, §10.6, §10.7.

import { AppError } from '../../../shared/errors'
import { spanWords } from '../../../shared/status'
import type { SessionLimits } from '../../../shared/session'

const AGENT_MARK = /-{4,}ERROR-{4,}/
const MINUTE_MS = 60_000

/** The error of a session that the service ended with `text`. `limits`: the account's limits, if they were read. */
export function endedCause(text: string, limits?: SessionLimits): AppError {
  const said = text.replace(AGENT_MARK, '').trim()
  return agentCause(said) ?? serviceCause(said, text, limits) ?? otherCause(said, AGENT_MARK.test(text))
}

/** The error of a port session that was ended without a text. No port session ends like that by itself. */
export function terminatedCause(): AppError {
  return new AppError(
    'session-terminated',
    'The session was ended from outside, by somebody who may end sessions here or with its agent. A new one can be opened at once.',
  )
}

function agentCause(said: string): AppError | undefined {
  if (/is forbidden/.test(said)) {
    return new AppError('destination-forbidden', `The agent refuses this destination: ${said}`)
  }
  if (/Unable to connect to specified port/.test(said)) {
    return new AppError('destination-refused', `The instance could not connect to the destination: ${said}`)
  }
  if (/Fetching data key failed|waiting for encryption challenge/.test(said)) {
    const sentence = `The agent could not get the key of the encrypted session: ${said} Check that its role allows kms:Decrypt.`
    return new AppError('encryption-failed', sentence)
  }
  if (/is not supported by this version of ssm agent/i.test(said)) {
    return new AppError('agent-too-old', `The agent on the instance is too old for this: ${said} Update the SSM agent.`)
  }
  return undefined
}

/** The error of the service's own texts. Not for an agent's error, which may use the same words with another meaning. */
function serviceCause(said: string, text: string, limits: SessionLimits | undefined): AppError | undefined {
  if (AGENT_MARK.test(text)) return undefined
  if (/inactivity|\bidle\b/i.test(said)) {
    const minutes = limits?.isRead === true ? Math.round(limits.idleTimeoutMs / MINUTE_MS) : undefined
    const span = minutes === undefined ? 'too long' : minutes === 1 ? '1 minute' : `${minutes} minutes`
    const by = minutes === undefined ? 'by ' : ''
    const sentence = `Idle for ${span}, ${by}the account's limit. A new session can be opened at once.`
    return new AppError('idle-timeout', sentence)
  }
  if (/max(imum)? (session )?duration/i.test(said)) {
    const span = limits?.maxDurationMs
    const limit = span === undefined ? '' : ` of ${spanWords(span)}`
    const sentence = `The session reached the account's limit${limit} for one session. A new one can be opened at once.`
    return new AppError('max-duration', sentence)
  }
  if (/\bterminated\b/i.test(said)) {
    return new AppError('session-terminated', `Somebody ended the session: ${said} A new one can be opened at once.`)
  }
  return undefined
}

function otherCause(said: string, isAgents: boolean): AppError {
  if (said === '') return new AppError('session-ended', 'The session was ended on the other side.')
  const who = isAgents ? 'The agent ended the session with an error' : 'The session was ended on the other side'
  return new AppError('session-ended', `${who}: ${said}`)
}
