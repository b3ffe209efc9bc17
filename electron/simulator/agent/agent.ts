// One session at an agent: what amazon-ssm-agent does with a data channel, driven by frames and free of sockets.
//
//   start -> [handshake] -> plugin runs -> finishing -> closed
//
// Owns the order of these phases, the sequence state of both directions (for the whole session, over any number of sockets)
// and the plugin. The handshake is opening.ts, the way out is sending.ts. Does not own: sockets, the service's messages, what
// runs behind the plugin. Source: specification §4 (agent column), §5, §7.1.

import { randomUUID } from 'node:crypto'
import { MessageType, decodeMessage, type Message } from '../../ssm/codec/message'
import { parseAcknowledge } from '../../ssm/codec/payloads'
import { AgentKeys, type AgentEncryption, type RandomSource } from './keys'
import { encodeAcknowledge, encodeSessionState, type Stamp } from './controlmessage'
import { handshakeFailure, needsHandshake } from './handshake'
import { Inbox } from './inbox'
import { Observation } from './observation'
import { Opening } from './opening'
import type { AgentSettings, Computer, Handled, Plugin, PluginSession, SessionEnd, SessionPlan } from './plugin'
import { startPlugin } from './plugins'
import { Reader } from './reader'
import { Sending } from './sending'

/** How long a finishing agent waits for its last acknowledgements. */
const LAST_ACKNOWLEDGEMENTS_MS = 2_000

/** What a session at an agent is made of. */
export interface AgentSessionOptions {
  readonly sessionId: string
  readonly agentVersion: string
  readonly plan: SessionPlan
  readonly computer: Computer
  readonly settings: AgentSettings
  /** Undefined: the session is not encrypted. */
  readonly encryption?: AgentEncryption | undefined
  readonly observation?: Observation
  /**
   * Takes a whole binary message towards the service, `agent_session_state` included. False: no more room, call
   * {@link AgentSession.room} when there is.
   */
  readonly send: (frame: Buffer) => boolean
  /** The agent has closed its side; called at most once, and not after a dispose. */
  readonly onEnd: (end: SessionEnd) => void
  /** Makes ids of messages; random ones by default. */
  readonly newId?: () => string
  /** Makes challenges and nonces; random ones by default. */
  readonly random?: RandomSource
}

type Phase = 'opening' | 'running' | 'finishing' | 'closed'

