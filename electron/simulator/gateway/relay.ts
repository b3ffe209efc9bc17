// The service in the middle of one session: it connects the client's leg to the agent and knows which of the two is absent.
//
// Messages to an absent leg are dropped. The leg that is present is told by pause_publication, and by start_publication
// on the other's return. The agent starts with the client's first connection. The end of the session goes to the client
// as channel_closed. The clock of its lifetime runs here. Source: specification §13 S6, S8, S9, S16; §10.7.

import { MessageType } from '../../ssm/codec/message'
import { AgentSession } from '../agent/agent'
import { HANDSHAKE_TIMED_OUT, needsHandshake } from '../agent/handshake'
import type { AgentEncryption } from '../agent/keys'
import type { FaultTally } from '../faults/kinds'
import { IDLE_TEXT, Lifetime, MAX_DURATION_TEXT, type Limits } from '../faults/lifetime'
import { isStreamMessage } from '../faults/messageclass'
import type { Cut, Leg } from './leg'
import { Legs } from './legs'
import type { OpenResume } from './openresume'
import type { AgentSettings, Computer, SessionEnd } from '../agent/plugin'
import { channelClosedMessage, isSessionState, publicationMessage, type Publication } from './servicemessage'
import type { Session } from './sessions'
import { NO_WORKER_TEXT, Seat } from './workers'

/** How the service behaves where the real one is not known. */
export interface RelaySettings {
  /** Whether `pause_publication` is sent when a leg goes. */
  readonly sendsPause: boolean
  /** Whether `start_publication` is sent when a leg comes back. */
  readonly sendsStart: boolean
  /** Publication messages to the client carry CreatedDate 0, which clients have to accept. */
  readonly hasUndatedPublication: boolean
  /** What a second socket of an open session does. */
  readonly openResume: OpenResume
}

/** What a relay is made of. */
export interface RelayOptions {
  readonly session: Session
  readonly agentVersion: string
  readonly computer: Computer
  /** Undefined: the session is not encrypted. */
  readonly encryption: AgentEncryption | undefined
  readonly agentSettings: AgentSettings
  readonly settings: RelaySettings
  readonly limits: Limits
  readonly tally: FaultTally
  /** The session has ended and nothing of it is left. */
  readonly onEnd: () => void
}

/** Why an agent's leg is away; several causes may overlap. The service does not notice a black hole. */
export type Absence = 'cut' | 'machine' | 'black-hole'

/** An agent whose socket was cut opens another one within its first back-off (§10.3). */
const AGENT_BACK_MS = 200

