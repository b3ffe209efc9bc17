// From a ticket to an open WebSocket: finds the address to dial, signs the upgrade for it, dials.
//
// Source: specification §2.

import { AppError } from '../../../shared/errors'
import { isOnLoopback } from '../../../shared/hosts'
import type { SessionTicket } from '../../../shared/session'
import { dial } from '../../ssm/channel/socket'
import type { Wire } from '../../ssm/channel/wire'
import { streamAddress } from '../../ssm/streamurl'
import type { SessionService } from './parts'

/** The part of the service that dialling uses. */
export type DialService = Pick<
  SessionService,
  'region' | 'endpointUrl' | 'messageEndpoint' | 'signUpgrade' | 'agentFor'
>

/**
 * Dials the stream of `ticket`, at the host that the user set where there is one, in each form of the upgrade until one is accepted. Rejects with `stream-url-refused` before
 * anything is sent, with the codes of `dial` (`upgrade-refused` where every form was), or with the signal's reason. The caller
 * owns the wire.
 */
export async function connect(service: DialService, ticket: SessionTicket, signal: AbortSignal): Promise<Wire> {
  const url = streamAddress(ticket.streamUrl, service)
  const agent = service.agentFor(url)
  let refusal: AppError | undefined
  for (const { url: signedUrl, headers, worked } of await service.signUpgrade(url, signal)) {
    try {
      const dialled = signedUrl === undefined ? url : streamAddress(signedUrl, service)
      const wire = await dial({ url: dialled, headers, agent, signal })
      worked()
      return wire
    } catch (error) {
      // A refused upgrade does not use up the token, which goes out in the first message.
      if (!(error instanceof AppError) || error.code !== 'upgrade-refused') throw withEndpointHint(error, url, service)
      refusal ??= error
    }
  }
  throw refusal ?? new AppError('internal', 'No form of the upgrade was given. Report this.')
}

/** Names the setting that is missing where Systems Manager has an endpoint of the user's and its message gateway has none. */
function withEndpointHint(error: unknown, url: string, { endpointUrl, messageEndpoint }: DialService): unknown {
  if (!(error instanceof AppError) || error.code !== 'network') return error
  if (endpointUrl === undefined || messageEndpoint !== undefined || !URL.canParse(endpointUrl)) return error
  const { host } = new URL(endpointUrl)
  if (new URL(url).host === host || isOnLoopback(new URL(url).hostname)) return error
  const hint = `Systems Manager is reached at ${host}: where ssmmessages has an endpoint of its own, set CULVERT_SSMMESSAGES_ENDPOINT to it.`
  return new AppError('network', `${error.message} ${hint}`, { cause: error })
}
