// The people and programs whose sessions the Demo's account has, beside the caller's own. Data only.

import { markedReason } from '../../../shared/sessionmark'
import { roleIdentity, userIdentity, type Identity } from '../iam/identity'
import { PREFERENCES_DOCUMENT } from '../api/stockdocuments'

/** An owner of sessions, and what such sessions are like. */
export interface Owner {
  readonly identity: Identity
  /** Reasons to choose from; undefined: the session has none. */
  readonly reasons: readonly (string | undefined)[]
  readonly documents: readonly string[]
  /** One session of this owner is always active, until it is ended from outside. */
  readonly isAlwaysThere?: true
}

/** The role of the people on call, whose sessions the Demo's own role may not end (see `DEMO_POLICIES`). */
export const ON_CALL = 'on-call'

const FORWARD = 'AWS-StartPortForwardingSession'
const REMOTE_FORWARD = 'AWS-StartPortForwardingSessionToRemoteHost'
const SSH = 'AWS-StartSSHSession'
const COMMAND = 'AWS-StartInteractiveCommand'

// The mark of an installation of Culvert that is not this one.
const ELSEWHERE = { installation: '5e0fa1b2c3d4', record: '00c0ffee0001' }

/** The owners of the Demo: assumed roles, roles of IAM Identity Center, an IAM user, and the caller `self` on another computer. */
export function demoOwners(accountId: string, self: Identity): readonly Owner[] {
  const role = (name: string, session: string): Identity => roleIdentity(accountId, name, session)
  return [
    {
      identity: role('OnCall', ON_CALL),
      reasons: ['INC-4182: checkout is slow', 'INC-4190: disk full'],
      documents: [PREFERENCES_DOCUMENT],
      isAlwaysThere: true,
    },
    {
      identity: self,
      reasons: [markedReason('Tail the logs at home', ELSEWHERE)],
      documents: [PREFERENCES_DOCUMENT],
      isAlwaysThere: true,
    },
    {
      identity: role('AWSReservedSSO_Developer_4f1c09be27d3a865', 'jonas.weber@example.com'),
      reasons: [undefined, 'SHOP-771: look at the cart cache', undefined],
      documents: [FORWARD, REMOTE_FORWARD, PREFERENCES_DOCUMENT],
    },
    {
      identity: role('AWSReservedSSO_DataReader_90b7e1d4c2a8f536', 'mei.tanaka@example.com'),
      reasons: ['monthly report', undefined],
      documents: [REMOTE_FORWARD],
    },
    {
      identity: role('PlatformAdmin', 'amelia.hart'),
      reasons: ['kernel update', 'OPS-318', undefined],
      documents: [PREFERENCES_DOCUMENT, SSH, COMMAND],
    },
    {
      identity: userIdentity(accountId, 'deploy-bot'),
      reasons: ['release 2026.47', 'release 2026.48'],
      documents: [SSH, COMMAND],
    },
  ]
}
