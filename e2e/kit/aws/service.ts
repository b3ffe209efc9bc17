// AWS as far as one test needs it: a service whose calls all fail but for those that the test gives.

import type { EnvironmentService } from '../../../electron/core/environments/environment'
import { noEcs } from '../../../electron/core/environments/heardecs'

/** A service of the region eu-west-1. A call that is not in `calls` rejects. */
export function serviceOf(calls: Partial<EnvironmentService> = {}): EnvironmentService {
  const never = (): Promise<never> => Promise.reject(new Error('nothing is asked'))
  return {
    region: 'eu-west-1',
    endpointUrl: undefined,
    keysOutlook: () => ({ kind: 'lasting' }),
    otherKeys: { offered: () => undefined, take: never, takeProfile: never },
    startSession: never,
    resumeSession: never,
    terminateSession: never,
    generateDataKey: never,
    preferences: never,
    signUpgrade: never,
    agentFor: () => undefined,
    ecs: noEcs(never),
    identity: never,
    sessionDocument: never,
    activeSessions: never,
    sessions: () => ({ isDone: false, next: never }),
    connectionStatus: never,
    listInstances: never,
    describeTarget: never,
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...calls,
  }
}
