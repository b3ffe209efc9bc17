// One data channel: a single logical thing over successive WebSockets.
//
//   opening --handshake or first output--> ready --channel_closed, a failure, close()--> closed
//      ^ attach(wire) may happen any number of times while not closed; the socket comes and goes, the channel stays
//
// Owns: what was received, the sending side (sending.ts), the handshake and keys, the attached wire with its heartbeat, and all
// timers.
// Does not own: getting sockets and tokens (core/sessions/session.ts), or what the bytes mean (port/, core/sessions/shell.ts).
// Source: specification §2 to §5, §10.5.

import { randomUUID } from 'node:crypto'
import { cutText } from '../../../shared/cut'
import { AppError, asError } from '../../../shared/errors'
import { Agreement } from '../handshake/agreement'
import type { ChannelCounters, ChannelHandlers, ChannelOptions } from './handlers'
import { monotonicNow, type MonotonicClock } from './clock'
import { defaultHeartbeat, Heartbeat, type HeartbeatTiming } from './heartbeat'
import { Inbox } from './inbox'
import { decodeMessage, MessageType, PayloadType, type Message } from '../codec/message'
import { Opening } from './opening'
import { ownBytes } from '../codec/ownbytes'
import { formatOpenDataChannel, parseAcknowledge, parseChannelClosed, parseHandshakeComplete } from '../codec/payloads'
import { Probe, type ProbeResult } from './probe'
import { MAX_WIRE_BACKLOG_BYTES, Sending } from './sending'
import { encodeAcknowledge, encodeInput } from '../codec/streammessage'
import type { Wire } from './wire'

// Above the backlog and one whole replay of the store: a socket that has not taken this much takes nothing any more.
const HARD_WIRE_BACKLOG_BYTES = 8 * 1_048_576
const BACKLOG_TEXT = 'Session Manager sends but takes nothing. The connection is being renewed.'
const CLOSE_NORMAL = 1_000

/** A data channel. It is the single writer of its session: no sequence number is ever used twice. */
export class Channel {
  readonly #clientId = randomUUID()
  readonly #handlers: ChannelHandlers
  readonly #heartbeatTiming: HeartbeatTiming
  readonly #now: MonotonicClock
  readonly #opening: Opening
  readonly #agreement: Agreement
  readonly #sending: Sending
  readonly #inbox = new Inbox<Message>()
  #state: 'opening' | 'ready' | 'closed' = 'opening'
  #wire: Wire | undefined
  #heartbeat: Heartbeat | undefined
  #probe: Probe | undefined
  #isProven = false
  #wiresAttached = 0
  #rejectedFrames = 0
  #lastReceivedAt = 0

