// Whether the sign-in of one environment still works: one state for its list, its forwards and its terminals.
//
// The state follows from the calls that are made anyway: a call that is refused for its credentials ends the sign-in, an answered
// call restores it. No call is made for this alone. Does not decide how the rest of the core reacts.

import { asAppError, toWireError, type AppError } from '../../../shared/errors'
import type { LoginEnd } from '../../../shared/model/environment'
import type { EnvironmentService } from './environment'
import { heardEcs } from './heardecs'
import { judge } from '../sessions/resume/retry'

/** The sign-in of one environment. */
export class Login {
  readonly #now: () => number
  readonly #onBack: () => void
  readonly #listeners = new Set<() => void>()
  #end: (LoginEnd & { readonly order: number }) | undefined
  #order = 0

  /** `onBack` is called when a call is answered after the sign-in had ended. Neither it nor a listener may throw. */
  constructor(options: { readonly now: () => number; readonly onBack: () => void }) {
    this.#now = options.now
    this.#onBack = options.onBack
  }

  /** Why and since when the sign-in does not work; undefined while it works or nothing is known. */
  get ended(): LoginEnd | undefined {
    if (this.#end === undefined) return undefined
    const { sinceAt, error } = this.#end
    return { sinceAt, error }
  }

  /** Calls `listener` after each change of `ended`; returns the unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Wraps a service, so that the results of its calls are noticed. */
  watch(service: EnvironmentService): EnvironmentService {
    const hear = <T>(call: () => Promise<T>): Promise<T> => this.#hear(call)
    return {
      region: service.region,
      endpointUrl: service.endpointUrl,
      get messageEndpoint() {
        return service.messageEndpoint
      },
      keysOutlook: () => service.keysOutlook(),
      otherKeys: service.otherKeys,
      ecs: heardEcs(service.ecs, hear),
      startSession: (request, signal) => hear(() => service.startSession(request, signal)),
      resumeSession: (sessionId, signal) => hear(() => service.resumeSession(sessionId, signal)),
      terminateSession: (sessionId, signal) => hear(() => service.terminateSession(sessionId, signal)),
      generateDataKey: (request, signal) => hear(() => service.generateDataKey(request, signal)),
      identity: (signal) => hear(() => service.identity(signal)),
      activeSessions: (target, signal) => hear(() => service.activeSessions(target, signal)),
      sessions: (query) => {
        const pages = service.sessions(query)
        return {
          get isDone() {
            return pages.isDone
          },
          next: (signal) => hear(() => pages.next(signal)),
        }
      },
      connectionStatus: (target, signal) => hear(() => service.connectionStatus(target, signal)),
      listInstances: (signal, tags) => hear(() => service.listInstances(signal, tags)),
      describeTarget: (id, signal) => hear(() => service.describeTarget(id, signal)),
      sessionDocument: (name, signal) => hear(() => service.sessionDocument(name, signal)),
      // These calls succeed also without credentials, so their answers prove nothing.
      preferences: (signal) => service.preferences(signal),
      signUpgrade: (streamUrl, signal) => service.signUpgrade(streamUrl, signal),
      ...presigning(service),
      agentFor: (url) => service.agentFor(url),
      ...(service.diagnose === undefined ? {} : { diagnose: service.diagnose }),
      noted: (sessionId, note) => service.noted?.(sessionId, note),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    }
  }

  async #hear<T>(call: () => Promise<T>): Promise<T> {
    this.#order += 1
    const order = this.#order
    try {
      const answer = await call()
      this.#answered(order)
      return answer
    } catch (error) {
      const cause = asAppError(error)
      if (judge(cause) === 'login') this.#refused(cause)
      // A denied call proves the sign-in: AWS has accepted the credentials.
      else if (cause.code === 'access-denied') this.#answered(order)
      throw error
    }
  }

  #refused(cause: AppError): void {
    const error = toWireError(cause)
    const before = this.#end
    this.#end = { sinceAt: before?.sinceAt ?? this.#now(), error, order: this.#order }
    if (before?.error.message !== error.message || before.error.code !== error.code) this.#tell()
  }

  #answered(order: number): void {
    // An answer to a call that was made before the sign-in ended proves nothing.
    if (this.#end === undefined || order <= this.#end.order) return
    this.#end = undefined
    this.#tell()
    this.#onBack()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

/** The call that presigns, where the service has it. */
export function presigning(service: EnvironmentService): Pick<EnvironmentService, 'presignUpgrade'> {
  if (service.presignUpgrade === undefined) return {}
  return { presignUpgrade: async (url, signal) => service.presignUpgrade?.(url, signal) }
}