/** One session's relay. Owns the agent's half and the client's current leg. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions
  readonly #session: Session
  readonly #legs: Legs
  #agent: AgentSession | undefined
  readonly #absences = new Set<Absence>()
  #isAgentDead = false
  #agentBack: NodeJS.Timeout | undefined
  readonly #lifetime: Lifetime
  readonly #seat: Seat

  constructor(options: RelayOptions) {
    this.#options = options
    this.#session = options.session
    const { tally, limits } = options
    this.#lifetime = new Lifetime(limits, {
      onIdle: () => {
        tally.add('idle-timeout')
        this.#timedOut(IDLE_TEXT)
      },
      onMaxDuration: () => {
        tally.add('max-duration')
        this.#timedOut(MAX_DURATION_TEXT)
      },
      // The agent asked for a handshake at StartSession, and got no answer (§5.1).
      onNoClient: () => this.#ended({ status: 'Failed', output: HANDSHAKE_TIMED_OUT }),
      onRecycle: (leg) => this.#recycle(leg),
    })
    this.#legs = new Legs(options.settings.openResume, {
      onFrame: (frame) => this.#toAgent(frame),
      onRoom: () => this.#agent?.room(),
      onServed: () => this.#lifetime.opened('client'),
      onGone: () => this.#legGone(),
    })
    const { plan, target } = options.session
    // Started here, so that a session that is never opened ends as well.
    this.#seat = new Seat(target.workers, () => {
      if (this.#legs.isPresent && !this.#session.hasEnded) this.#startAgent()
    })
    this.#lifetime.start(this.#seat.hasWorker && needsHandshake(plan, options.encryption !== undefined))
  }

  /** Whether a client's socket is open. */
  get hasClient(): boolean {
    return this.#legs.isPresent
  }

  /** A client has opened the data channel; see `OpenResume` for what happens to an older connection. */
  attach(leg: Leg): void {
    const wasAbsent = !this.#legs.isPresent
    this.#legs.add(leg)
    if (!this.#seat.hasWorker) {
      this.#session.status = 'Connected'
      if (this.#seat.isRefused) this.#ended({ status: 'Failed', output: NO_WORKER_TEXT })
      return
    }
    if (this.#agent === undefined && !this.#isAgentDead) {
      this.#startAgent()
      return
    }
    this.#session.status = 'Connected'
    if (wasAbsent && this.#options.settings.sendsStart) this.#publication(MessageType.startPublication, 'agent')
    if (this.#isKnownAbsent) this.#tellClientOfAgent()
    this.#agent?.room()
  }

  /** Cuts the client's socket; nothing happens when there is none. In a black hole the service still counts the socket as open. */
  cut(how: Cut): void {
    if (!this.#legs.isPresent) return
    this.#legs.cut(how)
    if (how === 'black-hole') this.#agent?.room()
    else this.#legGone()
  }

  /** Flips a bit of the agent's next encrypted payload. */
  corrupt(): void {
    this.#agent?.corruptNext()
  }

  /** A black hole ends: the client's side hears of a reset. Nothing happens to any other leg. */
  liftBlackHole(): void {
    if (this.#legs.isSwallowing) this.cut('rst')
  }

  /** Takes the agent's leg away or brings it back; the session goes on. */
  setAgentPresent(isPresent: boolean, why: Absence = 'cut'): void {
    if (this.#session.hasEnded) return
    if (why === 'cut') clearTimeout(this.#agentBack)
    const wasKnownAbsent = this.#isKnownAbsent
    if (isPresent !== this.#absences.has(why)) return
    if (isPresent) this.#absences.delete(why)
    else this.#absences.add(why)
    if (this.#isAgentPresent) {
      this.#lifetime.opened('agent')
      this.#agent?.reconnected()
    }
    if (this.#isKnownAbsent !== wasKnownAbsent) this.#tellClientOfAgent()
  }

  /** Stops the machine and everything that runs in the session. The service learns of it by {@link reviveAgent}. */
  killAgent(): void {
    this.#isAgentDead = true
    this.setAgentPresent(false, 'machine')
    // Never rejects; awaited by the dispose.
    void this.#agent?.[Symbol.asyncDispose]()
  }

  /** Brings the agent back after {@link killAgent}. It does not know the session, so the session ends. */
  reviveAgent(): void {
    if (!this.#isAgentDead) return
    this.#ended({ status: 'Failed', output: '' })
  }

  /** Sends pause_publication although the agent is there, and no start_publication. */
  pauseClient(): void {
    this.#publication(MessageType.pausePublication, 'client')
  }

  /** Ends the session from outside. `output` is the service's last word on it. */
  terminate(output = ''): void {
    if (this.#session.hasEnded) return
    if (this.#agent === undefined) {
      this.#ended({ status: 'Success', output })
      return
    }
    // The agent hears it on its control channel too, so its absence or a blocked reader does not save it.
    this.#channelClosed(output, 'agent')
    this.#ended({ status: 'Success', output })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.status = 'Terminated'
    this.#lifetime.stop()
    clearTimeout(this.#agentBack)
    this.#seat.leave()
    this.#legs.cut('fin')
    await this.#agent?.[Symbol.asyncDispose]()
  }

  get #isAgentPresent(): boolean {
    return this.#absences.size === 0
  }

  get #isKnownAbsent(): boolean {
    return this.#absences.has('cut') || this.#absences.has('machine')
  }

  #recycle(leg: 'client' | 'agent'): void {
    this.#options.tally.add('recycle')
    if (leg === 'client') {
      this.cut('close-1000')
      return
    }
    this.setAgentPresent(false)
    this.#agentBack = setTimeout(() => this.setAgentPresent(true), AGENT_BACK_MS)
  }

  #timedOut(output: string): void {
    if (this.#session.hasEnded) return
    this.#channelClosed(output, 'agent')
    this.#ended({ status: 'Success', output })
  }

  #startAgent(): void {
    this.#lifetime.opened('agent')
    const { session, agentVersion, computer, encryption, agentSettings } = this.#options
    this.#agent = new AgentSession({
      sessionId: session.id,
      agentVersion,
      plan: session.plan,
      computer,
      encryption,
      settings: agentSettings,
      observation: session.observation,
      send: (frame) => this.#toClient(frame),
      onEnd: (end) => this.#ended(end),
    })
    this.#agent.start()
  }

  #toAgent(frame: Buffer): void {
    if (isStreamMessage(frame)) this.#lifetime.used()
    if (this.#isAgentPresent && !this.#session.hasEnded) this.#agent?.receive(frame)
    else this.#session.observation.count('dropped')
  }

  #toClient(frame: Buffer): boolean {
    if (isSessionState(frame)) {
      this.#agentState(frame)
      return true
    }
    if (isStreamMessage(frame)) this.#lifetime.used()
    if (this.#legs.isPresent && this.#isAgentPresent) return this.#legs.send(frame)
    this.#session.observation.count('dropped')
    return true
  }

  #agentState(frame: Buffer): void {
    if (frame.includes('"SessionState":"Terminating"')) this.#session.status = 'Terminating'
    else this.#session.status = this.#legs.isPresent ? 'Connected' : 'Disconnected'
  }

  #legGone(): void {
    this.#lifetime.closed('client')
    if (this.#session.hasEnded) return
    if (this.#session.status !== 'Terminating') this.#session.status = 'Disconnected'
    if (this.#options.settings.sendsPause) this.#publication(MessageType.pausePublication, 'agent')
    // The socket that the agent waited for is gone, and its backlog with it.
    this.#agent?.room()
  }

  #ended(end: SessionEnd): void {
    if (this.#session.hasEnded) return
    this.#session.status = end.status === 'Success' ? 'Terminated' : 'Failed'
    this.#channelClosed(end.output, 'client')
    this.#legs.farewell()
    void this[Symbol.asyncDispose]().then(this.#options.onEnd)
  }

  #tellClientOfAgent(): void {
    const { sendsPause, sendsStart } = this.#options.settings
    if (!this.#isKnownAbsent && sendsStart) this.#publication(MessageType.startPublication, 'client')
    if (this.#isKnownAbsent && sendsPause) this.#publication(MessageType.pausePublication, 'client')
  }

  #publication(messageType: Publication, to: 'agent' | 'client'): void {
    const isUndated = to === 'client' && this.#options.settings.hasUndatedPublication
    this.#send(to, publicationMessage(messageType, isUndated ? 0 : Date.now()))
  }

  #channelClosed(output: string, to: 'agent' | 'client'): void {
    const { id, target } = this.#session
    this.#send(to, channelClosedMessage({ id, targetId: target.id, output }))
  }

  #send(to: 'agent' | 'client', frame: Buffer): void {
    if (to === 'agent') {
      if (this.#isAgentPresent) this.#agent?.receive(frame)
      return
    }
    this.#session.observation.noteFrame('service', frame)
    this.#legs.send(frame)
  }
}
