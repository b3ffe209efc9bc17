// What AWS does with a ResumeSession of a session whose socket is open. It is not documented, so each possible answer can be played.
//
// 'replaces' is the default: "the last opened socket of a session wins; the older one is closed" (specification §13 S6). The
// specification marks it as unknown. It is the most probable answer, because a client whose path has died comes back before the
// service has noticed the death, and field reports show such resumes to succeed (§10.4).

import { fault, type Fault } from '../api/answers'

/**
 * `replaces`: allowed; the older socket is closed at once. `both-live`: allowed; both sockets get what the agent sends. `waits`:
 * allowed; the newer socket gets nothing until the older one is closed. The others are refusals.
 */
export type OpenResume = 'replaces' | 'both-live' | 'waits' | 'refused' | 'denied' | 'throttled' | 'expired'

/** The refusal of a ResumeSession of the open session `id`; undefined where it is allowed. */
export function openResumeRefusal(how: OpenResume, id: string): Fault | undefined {
  switch (how) {
    case 'replaces':
    case 'both-live':
    case 'waits':
      return undefined
    case 'refused':
      return fault('BadRequest', `Session ${id} is connected.`)
    case 'denied':
      return fault(
        'AccessDeniedException',
        'User is not authorized to perform: ssm:ResumeSession on a connected session.',
      )
    case 'throttled':
      return fault('ThrottlingException', 'Rate exceeded')
    case 'expired':
      return fault('ExpiredTokenException', 'The security token included in the request is expired')
  }
}