/** One session at an agent. Timers and the plugin's processes live until the end, a `channel_closed` or dispose. */
export class AgentSession implements PluginSession, AsyncDisposable {
  readonly sessionId: string
  readonly agentVersion: string
  readonly computer: Computer
  readonly settings: AgentSettings
  readonly observation: Observation
  readonly #options: AgentSessionOptions
  readonly #opening: Opening
  readonly #sending: Sending
  readonly #keys: AgentKeys | undefined
  readonly #inbox = new Inbox({
    handle: (message) => this.#handle(message),
    acknowledge: (message) => this.#acknowledge(message),
  })
  readonly #reader = new Reader(
    (frame) => this.#process(frame),
    () => this.#sending.tellCanSend(),
  )
  readonly #newId: () => string
  #phase: Phase = 'opening'
  #plugin: Plugin | undefined
  #finishTimer: NodeJS.Timeout | undefined
  #end: SessionEnd | undefined
  #disposal: Promise<void> | undefined

  constructor(options: AgentSessionOptions) {
    this.#options = options
    this.sessionId = options.sessionId
    this.agentVersion = options.agentVersion
    this.computer = options.computer
    this.settings = options.settings
    this.observation = options.observation ?? new Observation()
    this.#newId = options.newId ?? randomUUID
    const { encryption, random, plan, agentVersion, send } = options
    this.#keys = encryption === undefined ? undefined : new AgentKeys(encryption, this.sessionId, random)
    this.#sending = new Sending({
      isPaced: this.settings.isPaced,
      newId: this.#newId,
      observation: this.observation,
      send,
      isReaderBlocked: () => this.isBlocked,
      onEmpty: () => this.#finished(),
    })
    this.#opening = new Opening({
      agentVersion,
      plan,
      keys: this.#keys,
      send: (payloadType, payload) => this.send(payloadType, payload),
      onEarlyData: () => this.observation.count('earlyData'),
      onComplete: () => this.#run(),
      onFailure: (error) => this.finish({ status: 'Failed', output: handshakeFailure(error) }),
    })
  }

  get clientVersion(): string {
    return this.#opening.clientVersion
  }

  /** Whether the agent's reader waits for its plugin: frames are held meanwhile (at most 8 MiB, then dropped). */
  get isBlocked(): boolean {
    return this.#reader.isBlocked
  }

  /** The agent's data channel is open: it reports itself and begins the session. */
  start(): void {
    this.#sendState('Connected')
    if (needsHandshake(this.#options.plan, this.#keys !== undefined)) this.#opening.begin()
    else this.#run()
  }

  /** Flips a bit of the next payload that is encrypted: a fault for tests. */
  corruptNext(): void {
    this.#keys?.corruptNext()
  }

  /** Takes one binary message from the service. Never throws; `frame` may be kept. */
  receive(frame: Buffer): void {
    if (this.#phase === 'closed') return
    if (!this.#reader.push(frame)) this.observation.count('dropped')
    if (this.#reader.isBlocked) this.#sending.tellCanSend()
  }

  /** The way to the service has room again. */
  room(): void {
    this.#sending.room()
  }

  /** The agent's own leg was opened anew, which ends a pause. */
  reconnected(): void {
    this.#sending.resume()
  }

  canSend(): boolean {
    return this.#sending.canSend()
  }

  onCanSend(listener: () => void): () => void {
    return this.#sending.onCanSend(listener)
  }

  send(payloadType: number, payload: Buffer): void {
    if (this.#phase === 'closed') return
    this.#sending.add(payloadType, this.#keys?.seal(payloadType, payload) ?? payload)
  }

  finish(end: SessionEnd): void {
    if (this.#phase === 'finishing' || this.#phase === 'closed') return
    this.#phase = 'finishing'
    this.#end = end
    this.#opening.stop()
    this.#finishTimer = setTimeout(() => this.#finished(), LAST_ACKNOWLEDGEMENTS_MS)
    if (this.#sending.isEmpty) this.#finished()
  }

  /** Ends and sends nothing more: kills processes and stops timers. Resolves when both are gone. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#close()
    return this.#disposal
  }

  async #close(): Promise<void> {
    this.#phase = 'closed'
    clearTimeout(this.#finishTimer)
    this.#opening.stop()
    this.#sending.stop()
    this.#reader.stop()
    this.#inbox.stop()
    await this.#plugin?.dispose()
  }

  #run(): void {
    this.#phase = 'running'
    this.#plugin = startPlugin(this.#options.plan, this)
  }

  // Closes a session whose plugin has finished, after its last acknowledgement or 2 s. Port sessions send no last state.
  #finished(): void {
    if (this.#phase !== 'finishing') return
    if (this.#options.plan.kind !== 'port') this.#sendState('Terminating')
    const end = this.#end
    void this[Symbol.asyncDispose]().then(() => {
      if (end !== undefined) this.#options.onEnd(end)
    })
  }

  #process(frame: Buffer): Handled {
    let message: Message
    try {
      message = decodeMessage(frame, { receiver: 'agent' })
      // Unlike a client, an agent checks the date of publication messages too (vector agent-start-pub-date-0).
      if (message.createdDate === 0) throw new Error('no date')
    } catch {
      this.observation.count('malformed')
      return 'handled'
    }
    const isClient = message.messageType === MessageType.input || message.messageType === MessageType.acknowledge
    if (isClient) this.observation.count('received')
    this.observation.noteFrame(isClient ? 'client' : 'service', frame)
    switch (message.messageType) {
      case MessageType.input:
        this.#sending.resume()
        this.observation.noteStreamMessage(Number(message.sequenceNumber), frame)
        return this.#inbox.receive(message)
      case MessageType.acknowledge:
        this.#sending.resume()
        this.#receiveAcknowledge(message)
        return 'handled'
      case MessageType.pausePublication:
        this.#sending.pause()
        return 'handled'
      case MessageType.startPublication:
        this.#sending.resume()
        return 'handled'
      case MessageType.channelClosed:
        void this[Symbol.asyncDispose]().then(() => this.#options.onEnd({ status: 'Success', output: '' }))
        return 'handled'
      default:
        return 'handled'
    }
  }

  #receiveAcknowledge(message: Message): void {
    let sequenceNumber: number
    try {
      sequenceNumber = parseAcknowledge(message.payload).sequenceNumber
    } catch {
      this.observation.count('malformed')
      return
    }
    this.observation.noteAcknowledged(sequenceNumber)
    this.#sending.acknowledge(sequenceNumber)
  }

  #handle(message: Message): Handled {
    const handled = this.#opening.receive(message)
    if (handled !== undefined) return handled
    if (this.#phase !== 'running' || this.#plugin === undefined) return 'not-ready'
    const payload = this.#keys?.open(message.payloadType, message.payload) ?? message.payload
    return this.#plugin.receive(message.payloadType, payload)
  }

  #acknowledge(message: Message): void {
    this.observation.count('acknowledgementsSent')
    this.#sending.transmit(encodeAcknowledge(message, this.#stamp()))
  }

  #sendState(state: 'Connected' | 'Terminating'): void {
    this.#sending.transmit(encodeSessionState(state, this.sessionId, this.#stamp()))
  }

  #stamp(): Stamp {
    return { messageId: this.#newId(), createdDate: Date.now() }
  }
}
