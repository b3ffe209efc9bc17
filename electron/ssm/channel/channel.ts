// One data channel: a single logical thing over successive WebSockets.
//
//   opening --handshake or first output--> ready --channel_closed, a failure, close()--> closed
//      ^ attach(wire) may happen any number of times while not closed; the socket comes and goes, the channel stays
//
// Decides what each message means and in which state. Owns both sides (receiving.ts, sending.ts), the handshake and the keys, and
// the connection with all timers (connection.ts). Does not own: getting sockets and tokens
// (core/sessions/session.ts), or what the bytes mean: that is the receiver's (port/, core/sessions/shell.ts).
// Source: specification §2 to §5, §10.5.

import { randomUUID } from 'node:crypto'
import { cutText } from '../../../shared/cut'
import { AppError, asError } from '../../../shared/errors'
import { Agreement } from '../handshake/agreement'
import type { ChannelCounters, ChannelHandlers, ChannelObserver, ChannelOptions, ChannelReceiver } from './handlers'
import { monotonicNow } from './clock'
import { Connection } from './connection'
import { defaultHeartbeat } from './heartbeat'
import type { Offered } from './candidate'
import { decodeMessage, MessageType, PayloadType, type Message } from '../codec/message'
import { formatOpenDataChannel, parseAcknowledge, parseChannelClosed, parseHandshakeComplete } from '../codec/payloads'
import type { ProbeResult } from './probe'
import { Receiving } from './receiving'
import { MAX_WIRE_BACKLOG_BYTES, Sending } from './sending'
import { encodeInput } from '../codec/streammessage'
import type { Wire } from './wire'

const CLOSE_NORMAL = 1_000

/** A data channel. It is the single writer of its session: no sequence number is ever used twice. */
export class Channel {
  readonly #clientId = randomUUID()
  readonly #handlers: ChannelHandlers
  readonly #observer: ChannelObserver | undefined
  readonly #connection: Connection
  readonly #agreement: Agreement
  readonly #sending: Sending
  readonly #receiving: Receiving
  #state: 'opening' | 'ready' | 'closed' = 'opening'
  #receiver: ChannelReceiver | undefined

