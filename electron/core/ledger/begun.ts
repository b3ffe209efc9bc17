// What a record begins with.

import { cutText } from '../../../shared/cut'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { SessionAbout, SessionType } from '../../../shared/sessionnote'
import type { BegunLine } from './lines'

/** A session that is about to be started, or authorized. */
export interface BegunSession extends SessionAbout {
  /** How a later process opens the environment again. */
  readonly environment: EnvironmentRef
  readonly environmentName: string
  readonly region: string
  readonly account?: string
  readonly target: string
  readonly document?: string
  /** The person's text. */
  readonly reason?: string
  /** For an authorization: the ARN of the identity that has authorized it. */
  readonly authorizedBy?: string
}

/** The first line of a record. Texts are cut to what a line takes; empty ones are left out. */
export function begunLine(id: string, session: BegunSession, at: number): BegunLine {
  const { reason, targetName, ...rest } = session
  return {
    k: 'begun',
    id,
    at,
    ...rest,
    ...(reason ? { reason: cutText(reason) } : {}),
    ...(targetName ? { targetName: cutText(targetName) } : {}),
    type: session.type ?? typeOf(session.document),
  }
}

/** The use of a session, where only its document tells it. */
function typeOf(document: string | undefined): SessionType {
  if (document === 'AWS-StartSSHSession') return 'ssh'
  return document?.startsWith('AWS-StartPortForwarding') === true ? 'port' : 'shell'
}
