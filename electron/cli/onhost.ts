// Begins the session of a command on a host of its TARGET; of a set, on another host where the first one is out of reach.
//
// A listing lags: it can show the agent of a host as online that StartSession then refuses (TargetNotConnected). Each host of the set is
// tried once at most. A host that a person has named, and the one instance of an id or a Name, is never left.

import { AppError, asAppError, type ErrorCode } from '../../shared/errors'
import { hostWords } from '../../shared/status'
import type { Environment } from '../core/environments/environment'
import type { FoundHost, HostWish } from '../core/environments/finding'
import { wordLine } from './text'

/** Codes after which another host is tried. */
const AWAY: ReadonlySet<ErrorCode> = new Set(['agent-offline', 'exec-blocked', 'container-full'])

/** What beginning on a host needs of a command. */
export interface OnHostOptions {
  readonly environment: Pick<Environment, 'findHost'>
  /** The TARGET. */
  readonly text: string
  readonly wish: HostWish
  readonly stderr: { readonly write: (text: string) => Promise<void> }
  readonly signal: AbortSignal
}

/** The agent of the host is away, or that of the container. A full container is left as well: another task may have room. */
function isAway(error: unknown): boolean {
  return error instanceof AppError && AWAY.has(error.code)
}

/**
 * Begins on a host that `wish` allows, and tells on stderr of each host that was out of reach. Rejects as `findHost` and as `begin` do;
 * where every host is out of reach, with the error of the last one.
 */
export async function onHost<T>(options: OnHostOptions, begin: (found: FoundHost) => Promise<T>): Promise<T> {
  const { environment, text, wish, stderr, signal } = options
  const tried: string[] = []
  let found = await environment.findHost(text, wish, signal)
  for (;;) {
    try {
      return await begin(found)
    } catch (error) {
      const isOneOfSeveral = found.set !== undefined || found.container?.isChosen === true
      if (!isAway(error) || !isOneOfSeveral || wish.hostId !== undefined) throw error
      tried.push(found.instance.id)
      const next = await environment.findHost(text, { ...wish, avoid: tried }, signal).catch(() => undefined)
      if (next === undefined || tried.includes(next.instance.id)) throw error
      const [from, to] = [hostWords(found.instance), hostWords(next.instance)]
      const why =
        found.container === undefined ? `The SSM agent on ${from} is not connected.` : asAppError(error).message
      await stderr.write(wordLine(`${why} Another host is tried: ${to}.`))
      found = next
    }
  }
}
