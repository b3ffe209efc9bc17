// Records every session of an environment in the ledger, before it is started.
//
// A process that dies between StartSession and its answer does not know the session's id. So each session carries a mark of its
// record in its reason, and the next start of Culvert finds the session by that. If a record cannot be written, `onProblem` is
// called and the session starts all the same, without a mark.

import { markedReason } from '../../../shared/sessionmark'
import { asError, AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Ledger } from '../ledger/ledger'
import type { EnvironmentService } from './environment'
import { presigning } from './login'

/** Codes of a failed StartSession after which the session may exist. */
const UNKNOWN_OUTCOME = new Set<unknown>(['network', 'timeout', 'service', 'internal'])

/** What recording needs. */
export interface RecordOptions {
  /** How this or a later process opens the environment again. */
  readonly environment: EnvironmentRef
  /** The name of the environment. */
  readonly name: string
  readonly ledger: Ledger
  /** Called for each record that could not be written. Must not throw. */
  readonly onProblem: (error: Error) => void
}

/** Wraps a service, so that its sessions are recorded. */
export function recordSessions(service: EnvironmentService, options: RecordOptions): EnvironmentService {
  const { environment, name, ledger, onProblem } = options
  /** Known once anything has asked for the identity. */
  let account: string | undefined
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
    ecs: service.ecs,
    startSession: async (request, signal) => {
      const { target, document, reason, about } = request
      const record = await attempt(() =>
        ledger.begin({
          ...about,
          environment,
          environmentName: name,
          region: service.region,
          ...(account === undefined ? {} : { account }),
          target,
          ...(document === undefined ? {} : { document }),
          ...(reason === undefined ? {} : { reason }),
        }),
      )
      if (record === undefined) return service.startSession(request, signal)
      try {
        // A command in a container takes no reason, so its session bears no mark: it is found by its id alone.
        const marked =
          request.exec === undefined
            ? { ...request, reason: markedReason(reason, { installation: ledger.installation, record }) }
            : request
        const ticket = await service.startSession(marked, signal)
        await attempt(() => ledger.started(record, ticket.sessionId))
        return ticket
      } catch (error) {
        const isUnknown = !(error instanceof AppError) || UNKNOWN_OUTCOME.has(error.code)
        if (!isUnknown) await attempt(() => ledger.refused(record))
        throw error
      }
    },
    terminateSession: async (sessionId, signal) => {
      const record = ledger.idOf(sessionId)
      try {
        await service.terminateSession(sessionId, signal)
      } catch (error) {
        // A session that this caller may not end is left to the service's idle limit. The next start may not end it either.
        const isDenied = error instanceof AppError && error.code === 'access-denied'
        if (isDenied && record !== undefined) await attempt(() => ledger.letGo(record))
        throw error
      }
      if (record !== undefined) await attempt(() => ledger.terminated(record))
    },
    noted: (sessionId, note) => ledger.noted(sessionId, note),
    resumeSession: (sessionId, signal) => service.resumeSession(sessionId, signal),
    preferences: (signal) => service.preferences(signal),
    generateDataKey: (request, signal) => service.generateDataKey(request, signal),
    sessionDocument: (document, signal) => service.sessionDocument(document, signal),
    activeSessions: (target, signal) => service.activeSessions(target, signal),
    sessions: (query) => service.sessions(query),
    connectionStatus: (target, signal) => service.connectionStatus(target, signal),
    signUpgrade: (streamUrl, signal) => service.signUpgrade(streamUrl, signal),
    ...presigning(service),
    agentFor: (url) => service.agentFor(url),
    ...(service.diagnose === undefined ? {} : { diagnose: service.diagnose }),
    identity: async (signal) => {
      const identity = await service.identity(signal)
      account = identity.accountId
      return identity
    },
    listInstances: (signal, tags) => service.listInstances(signal, tags),
    describeTarget: (id, signal) => service.describeTarget(id, signal),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  }
}
