// When the ways to begin stand in the list's place: nothing was listed in this run, and no account can be asked. Pure.

import type { ErrorCode, WireError } from '../../shared/errors'
import type { Snapshot } from '../../shared/model/snapshot'

/** What a choice of another profile, or a command that makes one, mends. A login that has expired is mended by a login. */
const CAUSES: ReadonlySet<ErrorCode> = new Set(['credentials-missing', 'profile-unknown', 'region-missing'])

/** Why there is no account to ask; undefined where there is one, or the list has been there before. */
export function firstRunCause({
  environment,
  instances,
}: Pick<Snapshot, 'environment' | 'instances'>): WireError | undefined {
  if (environment.ref.kind === 'demo' || instances.listedAt !== undefined) return undefined
  const { state } = environment
  const error =
    state.kind === 'failed' ? state.error : instances.state.kind === 'failed' ? instances.state.error : undefined
  return error !== undefined && CAUSES.has(error.code) ? error : undefined
}
