// A session, for tests.

import type { AccountSession } from '../../../shared/model/accountsession'

/** 29 November 2026, 12:00 UTC. */
export const NOW_AT = Date.UTC(2026, 10, 29, 12)

/** An open shell on web-1, started an hour ago by its person. */
export function sample(change: Partial<AccountSession> = {}): AccountSession {
  return {
    id: 'ann-0f3a9c1e',
    place: { ref: { kind: 'aws', profile: 'acme-prod', region: 'eu-west-1' }, name: 'acme-prod', region: 'eu-west-1' },
    state: 'active',
    holder: 'mine',
    owner: 'arn:aws:sts::482011937754:assumed-role/DataEngineer/ann',
    target: 'i-0f3a9c1e5d7b20001',
    targetName: 'web-1',
    startAt: NOW_AT - 3_600_000,
    ...change,
  }
}
