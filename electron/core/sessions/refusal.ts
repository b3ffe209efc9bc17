// What a refused upgrade means, once every form of it was tried: a missing permission, or something on the way to AWS.
//
// A refusal that is not recognisably AWS's is `network`. One of AWS's ends a tunnel only at its first opening and while the keys
// work: later the permission was there before, and keys that have ended are refused like ones without permission.

import { AppError, asAppError } from '../../../shared/errors'
import type { SessionTicket } from '../../../shared/session'
import { UpgradeRefusal } from '../../ssm/channel/refusal'
import type { Wire } from '../../ssm/channel/wire'
import { streamAddress } from '../../ssm/streamurl'
import { connect, type DialService } from './connect'
import { judge } from './resume/retry'

// GetCallerIdentity answers within a second.
const ASK_MS = 10_000

/** Dials as `connect` does. A refusal by something on the way rejects with `network`. */
export async function reach(service: DialService, ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
  try {
    return await connect(service, ticket, signal)
  } catch (error) {
    if (!(error instanceof UpgradeRefusal) || error.isByAws) throw error
    const { hostname } = new URL(streamAddress(ticket.streamUrl, service))
    const text =
      `Something between this computer and Session Manager refused the data channel (HTTP ${error.status}, without AWS's ` +
      `request id): check that the proxy and the firewall let WebSockets to ${hostname} through.`
    throw new AppError('network', text, { cause: error })
  }
}

/**
 * Whether `cause` at the first opening can only be mended by a person: AWS has refused the upgrade of a session that it has just
 * started, and the keys have not ended. The identity needs no permission, so keys that have ended are the only ones that are refused
 * it. Any other failure says nothing about them. Never rejects.
 */
export async function isRefusedForGood(
  cause: AppError,
  service: { identity(signal: AbortSignal): Promise<unknown> },
  signal: AbortSignal,
): Promise<boolean> {
  if (cause.code !== 'upgrade-refused') return false
  return service.identity(AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])).then(
    () => true,
    (error: unknown) => judge(asAppError(error)) !== 'login',
  )
}
