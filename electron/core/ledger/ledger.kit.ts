// A session for tests of the ledger.

import type { BegunSession } from './begun'

/** A forward with a reason. */
export const session: BegunSession = {
  environment: { kind: 'aws', profile: 'ops' },
  environmentName: 'ops',
  region: 'eu-west-1',
  target: 'i-1',
  targetName: 'web-1',
  type: 'port',
  document: 'AWS-StartPortForwardingSession',
  reason: 'Ticket 7',
  endpoint: 'tcp://localhost:80',
}
