// Starts a session for a client elsewhere, which has no credentials: StartSession, and nothing is dialled.
//
// Source: specification §1.4, §2, §14 (e).

import { streamAddress } from '../../ssm/streamurl'
import { requestFor, type WantedSession } from './request/documents'
import type { OpenOptions, SessionService } from './parts'

/** What to start. */
export interface PortableOptions extends WantedSession, Pick<OpenOptions, 'about'> {
  readonly service: SessionService
}

/** A session that waits for its client. All of it is secret. */
export interface PortableStart {
  readonly sessionId: string
  /** The address to dial: the host that the user set, where there is one. */
  readonly streamUrl: string
  readonly tokenValue: string
  /** The same address with a signature in its query; absent where it could not be signed. */
  readonly presignedUrl?: string
}

/** Starts the session. Rejects with any code of `requestFor` and of StartSession; no session is left then. */
export async function startPortable(options: PortableOptions): Promise<PortableStart> {
  const { service, about, signal } = options
  const request = await requestFor(options)
  const { sessionId, streamUrl, tokenValue } = await service.startSession(
    { ...request, ...(about === undefined ? {} : { about }) },
    signal,
  )
  try {
    const address = streamAddress(streamUrl, service)
    const presignedUrl = await service.presignUpgrade?.(address, signal)
    return { sessionId, streamUrl: address, tokenValue, ...(presignedUrl === undefined ? {} : { presignedUrl }) }
  } catch (error) {
    await service.terminateSession(sessionId, new AbortController().signal).catch(() => undefined)
    throw error
  }
}
