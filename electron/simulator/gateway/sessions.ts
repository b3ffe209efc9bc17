// The sessions that this service has started: ids, tokens, stream addresses, statuses.
//
//   Connecting -> Connected <-> Disconnected -> Terminating -> Terminated | Failed
//
// Owns no socket and no agent: those belong to the session's relay. The history of the account is kept elsewhere (history/).
// Source: specification §1.2, §1.4, §13 S2, S3.

import { randomBytes, randomInt } from 'node:crypto'
import { Observation, type LoggedMessage, type OpenedChannel, type SessionCounters } from '../agent/observation'
import type { SessionPlan } from '../agent/plugin'
import type { DescribedSession } from '../history/history'
import type { Identity } from '../iam/identity'
import type { Computer } from '../agent/plugin'
import type { Workers } from './workers'

/** The status of a session, in AWS's words. */
export type SessionStatus = 'Connecting' | 'Connected' | 'Disconnected' | 'Terminating' | 'Terminated' | 'Failed'

/** A session as tests and callers see it, as of the call; the log as of its reading. */
export interface SessionRecord {
  readonly id: string
  readonly target: string
  readonly status: SessionStatus
  readonly documentName: string
  readonly reason: string | undefined
  /** How often the data channel was opened again after the first time. */
  readonly resumes: number
  /** Every opening of the data channel, first to last. */
  readonly opened: readonly OpenedChannel[]
  readonly counters: SessionCounters
  /** The newest messages by their headers, at most 2,000. */
  readonly log: readonly LoggedMessage[]
  /** How often the client acknowledged the agent's message of this number. */
  acknowledgementsOf(sequenceNumber: number): number
}

const ID_LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
/** Ended sessions beyond this are forgotten, oldest first. */
const REMEMBERED_SESSIONS = 300
/** A client connects at once after it got a token. */
const TOKEN_LIFETIME_MS = 60_000

/** How a fault spoils a token when it is issued: it has expired, or it counts as used. */
export type SpoiledToken = 'expired' | 'used'

/** One address and the token that opens it, once. */
export interface Ticket {
  readonly token: string
  /** Path and query of the stream URL, exactly as handed out. */
  readonly path: string
}

/** What a session goes to: an instance or a container. */
export interface SessionTarget {
  readonly id: string
  readonly agentVersion: string
  readonly computer: Computer
  /** Absent: the agent takes any number of sessions. */
  readonly workers?: Workers
}

/** What a store of sessions is told. */
export interface SessionStoreOptions {
  /** Every token begins with it. */
  readonly tokenMark: string
  /** The maximum duration of each session; undefined: none. */
  readonly maxMinutes: number | undefined
  /** Called once for each session that has ended. */
  readonly onEnded: (session: DescribedSession) => void
}

/** A session that the service knows. */
export class Session {
  readonly id: string
  readonly target: SessionTarget
  readonly documentName: string
  readonly plan: SessionPlan
  readonly reason: string | undefined
  /** The caller of StartSession. */
  readonly owner: Identity
  readonly startedAt = Date.now()
  readonly observation = new Observation()
  #status: SessionStatus = 'Connecting'
  #endedAt: number | undefined
  #openedPath = ''
  #ticket: (Ticket & { readonly expiresAt: number }) | undefined

  readonly #options: SessionStoreOptions

  constructor(
    id: string,
    options: SessionStoreOptions,
    request: {
      readonly owner: Identity
      readonly target: SessionTarget
      readonly documentName: string
      readonly plan: SessionPlan
      readonly reason: string | undefined
      /** What the id begins with; the owner's name unless given. */
      readonly idPrefix?: string
    },
  ) {
    this.id = id
    this.owner = request.owner
    this.#options = options
    this.target = request.target
    this.documentName = request.documentName
    this.plan = request.plan
    this.reason = request.reason
  }

  get status(): SessionStatus {
    return this.#status
  }

