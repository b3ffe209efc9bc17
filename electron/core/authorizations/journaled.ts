// The authorizer of the app: what happens to an authorization is a line of the journal, and a record of the ledger.

import { cutText } from '../../../shared/cut'
import { momentWords } from '../../../shared/forecast'
import type { Journal } from '../store/journal'
import type { Authorization } from './authorization'
import type { AuthorizationState } from './authorizations'
import { Authorizer } from './authorizer'
import { recordedBy, type AuthorizationLedger } from './recorded'

const MAX_NAME = 100

/** What an authorization leads to, in words: `db-1 (i-0…), port 5432`. */
function destinationWords({ target, session }: Authorization): string {
  const host = target.name === '' ? target.id : `${cutText(target.name, MAX_NAME)} (${target.id})`
  if (session.kind === 'shell') return `a shell on ${host}`
  if (session.kind === 'ssh') return `SSH to ${host}, port ${session.remotePort}`
  const { remoteHost, remotePort } = session
  return remoteHost === undefined ? `${host}, port ${remotePort}` : `${remoteHost}:${remotePort} by ${host}`
}

/** The line of a change, worded to follow the environment's name. */
export function changeWords(authorization: Authorization, state: AuthorizationState): string {
  const what = destinationWords(authorization)
  switch (state) {
    case 'pending':
      return `has an authorization pending: ${what}. Its token works once, until ${momentWords(authorization.expiresAt, authorization.createdAt)}.`
    case 'redeemed':
      return `had an authorization redeemed: ${what}.`
    case 'expired':
      return `had an authorization that expired unused: ${what}.`
    case 'revoked':
      return `had an authorization revoked: ${what}.`
    case 'ended':
      return `had the session of an authorization end: ${what}.`
  }
}

const tones = { pending: 'waiting', redeemed: 'up', expired: 'idle', revoked: 'idle', ended: 'idle' } as const

/** Creates the authorizer of the app. */
export function journaledAuthorizer(
  journal: Pick<Journal, 'add'>,
  ledger: AuthorizationLedger,
  now: () => number,
): Authorizer {
  const recorded = recordedBy(ledger)
  return new Authorizer({
    now,
    record: recorded.record,
    changed: (authorization, state) => {
      recorded.changed(authorization, state)
      journal.add({
        tone: tones[state],
        subject: { kind: 'environment', name: authorization.scope.name },
        text: changeWords(authorization, state),
        facts: { Authorization: authorization.id, Instance: authorization.target.id },
      })
    },
  })
}
