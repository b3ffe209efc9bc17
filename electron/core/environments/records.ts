// Writes down every session of an environment before it is started, and crosses it out once it has been ended.
//
// StartSession is the moment of danger: a process that dies between the call and its answer knows no session id. So each
// session carries the record's mark as its reason, by which the next start finds it. A record that cannot be written never
// keeps anybody from working: it is told, and the session starts nonetheless.

import { asError, AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { EnvironmentService } from './environment'
import type { Ledger } from '../store/begun'

/** Codes of calls whose outcome nobody knows: the session may have been started. */
const UNKNOWN_OUTCOME = new Set<unknown>(['network', 'timeout', 'service', 'internal'])

/** The reason that marks the session of the record `id`; seen in the account's session history. */
export function markOf(id: string): string {
  return `Culvert ${id}`
}

/** The same service, with its sessions written down. `onProblem` hears of records that could not be written. */
export function recordSessions(
  service: EnvironmentService,
  environment: EnvironmentRef,
  records: { readonly ledger: Ledger; readonly onProblem: (error: Error) => void },
): EnvironmentService {
  const { ledger, onProblem } = records
  const attempt = async <T>(write: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await write()
    } catch (error) {
      onProblem(asError(error))
      return undefined
    }
  }
  return {
    region: service.region,
    endpointUrl: service.endpointUrl,
    startSession: async (request, signal) => {
      const entry = await attempt(() => ledger.begin(environment, request.target))
      if (entry === undefined) return service.startSession(request, signal)
      try {
        const ticket = await service.startSession({ reason: markOf(entry.id), ...request }, signal)
        await attempt(() => ledger.started(entry.id, ticket.sessionId))
        return ticket
      } catch (error) {
        const isUnknown = !(error instanceof AppError) || UNKNOWN_OUTCOME.has(error.code)
        if (!isUnknown) await attempt(() => ledger.ended(entry.id))
        throw error
      }
    },
    terminateSession: async (sessionId, signal) => {
      await service.terminateSession(sessionId, signal)
      const id = ledger.idOf(sessionId)
      if (id !== undefined) await attempt(() => ledger.ended(id))
    },
    resumeSession: (sessionId, signal) => service.resumeSession(sessionId, signal),
    preferences: (signal) => service.preferences(signal),
    generateDataKey: (request, signal) => service.generateDataKey(request, signal),
    activeSessions: (target, signal) => service.activeSessions(target, signal),
    signUpgrade: (streamUrl, signal) => service.signUpgrade(streamUrl, signal),
    agentFor: (url) => service.agentFor(url),
    ...(service.diagnose === undefined ? {} : { diagnose: service.diagnose }),
    identity: (signal) => service.identity(signal),
    listInstances: (signal) => service.listInstances(signal),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
