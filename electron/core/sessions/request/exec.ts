// The request of a session that executes a command in a container: no document, no parameters, and a reason for the ledger alone.
//
// Source: ECS API reference, ExecuteCommand: it takes a cluster, a task, a container and a command, and nothing else.

import type { ExecRequest } from '../../../../shared/ecscalls'
import { AppError } from '../../../../shared/errors'
import type { StartSessionRequest } from '../../../../shared/session'
import type { WantedSession } from './documents'

/** What a shell in a container runs where nothing else is said. */
export const DEFAULT_COMMAND = '/bin/sh'

/** Told to a person who gives a reason. */
export const REASON_NOTE = 'Amazon ECS takes no reason: it is kept in the history of this Culvert only.'

/** The wanted session, in a container. */
export interface WantedExec extends Pick<WantedSession, 'target' | 'document' | 'reason' | 'rules' | 'signal'> {
  readonly exec: ExecRequest
}

/** Makes the request. Rejects with `usage` for a document, and as `SessionRules.reason` does. */
export async function execRequestFor({ target, exec, document, ...wanted }: WantedExec): Promise<StartSessionRequest> {
  if (document !== undefined) {
    const text = `A command in a container takes no session document: leave ${document.name} out.`
    throw new AppError('usage', text)
  }
  const reason = wanted.reason ?? (await wanted.rules?.reason(wanted.signal))
  return { target, exec, ...(reason === undefined ? {} : { reason }) }
}