  constructor(options: ChannelOptions) {
    this.#handlers = options.handlers
    this.#heartbeatTiming = options.heartbeat ?? defaultHeartbeat
    this.#now = options.now ?? monotonicNow
    this.#sending = new Sending({
      encode: (sequence, payloadType, payload) =>
        encodeInput(sequence, payloadType, this.#agreement.keys.seal(payloadType, payload)),
      now: this.#now,
      isReady: () => this.#state === 'ready',
      isOver: () => this.#state === 'closed',
      onStuck: (error) => this.#lose(error),
    })
    this.#agreement = new Agreement({
      encryption: options.encryption,
      send: (payloadType, payload) => this.#sending.sendAhead(payloadType, payload),
      fail: (error) => this.fail(error),
    })
    this.#opening = new Opening({
      quietMs: options.readyAfterQuietMs,
      onQuiet: () => {
        if (!this.#agreement.hasBegun) this.#becomeReady('')
      },
      onLate: () => this.#onLate(),
      onSilent: () => this.#sending.prompt(),
    })
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  /** Bytes that the socket has not taken yet. */
  get #backlogBytes(): number {
    return this.#wire?.bufferedBytes ?? 0
  }

  get counters(): ChannelCounters {
    return {
      ...this.#sending.counters,
      duplicatesReceived: this.#inbox.duplicates,
      rejectedFrames: this.#rejectedFrames,
      wiresAttached: this.#wiresAttached,
      lastStreamAt: Math.max(this.#lastReceivedAt, this.#sending.lastSentAt),
    }
  }

  /**
   * Takes over an open socket: sends the open message with `token`, then everything unacknowledged. An earlier socket is
   * dropped. The channel owns `wire` until it is lost or replaced. Once the channel is closed, the wire is closed too.
   */
  attach(wire: Wire, token: string): void {
    if (this.#state === 'closed') return wire.close(CLOSE_NORMAL)
    this.#detach()?.terminate()
    this.#wire = wire
    this.#sending.attach(wire)
    this.#wiresAttached += 1
    this.#isProven = false
    const ifCurrent = (act: () => void): void => {
      if (wire === this.#wire) act()
    }
    wire.listen({
      message: (data) => ifCurrent(() => this.#onFrame(data)),
      pong: () =>
        ifCurrent(() => {
          this.#heartbeat?.heard()
          this.#probe?.pong()
        }),
      closed: (cause) => ifCurrent(() => this.#lose(cause)),
    })
    wire.send(formatOpenDataChannel({ requestId: randomUUID(), tokenValue: token, clientId: this.#clientId }))
    this.#heartbeat = new Heartbeat({
      wire,
      timing: this.#heartbeatTiming,
      now: this.#now,
      onDead: () =>
        this.#lose(new AppError('network', 'Session Manager stopped answering. The connection is being renewed.')),
    })
    this.#opening.begin(this.#state === 'opening')
    if (this.#wiresAttached > 1) this.#sending.replay()
  }

  /**
   * Queues user bytes; `done` is called once all of them are in the bounded store, which is when the caller may read more.
   * `done` is also called when the channel closes first. The bytes are cut and joined freely: they are a stream.
   */
  write(bytes: Buffer, done: () => void): void {
    if (this.#state === 'closed' || bytes.length === 0) {
      done()
      return
    }
    this.#sending.write(bytes, done)
  }

  /** Sends one control message (Size, Flag), behind what was written so far. False while the channel is not ready. */
  send(payloadType: number, payload: Buffer): boolean {
    if (this.#state !== 'ready') return false
    this.#sending.send(payloadType, payload)
    return true
  }

  /** Looks at once whether the socket is still there; one that does not answer within 5 s is lost. */
  wake(): void {
    this.#heartbeat?.probe()
    this.#sending.prompt()
  }

  /** Asks both ends for a sign of life. Of two at once the second hears what the first does; without a socket nobody answers. */
  async probe(timeoutMs: number): Promise<ProbeResult> {
    const wire = this.#wire
    if (wire === undefined) return { serviceMs: undefined, agentMs: undefined }
    if (this.#probe === undefined) {
      this.#probe = new Probe(timeoutMs)
      wire.ping()
      this.#sending.prompt()
    }
    const { result } = this.#probe
    return result.finally(() => {
      this.#probe = undefined
    })
  }

  /** Resolves true once everything written so far is acknowledged, false after `timeoutMs` or when the channel closes. */
  drained(timeoutMs: number): Promise<boolean> {
    return this.#sending.drained(timeoutMs)
  }

  /** Ends the channel on our side: close frame 1000, timers gone, writers released. Idempotent. Calls no handler. */
  close(): void {
    if (this.#state === 'closed') return
    this.#sending.flushGathered()
    this.#state = 'closed'
    this.#detach()?.close(CLOSE_NORMAL)
    this.#agreement.destroy()
    this.#sending.release()
  }

  /** Closes the channel because of `error` and says so. */
  fail(error: AppError): void {
    if (this.#state === 'closed') return
    this.close()
    this.#handlers.failed(error)
  }

  #onFrame(data: Buffer): void {
    if (this.#backlogBytes > HARD_WIRE_BACKLOG_BYTES) {
      this.#lose(new AppError('network', BACKLOG_TEXT))
      return
    }
    this.#heartbeat?.heard()
    let message: Message
    try {
      message = decodeMessage(data)
    } catch (error) {
      this.#reject(error)
      return
    }
    try {
      this.#onMessage(message)
    } catch (error) {
      this.fail(error instanceof AppError ? error : new AppError('internal', asError(error).message, { cause: error }))
    }
  }

  /** A frame that makes no sense is dropped without an acknowledgement: a good copy will be sent again (§3.3). */
  #reject(error: unknown): void {
    if (!(error instanceof AppError)) throw error
    this.#rejectedFrames += 1
  }

  #onMessage(message: Message): void {
    switch (message.messageType) {
      case MessageType.output:
        this.#sending.resume()
        this.#prove()
        this.#onStreamMessage(message)
        break
      case MessageType.acknowledge:
        this.#onAcknowledge(message.payload)
        break
      case MessageType.pausePublication:
        this.#sending.pause()
        break
      case MessageType.startPublication:
        this.#sending.resume()
        break
      case MessageType.channelClosed: {
        const text = cutText(parseChannelClosed(message.payload).Output ?? '')
        this.close()
        this.#handlers.closed(text)
        break
      }
      default:
      // Not for us (agent_session_state, types to come): ignored and not acknowledged.
    }
  }

  #onAcknowledge(payload: Buffer): void {
    let sequence: number
    try {
      sequence = parseAcknowledge(payload).sequenceNumber
    } catch (error) {
      this.#reject(error)
      return
    }
    this.#prove()
    this.#probe?.acknowledged()
    this.#sending.acknowledge(sequence)
  }

  #onStreamMessage(message: Message): void {
    this.#lastReceivedAt = Date.now()
    const sequence = Number(message.sequenceNumber)
    if (!Number.isSafeInteger(sequence) || sequence < 0) return
    // Each one taken is one acknowledgement more. The agent sends again what was not acknowledged.
    if (this.#backlogBytes > MAX_WIRE_BACKLOG_BYTES) return
    const isEarly = sequence !== this.#inbox.expected
    const item = isEarly ? { ...message, payload: ownBytes(message.payload) } : message
    const receipt = this.#inbox.receive(sequence, item, item.payload.length)
    if (receipt.acknowledge) this.#wire?.send(encodeAcknowledge(message, sequence))
    for (const next of receipt.deliver) {
      if (this.#state === 'closed') return
      this.#deliver(next)
    }
  }

  #deliver(message: Message): void {
    switch (message.payloadType) {
      case PayloadType.handshakeRequest:
        if (this.#state === 'opening') this.#agreement.request(message.payload)
        break
      case PayloadType.handshakeComplete:
        this.#becomeReady(cutText(parseHandshakeComplete(message.payload).CustomerMessage ?? ''))
        break
      case PayloadType.challengeRequest:
        this.#agreement.challenge(message.payload)
        break
      default: {
        if (message.payload.length === 0) break
        // An agent that needs no handshake starts with output, and that means a shell (§5.1).
        this.#becomeReady('')
        const payload = this.#agreement.keys.open(message.payloadType, message.payload)
        if (payload.length > 0) this.#handlers.data(message.payloadType, payload)
      }
    }
  }

  #becomeReady(customerMessage: string): void {
    if (this.#state !== 'opening') return
    const ready = this.#agreement.complete(customerMessage)
    this.#state = 'ready'
    this.#opening.stop()
    this.#handlers.ready(ready)
    this.#sending.flush()
  }

  #prove(): void {
    if (this.#isProven) return
    this.#isProven = true
    if (this.#wiresAttached === 1) return
    if (this.#state === 'ready') this.#opening.stop()
    this.#handlers.resumed()
  }

  #onLate(): void {
    const text = 'The agent did not answer within 30 seconds. Check that the instance runs and its agent is online.'
    const error = new AppError('timeout', text)
    if (this.#state === 'opening') this.fail(error)
    else this.#lose(error)
  }

  #lose(cause: AppError): void {
    this.#detach()?.terminate()
    if (this.#state !== 'closed') this.#handlers.lost(cause)
  }

  #detach(): Wire | undefined {
    this.#probe?.end()
    this.#heartbeat?.stop()
    this.#opening.stop()
    this.#sending.detach()
    const wire = this.#wire
    this.#wire = undefined
    return wire
  }
}
