// One session at an agent: what amazon-ssm-agent does with a data channel, driven by frames and free of sockets.
//
//   start -> [HandshakeRequest -> HandshakeResponse -> [challenge] -> HandshakeComplete] -> plugin runs -> finishing -> closed
//
// Owns the sequence state of both directions (for the whole session, over any number of sockets), the handshake, the one
// retransmission timer (only while something is unacknowledged) and the plugin. Does not own: sockets, the service's
// messages, what runs behind the plugin. Source: specification §4 (agent column), §5, §7.1.

import { randomUUID } from 'node:crypto'
import { MessageType, PayloadType, decodeMessage, type Message } from '../../ssm/codec/message'
import { parseAcknowledge } from '../../ssm/codec/payloads'
import { AgentKeys, CHALLENGE_TIMED_OUT, type AgentEncryption, type RandomSource } from './keys'
import { encodeAcknowledge, encodeSessionState, type Stamp } from './controlmessage'
import {
  HANDSHAKE_TIMED_OUT,
  HANDSHAKE_TIMEOUT_MS,
  handshakeComplete,
  handshakeFailure,
  handshakeRequest,
  judgeHandshakeResponse,
  needsHandshake,
  type HandshakeVerdict,
} from './handshake'
import { Inbox } from './inbox'
import { Observation } from './observation'
import { Outgoing, RESEND_TICK_MS } from './outgoing'
import type { AgentSettings, Computer, Handled, Plugin, PluginSession, SessionEnd, SessionPlan } from './plugin'
import { startPlugin } from './plugins'
import { Reader } from './reader'

/** How long a finishing agent waits for its last acknowledgements. */
const LAST_ACKNOWLEDGEMENTS_MS = 2_000
/**
 * Without pacing: most messages in flight. An agent has no window, its pace is one; a sender without either would lose
 * thousands of messages at once with a socket, and an agent repairs ten a second.
 */
const UNPACED_IN_FLIGHT = 64

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
  /** Ids of messages; random unless a test wants bytes it can predict. */
  readonly newId?: () => string
  /** Challenges and nonces; random unless a test wants bytes it can predict. */
  readonly random?: RandomSource
}

type Phase = 'new' | 'handshake' | 'challenge' | 'running' | 'finishing' | 'closed'

