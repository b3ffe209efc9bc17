// What the tests of authorizations share: one that is wanted.

import type { Environment } from '../environments/environment'
import type { WantedAuthorization } from './authorization'

/** An hour. */
export const HOUR_MS = 3_600_000

/** An authorization of port 5432 of a database, for an hour and one connection. */
export function wanted(change: Partial<WantedAuthorization> = {}): WantedAuthorization {
  return {
    session: { kind: 'tcp', remotePort: 5_432 },
    target: {
      id: 'i-0aaaaaaaaaaaaaaaa',
      kind: 'ec2',
      name: 'db-1',
      tags: {},
      platform: 'linux',
      state: 'running',
      agent: { kind: 'online' },
    },
    environment: (): Promise<Environment> => Promise.reject(new Error('no environment is asked for')),
    scope: {
      name: 'prod',
      region: 'eu-west-1',
      identity: { accountId: '111122223333', arn: 'arn:aws:sts::111122223333:assumed-role/ops/alice' },
    },
    connectionLimit: 1,
    expiresAfterMs: HOUR_MS,
    ...change,
  }
}
