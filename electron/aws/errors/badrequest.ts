// BadRequest of StartSession: one code for several refusals, which only their texts tell apart. Pure.
//
// All are final: another attempt gets the same answer. Source: specification §1.2; Systems Manager user guide, "Configuring instance
// tiers" and "Starting a session (port forwarding to remote host)".

import type { ErrorCode } from '../../../shared/errors'
import { excerpt } from './foreigntext'

/** From this version on AWS's documentation promises remote hosts. */
const REMOTE_HOST_AGENT = '3.1.1374.0'

/** What a refusal means, as the parts of an `AppError`. */
interface Meaning {
  readonly code: Extract<ErrorCode, 'agent-too-old' | 'not-supported' | 'usage'>
  readonly message: string
}

/** Whether an error is a BadRequest of StartSession. */
export function isBadRequest(name: string, action: string): boolean {
  return action === 'ssm:StartSession' && /^BadRequest(Exception)?$/.test(name)
}

/** The meaning of a BadRequest of StartSession for `target` by its text. */
export function badRequestMeaning(text: string, target = ''): Meaning {
  const instance = target === '' ? 'the instance' : target
  if (/agent/i.test(text) && /remote host/i.test(text)) {
    const message = `The SSM agent on ${instance} is too old for forwards to another host: update it to ${REMOTE_HOST_AGENT} or later.`
    return { code: 'agent-too-old', message }
  }
  // For a node on the standard tier AWS was also seen to give no text at all.
  if (/advanced[- ]instances? tier/i.test(text) || (text.trim() === '' && target.startsWith('mi-'))) {
    const message =
      `Sessions to hybrid nodes such as ${instance} need the advanced-instances tier: ` +
      'have it enabled in the settings of Fleet Manager for this account and region.'
    return { code: 'not-supported', message }
  }
  if (/remote host/i.test(text)) {
    const message =
      `AWS does not forward to another host through ${instance} (${excerpt(text)}): ` +
      'forward to a port of the instance itself, or go through another instance.'
    return { code: 'not-supported', message }
  }
  const said = text.trim() === '' ? 'BadRequest' : excerpt(text)
  return { code: 'usage', message: `AWS refused the session (${said}): correct the request, or choose another target.` }
}
