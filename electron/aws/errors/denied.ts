// Calls that IAM denies: the error that names the action, and what a denial means for the caller's own sessions.
//
// Policies of Session Manager let a caller resume and end its own sessions by the pattern `session/${aws:userid}-*`. A policy that
// grants StartSession alone exists as well: then a lost socket costs the session. Source: specification §1.2, §10.4.

import { AppError, asError } from '../../../shared/errors'
import { ecsPattern, type EcsSubject } from './ecs'

/** An answer of AWS that denies an action. */
export class Denial extends AppError {
  /** The IAM action, as AWS named it; else the one of the call. */
  readonly action: string

  constructor(
    action: string,
    message: string,
    options: { readonly cause: unknown; readonly command: string | undefined },
  ) {
    super('access-denied', message, options)
    this.action = action
  }
}

const RESUME = 'ssm:ResumeSession'
const OWN_SESSION_ACTIONS = [RESUME, 'ssm:TerminateSession']

function partitionOf(resource: string | undefined): string {
  return /^arn:(aws[a-z-]*):/.exec(resource ?? '')?.[1] ?? 'aws'
}

// The ARN pattern of the own sessions of a caller, in the partition of `resource`.
function ownSessionsPattern(resource: string | undefined): string {
  return `arn:${partitionOf(resource)}:ssm:*:*:session/\${aws:userid}-*`
}

/** What a policy has to allow, in words that follow "ask for an IAM policy that allows it". */
export function whereToAllow(
  action: string,
  resource: string | undefined,
  call: { readonly region: string; readonly ecs?: EcsSubject },
): string {
  const { region, ecs } = call
  if (action.startsWith('ecs:')) return ` on ${ecsPattern(action, { region, partition: partitionOf(resource) }, ecs)}`
  return OWN_SESSION_ACTIONS.includes(action) ? ` on ${ownSessionsPattern(resource)}` : ''
}

/** The error of a resume: a session that its own caller may not resume is gone. Other errors pass. */
export function resumeError(thrown: unknown): Error {
  if (!(thrown instanceof Denial) || thrown.action !== RESUME) return asError(thrown)
  const text = `${thrown.message} Until then each lost connection to AWS costs a session.`
  return new AppError('session-gone', text, { cause: thrown })
}