/** One session at an agent. Timers and the plugin's processes live until the end, a `channel_closed` or dispose. */
export class AgentSession implements PluginSession, AsyncDisposable {
  readonly sessionId: string
  readonly agentVersion: string
  readonly computer: Computer
  readonly settings: AgentSettings
  readonly observation: Observation
  readonly #options: AgentSessionOptions
  readonly #outgoing: Outgoing
  readonly #keys: AgentKeys | undefined
  readonly #inbox = new Inbox({
    handle: (message) => this.#handle(message),
    acknowledge: (message) => this.#acknowledge(message),
  })
  readonly #reader = new Reader(
    (frame) => this.#process(frame),
    () => this.#tellCanSend(),
  )
  readonly #listeners = new Set<() => void>()
  readonly #newId: () => string
  #clientVersion = ''
  #phase: Phase = 'new'
  #plugin: Plugin | undefined
  #hasRoom = true
  #hasResponse = false
  #requestedAt = 0
  #resendTimer: NodeJS.Timeout | undefined
  #handshakeTimer: NodeJS.Timeout | undefined
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
    this.#outgoing = new Outgoing({ newId: this.#newId })
    const { encryption, random } = options
    this.#keys = encryption === undefined ? undefined : new AgentKeys(encryption, this.sessionId, random)
  }

  get clientVersion(): string {
    return this.#clientVersion
  }

  /** Whether the agent's reader waits for its plugin: frames are held meanwhile (at most 8 MiB, then dropped). */
  get isBlocked(): boolean {
    return this.#reader.isBlocked
  }

  /** The agent's data channel is open: it reports itself and begins the session. */
  start(): void {
    this.#sendState('Connected')
    if (!needsHandshake(this.#options.plan, this.#keys !== undefined)) {
      this.#run()
      return
    }
    this.#phase = 'handshake'
    this.#requestedAt = performance.now()
    const request = handshakeRequest(this.agentVersion, this.#options.plan, this.#keys?.parameters)
    this.send(PayloadType.handshakeRequest, request)
    this.#handshakeTimer = setTimeout(() => this.#failHandshake(HANDSHAKE_TIMED_OUT), HANDSHAKE_TIMEOUT_MS)
  }

  /** Flips a bit of the next payload that is encrypted: a fault for tests. */
  corruptNext(): void {
    this.#keys?.corruptNext()
  }

  /** Takes one binary message from the service. Never throws; `frame` may be kept. */
  receive(frame: Buffer): void {
    if (this.#phase === 'closed') return
    if (!this.#reader.push(frame)) this.observation.count('dropped')
    if (this.#reader.isBlocked) this.#tellCanSend()
  }

  /** The way to the service has room again. */
  room(): void {
    this.#hasRoom = true
    this.#tellCanSend()
  }

  /** The agent's own leg was opened anew: whatever pause there was is over. */
  reconnected(): void {
    this.#resume()
  }

  canSend(): boolean {
    if (this.#outgoing.isPaused || !this.#hasRoom) return false
    // While the reader is blocked it reads no acknowledgements: a destination that waits for our output to take more input
    // (an echo) would wait for ever. An agent knows no such limit.
    return this.settings.isPaced || this.#outgoing.size < UNPACED_IN_FLIGHT || this.#reader.isBlocked
  }

  onCanSend(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  send(payloadType: number, payload: Buffer): void {
    if (this.#phase === 'closed') return
    const sealed = this.#keys?.seal(payloadType, payload) ?? payload
    const numbered = this.#outgoing.add(payloadType, sealed, Date.now())
    if (numbered === undefined) return
    if (numbered.isSent) this.#transmit(numbered.frame)
    this.#resendTimer ??= setInterval(() => this.#resend(), RESEND_TICK_MS)
  }

  finish(end: SessionEnd): void {
    if (this.#phase === 'finishing' || this.#phase === 'closed') return
    this.#phase = 'finishing'
    this.#end = end
    clearTimeout(this.#handshakeTimer)
    this.#finishTimer = setTimeout(() => this.#finished(), LAST_ACKNOWLEDGEMENTS_MS)
    if (this.#outgoing.size === 0) this.#finished()
  }

  /** Ends without a word: processes are killed, timers stopped. Resolves when nothing is left. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#close()
    return this.#disposal
  }

  async #close(): Promise<void> {
    this.#phase = 'closed'
    clearInterval(this.#resendTimer)
    clearTimeout(this.#handshakeTimer)
    clearTimeout(this.#finishTimer)
    this.#reader.stop()
    this.#inbox.stop()
    this.#listeners.clear()
    await this.#plugin?.dispose()
  }

  #run(): void {
    this.#phase = 'running'
    this.#plugin = startPlugin(this.#options.plan, this)
  }

  // The end of a session that ended by itself. Ports close without a last state.
  #finished(): void {
    if (this.#phase !== 'finishing') return
    if (this.#options.plan.kind !== 'port') this.#sendState('Terminating')
    const end = this.#end
    void this[Symbol.asyncDispose]().then(() => {
      if (end !== undefined) this.#options.onEnd(end)
    })
  }

  #failHandshake(error: string): void {
    this.finish({ status: 'Failed', output: handshakeFailure(error) })
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
        this.#resume()
        this.observation.noteStreamMessage(Number(message.sequenceNumber), frame)
        return this.#inbox.receive(message)
      case MessageType.acknowledge:
        this.#resume()
        this.#receiveAcknowledge(message)
        return 'handled'
      case MessageType.pausePublication:
        this.#outgoing.pause()
        return 'handled'
      case MessageType.startPublication:
        this.#resume()
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
    if (!this.#outgoing.acknowledge(sequenceNumber, Date.now())) return
    if (this.#outgoing.size === 0) {
      clearInterval(this.#resendTimer)
      this.#resendTimer = undefined
      if (this.#phase === 'finishing') this.#finished()
    }
    this.#tellCanSend()
  }

  #handle(message: Message): Handled {
    if (message.payloadType === PayloadType.handshakeResponse) return this.#handleResponse(message.payload)
    if (this.#phase === 'challenge' && message.payloadType === PayloadType.challengeResponse) {
      this.#keys?.checkAnswer(message.payload)
      queueMicrotask(() => this.#completeHandshake())
      return 'handled'
    }
    if (this.#phase === 'handshake' || this.#phase === 'challenge') {
      this.observation.count('earlyData')
      return 'handled'
    }
    if (this.#phase !== 'running' || this.#plugin === undefined) return 'not-ready'
    const payload = this.#keys?.open(message.payloadType, message.payload) ?? message.payload
    return this.#plugin.receive(message.payloadType, payload)
  }

  #handleResponse(payload: Buffer): Handled {
    const verdict = judgeHandshakeResponse(payload)
    // Nobody takes a second response from the agent's unbuffered channel: its reader hangs for good (§5.1).
    if (this.#hasResponse || this.#phase !== 'handshake') return new Promise(() => undefined)
    this.#hasResponse = true
    clearTimeout(this.#handshakeTimer)
    this.#clientVersion = verdict.clientVersion
    // Another thread of the agent goes on from here, so the acknowledgement leaves first.
    queueMicrotask(() => {
      if (this.#phase !== 'handshake') return
      if (verdict.error !== '') this.#failHandshake(verdict.error)
      else if (this.#keys === undefined) this.#completeHandshake()
      else this.#sendChallenge(this.#keys, verdict)
    })
    return 'handled'
  }

  #sendChallenge(keys: AgentKeys, verdict: HandshakeVerdict): void {
    try {
      if ('kmsResult' in verdict) keys.accept(verdict.kmsResult)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#failHandshake(`Fetching data key failed: Unable to retrieve data key, ${why}`)
      return
    }
    this.#phase = 'challenge'
    const challenge = keys.challengeRequest()
    if (challenge !== undefined) this.send(PayloadType.challengeRequest, challenge)
    this.#handshakeTimer = setTimeout(() => this.#failHandshake(CHALLENGE_TIMED_OUT), HANDSHAKE_TIMEOUT_MS)
  }

  #completeHandshake(): void {
    if (this.#phase !== 'handshake' && this.#phase !== 'challenge') return
    clearTimeout(this.#handshakeTimer)
    const durationMs = performance.now() - this.#requestedAt
    const client = { version: this.#clientVersion, isEncrypted: this.#keys !== undefined }
    this.send(PayloadType.handshakeComplete, handshakeComplete(durationMs, this.#options.plan, client))
    this.#run()
  }

  #acknowledge(message: Message): void {
    this.observation.count('acknowledgementsSent')
    this.#transmit(encodeAcknowledge(message, this.#stamp()))
  }

  #sendState(state: 'Connected' | 'Terminating'): void {
    this.#transmit(encodeSessionState(state, this.sessionId, this.#stamp()))
  }

  #stamp(): Stamp {
    return { messageId: this.#newId(), createdDate: Date.now() }
  }

  #transmit(frame: Buffer): void {
    this.observation.count('sent')
    this.observation.noteFrame('agent', frame)
    this.#hasRoom = this.#options.send(frame)
  }

  #resend(): void {
    const frame = this.#outgoing.due(Date.now())
    if (frame === undefined) return
    this.observation.count('retransmits')
    this.#transmit(frame)
  }

  #resume(): void {
    if (!this.#outgoing.isPaused) return
    this.#outgoing.resume()
    this.#tellCanSend()
  }

  #tellCanSend(): void {
    for (const listener of this.#listeners) listener()
  }
}
