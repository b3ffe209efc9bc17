// Watches a portable session from the process that has authorized it: whether somebody came, and when it is over.
//
// Systems Manager says so: a session is `Connecting` until its client has opened the data channel. The client elsewhere tells nothing. A
// caller who may not list sessions learns nothing, and the session is then ended at its expiry.

import { AppError } from '../../../../shared/errors'
import type { ListedSession } from '../../../../shared/sessionlisting'
import type { Environment } from '../../environments/environment'

/** Soon at first, because an agent ends a port session without a client after 15 s. */
const FIRST_LOOKS_MS = 3_000
const LATER_LOOKS_MS = 15_000
/** After a refusal, because of throttling for example. */
const AFTER_ERROR_MS = 30_000

/** How long a client may take to come. An agent gives up after 15 s, and the service takes some seconds to say so. */
const NOBODY_MS = 25_000

/** How it ended: nobody came, it is over, or its time is up and it has to be ended. */
export type PortableEnd = 'nobody' | 'over' | 'expired'

/** What is watched, and with what. */
export interface WatchOptions {
  readonly environment: Pick<Environment, 'sessions'>
  readonly sessionId: string
  /** Epoch ms. */
  readonly expiresAt: number
  readonly now: () => number
  /** Resolves after so many ms. Rejects with the reason of `signal`. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** Called once if sessions may not be listed. Must not throw. */
  readonly onBlind: (error: AppError) => void
  readonly signal: AbortSignal
}

/** Watches until it ends. Rejects with the reason of `signal` only. */
export async function watchPortable(options: WatchOptions): Promise<PortableEnd> {
  const { expiresAt, now, wait, onBlind, signal } = options
  const startedAt = now()
  let hasCome = false
  let pauseMs = FIRST_LOOKS_MS
  for (;;) {
    await wait(Math.max(0, Math.min(pauseMs, expiresAt - now())), signal)
    if (now() >= expiresAt) return 'expired'
    const found = await look(options)
    if (found instanceof AppError) {
      pauseMs = AFTER_ERROR_MS
      if (found.code !== 'access-denied') continue
      onBlind(found)
      await wait(Math.max(0, expiresAt - now()), signal)
      return 'expired'
    }
    if (found === undefined) return hasCome ? 'over' : 'nobody'
    // Its client has gone, and a portable session is not resumed.
    if (found.status === 'Disconnected') return 'over'
    if (found.status !== 'Connecting') hasCome = true
    else if (!hasCome && now() - startedAt > NOBODY_MS) return 'nobody'
    pauseMs = hasCome ? LATER_LOOKS_MS : FIRST_LOOKS_MS
  }
}

/** The session if it is open; undefined: it is not, or not any more. */
async function look({
  environment,
  sessionId,
  signal,
}: WatchOptions): Promise<Pick<ListedSession, 'status'> | undefined | AppError> {
  try {
    const pages = environment.sessions({ state: 'Active', sessionId })
    do {
      const found = (await pages.next(signal)).find((each) => each.sessionId === sessionId)
      if (found !== undefined) return found
    } while (!pages.isDone)
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    return error instanceof AppError ? error : new AppError('internal', String(error))
  }
}