  set status(status: SessionStatus) {
    if (this.hasEnded) return
    this.#status = status
    if (!this.hasEnded) return
    this.#endedAt = Date.now()
    this.#options.onEnded(this.described())
  }

  get endedAt(): number | undefined {
    return this.#endedAt
  }

  get hasEnded(): boolean {
    return this.#status === 'Terminated' || this.#status === 'Failed'
  }

  /** Makes a new address and token, and invalidates those before. A spoiled token is invalid from the start. */
  issueTicket(spoiled?: SpoiledToken): Ticket {
    const part = (): string => randomBytes(9).toString('base64url').replaceAll('-', 'A').replaceAll('_', 'B')
    // A cell number always has the two characters that careless clients re-encode.
    const cell = `${part()}+${part()}/${part()}==`
    const ticket: Ticket = {
      token: this.#options.tokenMark + randomBytes(180).toString('base64'),
      path: `/v1/data-channel/${this.id}?role=publish_subscribe&cell-number=${cell}`,
    }
    this.#ticket =
      spoiled === 'used'
        ? undefined
        : { ...ticket, expiresAt: Date.now() + (spoiled === 'expired' ? 0 : TOKEN_LIFETIME_MS) }
    return ticket
  }

  /** Makes the newest token open the address that was opened last, instead of its own. */
  keepPath(): void {
    if (this.#ticket !== undefined) this.#ticket = { ...this.#ticket, path: this.#openedPath }
  }

  /** Whether a token opens the address it came with, now. A token works once. */
  redeem(token: string, path: string): boolean {
    const ticket = this.#ticket
    if (ticket === undefined || ticket.token !== token || this.hasEnded) return false
    this.#ticket = undefined
    const isGood = ticket.path === path && ticket.expiresAt > Date.now()
    if (isGood) this.#openedPath = path
    return isGood
  }

  /** As DescribeSessions tells of it, as of now. */
  described(): DescribedSession {
    const { id, startedAt, documentName, owner, reason } = this
    return {
      id,
      target: this.target.id,
      status: this.#status,
      startedAt,
      endedAt: this.#endedAt,
      documentName,
      owner,
      reason,
      maxMinutes: this.#options.maxMinutes,
      accessType: 'Standard',
    }
  }

  record(): SessionRecord {
    const { observation } = this
    return {
      id: this.id,
      target: this.target.id,
      status: this.#status,
      documentName: this.documentName,
      reason: this.reason,
      resumes: Math.max(0, observation.opened.length - 1),
      opened: observation.opened,
      counters: observation.counters,
      // Copied when it is read: records are taken often, and logs are long.
      get log() {
        return observation.log()
      },
      acknowledgementsOf: (sequenceNumber) => observation.acknowledgementsOf(sequenceNumber),
    }
  }
}

// Both forms of ids that were seen at AWS, in turn.
function makeId(name: string, count: number): string {
  if (count % 2 === 0) return `${name}-${Array.from({ length: 26 }, () => ID_LETTERS.charAt(randomInt(36))).join('')}`
  return `${name}-0${randomBytes(8).toString('hex')}`
}

/** The sessions since the simulator's start, newest last. */
export class SessionStore {
  readonly #sessions = new Map<string, Session>()
  #count = 0
  readonly #options: SessionStoreOptions

  constructor(options: SessionStoreOptions) {
    this.#options = options
  }

  get all(): readonly Session[] {
    return [...this.#sessions.values()]
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id)
  }

  create(request: ConstructorParameters<typeof Session>[2]): Session {
    const session = new Session(
      makeId(request.idPrefix ?? request.owner.sessionPrefix, this.#count),
      this.#options,
      request,
    )
    this.#count += 1
    this.#sessions.set(session.id, session)
    this.#forget()
    return session
  }

  #forget(): void {
    if (this.#sessions.size <= REMEMBERED_SESSIONS) return
    for (const session of this.#sessions.values()) {
      if (!session.hasEnded) continue
      this.#sessions.delete(session.id)
      return
    }
  }
}
