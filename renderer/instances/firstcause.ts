// When to show the ways to begin in place of the list: nothing was listed in this run, and there is no account to list. Pure.

import type { ErrorCode, WireError } from '../../shared/errors'
import type { Snapshot } from '../../shared/model/snapshot'

/**
 * Errors fixed by choosing another profile, or by a command that creates one. An expired login is not among them: a login
 * fixes that.
 */
const CAUSES: ReadonlySet<ErrorCode> = new Set(['credentials-missing', 'profile-unknown', 'region-missing'])

/** Why there is no account to list; undefined if there is one, or if the list was loaded before. */
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
