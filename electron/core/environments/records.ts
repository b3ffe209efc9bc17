// Records every session of an environment before it is started, and deletes the record when the session has been ended, or may not
// be ended.
//
// A process that dies between StartSession and its answer does not know the session's id. So each session carries a mark of its
// record as its reason, and the next start of Culvert finds the session by that. If a record cannot be written, `onProblem` is
// called and the session starts all the same.

import { cutText } from '../../../shared/cut'
import { MAX_REASON } from '../../../shared/environmentsettings'
import { asError, AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { EnvironmentService } from './environment'
import type { Ledger } from '../store/begun'

/** Codes of a failed StartSession after which the session may exist. */
const UNKNOWN_OUTCOME = new Set<unknown>(['network', 'timeout', 'service', 'internal'])

/**
 * The reason that marks the session of the record `id`: alone, or behind the reason that a person gave, which is cut to fit. It is
 * visible in the account's session history.
 */
export function markedReason(reason: string | undefined, id: string): string {
  const mark = `Culvert ${id}`
  if (reason === undefined) return mark
  const end = ` [${mark}]`
  const room = MAX_REASON - end.length
  return `${cutText(reason, room)}${end}`
}

/** Whether a session with this reason is the one of the record `id`. */
export function isMarked(reason: string, id: string): boolean {
  return reason === markedReason(undefined, id) || reason.endsWith(` [${markedReason(undefined, id)}]`)
}

/** Wraps a service, so that its sessions are recorded. `onProblem` is called for each record that could not be written. */
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
    get messageEndpoint() {
      return service.messageEndpoint
    },
    keysOutlook: () => service.keysOutlook(),
    otherKeys: service.otherKeys,
    startSession: async (request, signal) => {
      const entry = await attempt(() => ledger.begin(environment, request.target))
      if (entry === undefined) return service.startSession(request, signal)
      try {
        const ticket = await service.startSession(
          { ...request, reason: markedReason(request.reason, entry.id) },
          signal,
        )
        await attempt(() => ledger.started(entry.id, ticket.sessionId))
        return ticket
      } catch (error) {
        const isUnknown = !(error instanceof AppError) || UNKNOWN_OUTCOME.has(error.code)
        if (!isUnknown) await attempt(() => ledger.ended(entry.id))
        throw error
      }
    },
    terminateSession: async (sessionId, signal) => {
      const forget = async (): Promise<void> => {
        const id = ledger.idOf(sessionId)
        if (id !== undefined) await attempt(() => ledger.ended(id))
      }
      try {
        await service.terminateSession(sessionId, signal)
      } catch (error) {
        // A session that this caller may not end is left to the service's idle limit. The next start may not end it either.
        if (error instanceof AppError && error.code === 'access-denied') await forget()
        throw error
      }
      await forget()
    },
    resumeSession: (sessionId, signal) => service.resumeSession(sessionId, signal),
    preferences: (signal) => service.preferences(signal),
    generateDataKey: (request, signal) => service.generateDataKey(request, signal),
    sessionDocument: (name, signal) => service.sessionDocument(name, signal),
    activeSessions: (target, signal) => service.activeSessions(target, signal),
    connectionStatus: (target, signal) => service.connectionStatus(target, signal),
    signUpgrade: (streamUrl, signal) => service.signUpgrade(streamUrl, signal),
    agentFor: (url) => service.agentFor(url),
    ...(service.diagnose === undefined ? {} : { diagnose: service.diagnose }),
    identity: (signal) => service.identity(signal),
    listInstances: (signal, tags) => service.listInstances(signal, tags),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