  constructor(options: ChannelOptions) {
    const { handlers, observer, now = monotonicNow } = options
    this.#handlers = handlers
    this.#observer = observer
    this.#sending = new Sending({
      encode: (sequence, payloadType, payload) =>
        encodeInput(sequence, payloadType, this.#agreement.keys.seal(payloadType, payload)),
      now,
      isReady: () => this.#state === 'ready',
      isOver: () => this.#state === 'closed',
      onStuck: (error) => this.lose(error),
      onResent: (sequence, attempt) => observer?.resent(sequence, attempt),
    })
    this.#receiving = new Receiving({
      acknowledge: (frame) => this.#connection.send(frame),
      isBackedUp: () => this.#connection.backlogBytes > MAX_WIRE_BACKLOG_BYTES,
      dropped: (why) => observer?.dropped(why),
    })
    this.#agreement = new Agreement({
      encryption: options.encryption,
      send: (payloadType, payload) => this.#sending.sendAhead(payloadType, payload),
      fail: (error) => this.fail(error),
    })
    this.#connection = new Connection({
      heartbeat: options.heartbeat ?? defaultHeartbeat,
      now,
      opening: {
        quietMs: options.readyAfterQuietMs,
        firstMs: options.firstAnswerMs,
        onQuiet: () => {
          if (!this.#agreement.hasBegun) this.#becomeReady('')
        },
        onLate: (afterMs) => this.#onLate(afterMs),
        onSilent: () => this.#sending.prompt(),
      },
      onFrame: (data) => this.#onFrame(data),
      onLost: (cause) => this.lose(cause),
    })
  }

  get counters(): ChannelCounters {
    const { lastReceivedAt } = this.#receiving
    const { counters, lastSentAt, lastUsedAt } = this.#sending
    const used = Math.max(lastReceivedAt, lastUsedAt)
    return { ...counters, lastStreamAt: Math.max(used, lastSentAt), lastUsedAt: used }
  }

  get disturbances(): number {
    return this.#connection.wiresAttached + this.#sending.disturbances + this.#receiving.irregularCopies
  }

  /**
   * Takes over an open socket: sends the open message with `token`, then everything unacknowledged. An earlier socket is
   * dropped. The channel owns `wire` until it is lost or replaced. Once the channel is closed, the wire is closed too.
   */
  attach(wire: Wire, token: string): void {
    if (this.#state === 'closed') return wire.close(CLOSE_NORMAL)
    this.#detach()?.terminate()
    this.#sending.attach(wire)
    this.#connection.attach(wire, this.#openMessage(token), this.#state === 'opening')
    if (this.#connection.isReplacement) this.#sending.replay()
  }

  /**
   * Lets an open socket prove itself while the attached one goes on; see `Candidate`. An answer of the agent over it, or the loss of
   * the attached one, makes it the attached one without `lost`. After `silent` call `takeOver` or `withdraw`.
   */
  offer(wire: Wire, token: string, proveMs: number): Promise<Offered> {
    if (this.#state !== 'ready' || !this.#connection.isAttached) {
      wire.close(CLOSE_NORMAL)
      return Promise.resolve('closed')
    }
    return this.#connection.offer(wire, this.#openMessage(token), { proveMs, ask: () => this.#sending.ask(wire) })
  }

  /** Makes the offered socket the attached one and sends everything unacknowledged over it. False where none is offered. */
  takeOver(): boolean {
    const wire = this.#connection.takeOver()
    if (wire === undefined) return false
    this.#sending.moveTo(wire)
    return true
  }

  /** Closes the offered socket, if there is one. */
  withdraw(): void {
    this.#connection.withdraw()
  }

  /** Gives up the attached socket because of `cause`: calls `lost`, unless another one is offered. */
  lose(cause: AppError): void {
    if (this.takeOver()) return
    this.#detach()?.terminate()
    if (this.#state !== 'closed') this.#handlers.lost(cause)
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

  /** Pings the socket now. A socket that does not answer within 5 s is lost. */
  wake(): void {
    this.#connection.wake()
    this.#sending.prompt()
  }

  /** Asks the service and the agent for a sign of life; see `Connection.probe`. */
  probe(timeoutMs: number): Promise<ProbeResult> {
    return this.#connection.probe(timeoutMs, () => this.#sending.prompt())
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

  /** Closes the channel because of `error` and calls the `failed` handler. */
  fail(error: AppError): void {
    if (this.#state === 'closed') return
    this.close()
    this.#handlers.failed(error)
  }

  #onFrame(data: Buffer): void {
    const message = this.#readOrDrop(() => decodeMessage(data))
    if (message === undefined) return
    try {
      this.#onMessage(message)
    } catch (error) {
      this.fail(error instanceof AppError ? error : new AppError('internal', asError(error).message, { cause: error }))
    }
  }

  /** What makes no sense is dropped without an acknowledgement: a good copy will be sent again (§3.3). */
  #readOrDrop<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      this.#observer?.dropped(error.message)
      return undefined
    }
  }

  #onMessage(message: Message): void {
    switch (message.messageType) {
      case MessageType.output:
        this.#sending.resume()
        this.#prove()
        for (const next of this.#receiving.receive(message)) {
          if (this.#state === 'closed') return
          this.#deliver(next)
        }
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
      // Message types that a client does not use (agent_session_state, future ones): ignored, not acknowledged.
    }
  }

  #onAcknowledge(payload: Buffer): void {
    const acknowledged = this.#readOrDrop(() => parseAcknowledge(payload))
    if (acknowledged === undefined) return
    this.#prove()
    this.#connection.acknowledged()
    this.#sending.acknowledge(acknowledged.sequenceNumber)
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
        // An agent that skips the handshake starts with output. Such a session is a shell (§5.1).
        this.#becomeReady('')
        const payload = this.#agreement.keys.open(message.payloadType, message.payload)
        if (payload.length > 0) this.#receiver?.receive(message.payloadType, payload)
      }
    }
  }

  #becomeReady(customerMessage: string): void {
    if (this.#state !== 'opening') return
    const ready = this.#agreement.complete(customerMessage)
    this.#state = 'ready'
    this.#connection.opened()
    this.#receiver = this.#handlers.ready(ready, this)
    this.#sending.flush()
  }

  #prove(): void {
    if (this.#connection.isHeardOnOffer) this.takeOver()
    if (!this.#connection.prove()) return
    if (this.#state === 'ready') this.#connection.opened()
    this.#handlers.resumed()
  }

  #onLate(afterMs: number): void {
    const text = `The agent did not answer within ${afterMs / 1_000} seconds. Check that the instance runs and its agent is online.`
    const error = new AppError('timeout', text)
    if (this.#state === 'opening') this.fail(error)
    else this.lose(error)
  }

  #openMessage(token: string): string {
    return formatOpenDataChannel({ requestId: randomUUID(), tokenValue: token, clientId: this.#clientId })
  }

  #detach(): Wire | undefined {
    this.#sending.detach()
    return this.#connection.detach()
  }
}
