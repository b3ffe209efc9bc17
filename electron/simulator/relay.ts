// The service in the middle of one session: it joins the client's leg with the agent, and knows when either is absent.
//
// Messages to an absent leg are dropped. The leg that is present is told by pause_publication, and by start_publication
// on the other's return. The agent starts with the client's first connection. The end of the session goes to the client
// as channel_closed. Source: specification §13 S6, S8, S9; §10.7.

import { randomUUID } from 'node:crypto'
import { MessageFlags, MessageType, PayloadType, encodeMessage } from '../ssm/message'
import { AgentSession } from './agent'
import type { Cut, Leg } from './leg'
import type { AgentSettings, Computer, SessionEnd } from './plugin'
import type { Session } from './sessions'

/** How the service behaves where the real one is not known. */
export interface RelaySettings {
  /** Whether `pause_publication` is sent when a leg goes. */
  readonly sendsPause: boolean
  /** Whether `start_publication` is sent when a leg comes back. */
  readonly sendsStart: boolean
  /** Publication messages to the client carry CreatedDate 0, as a client must bear. */
  readonly hasUndatedPublication: boolean
}

/** What a relay is made of. */
export interface RelayOptions {
  readonly session: Session
  readonly agentVersion: string
  readonly computer: Computer
  readonly agentSettings: AgentSettings
  readonly settings: RelaySettings
  /** The session has ended and nothing of it is left. */
  readonly onEnd: () => void
}

// `agent_session_state` in the type field; enough to keep it from the client without decoding every message.
const STATE_TYPE = Buffer.from(MessageType.agentSessionState)

function isSessionState(frame: Buffer): boolean {
  return frame.subarray(4, 4 + STATE_TYPE.length).equals(STATE_TYPE)
}

/** One session's relay. Owns the agent's half and the client's current leg. */
export class Relay implements AsyncDisposable {
  readonly #options: RelayOptions
  readonly #session: Session
  #leg: Leg | undefined
  #agent: AgentSession | undefined
  #isAgentPresent = true

  constructor(options: RelayOptions) {
    this.#options = options
    this.#session = options.session
  }

  /** A client has opened the data channel. The newest connection wins; the one before is closed. */
  attach(leg: Leg): void {
    const wasAbsent = this.#leg === undefined
    this.#leg?.cut('close-1000')
    this.#leg = leg
    leg.join({
      onFrame: (frame) => this.#toAgent(frame),
      onRoom: () => this.#agent?.room(),
      onGone: () => this.#legGone(),
    })
    if (this.#agent === undefined) {
      this.#startAgent()
      return
    }
    this.#session.status = 'Connected'
    if (wasAbsent && this.#options.settings.sendsStart) this.#publication(MessageType.startPublication, 'agent')
    if (!this.#isAgentPresent) this.#tellClientOfAgent()
    this.#agent.room()
  }

  /** Cuts the client's socket; nothing happens when there is none. */
  cut(how: Cut): void {
    if (this.#leg === undefined) return
    this.#leg.cut(how)
    this.#legGone()
  }

  /** Takes the agent's leg away or brings it back; the session goes on. */
  setAgentPresent(isPresent: boolean): void {
    if (isPresent === this.#isAgentPresent) return
    this.#isAgentPresent = isPresent
    if (isPresent) this.#agent?.reconnected()
    this.#tellClientOfAgent()
  }

  /** Ends the session from outside. */
  terminate(): void {
    if (this.#session.hasEnded) return
    if (this.#agent === undefined) {
      this.#ended({ status: 'Success', output: '' })
      return
    }
    // The agent hears it on its control channel too, so its absence or a blocked reader does not save it.
    this.#channelClosed('', 'agent')
    this.#ended({ status: 'Success', output: '' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.status = 'Terminated'
    this.#leg?.cut('fin')
    this.#leg = undefined
    await this.#agent?.[Symbol.asyncDispose]()
  }

  #startAgent(): void {
    const { session, agentVersion, computer, agentSettings } = this.#options
    this.#agent = new AgentSession({
      sessionId: session.id,
      agentVersion,
      plan: session.plan,
      computer,
      settings: agentSettings,
      observation: session.observation,
      send: (frame) => this.#toClient(frame),
      onEnd: (end) => this.#ended(end),
    })
    this.#agent.start()
  }

  #toAgent(frame: Buffer): void {
    if (this.#isAgentPresent && !this.#session.hasEnded) this.#agent?.receive(frame)
    else this.#session.observation.count('dropped')
  }

  #toClient(frame: Buffer): boolean {
    if (isSessionState(frame)) {
      this.#agentState(frame)
      return true
    }
    if (this.#leg !== undefined && this.#isAgentPresent) return this.#leg.send(frame)
    this.#session.observation.count('dropped')
    return true
  }

  #agentState(frame: Buffer): void {
    if (frame.includes('"SessionState":"Terminating"')) this.#session.status = 'Terminating'
    else this.#session.status = this.#leg === undefined ? 'Disconnected' : 'Connected'
  }

  #legGone(): void {
    this.#leg = undefined
    if (this.#session.hasEnded) return
    if (this.#session.status !== 'Terminating') this.#session.status = 'Disconnected'
    if (this.#options.settings.sendsPause) this.#publication(MessageType.pausePublication, 'agent')
    // Whatever the agent waited for to drain is gone with the socket.
    this.#agent?.room()
  }

  #ended(end: SessionEnd): void {
    if (this.#session.hasEnded) return
    this.#session.status = end.status === 'Success' ? 'Terminated' : 'Failed'
    this.#channelClosed(end.output, 'client')
    this.#leg?.farewell()
    this.#leg = undefined
    void this[Symbol.asyncDispose]().then(this.#options.onEnd)
  }

  #tellClientOfAgent(): void {
    const { sendsPause, sendsStart } = this.#options.settings
    if (this.#isAgentPresent && sendsStart) this.#publication(MessageType.startPublication, 'client')
    if (!this.#isAgentPresent && sendsPause) this.#publication(MessageType.pausePublication, 'client')
  }

  #publication(messageType: string, to: 'agent' | 'client'): void {
    const isUndated = to === 'client' && this.#options.settings.hasUndatedPublication
    this.#send(to, { messageType, payload: Buffer.from('{}'), createdDate: isUndated ? 0 : Date.now() })
  }

  #channelClosed(output: string, to: 'agent' | 'client'): void {
    const payload = JSON.stringify({
      MessageType: MessageType.channelClosed,
      MessageId: randomUUID(),
      DestinationId: this.#session.target.id,
      SessionId: this.#session.id,
      SchemaVersion: 1,
      CreatedDate: new Date().toISOString(),
      Output: output,
    })
    this.#send(to, { messageType: MessageType.channelClosed, payload: Buffer.from(payload), createdDate: Date.now() })
  }

  #send(
    to: 'agent' | 'client',
    message: { readonly messageType: string; readonly payload: Buffer; readonly createdDate: number },
  ): void {
    const frame = encodeMessage({
      ...message,
      schemaVersion: 1,
      sequenceNumber: 0n,
      flags: MessageFlags.none,
      messageId: randomUUID(),
      payloadType: PayloadType.none,
    })
    if (to === 'agent') {
      if (this.#isAgentPresent) this.#agent?.receive(frame)
      return
    }
    this.#session.observation.noteFrame('service', frame)
    this.#leg?.send(frame)
  }
}
