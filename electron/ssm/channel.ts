// One data channel: a single logical thing over successive WebSockets.
//
//   opening --handshake or first output--> ready --channel_closed, a failure, close()--> closed
//      ^ attach(wire) may happen any number of times while not closed; the socket comes and goes, the channel stays
//
// Owns: sequence state, unacknowledged messages, the handshake and keys, the attached wire with its heartbeat, and all timers.
// Does not own: getting sockets and tokens (core/session.ts), or what the bytes mean (port.ts, core/shell.ts).
// Source: specification §2 to §5, §10.5.

import { randomUUID } from 'node:crypto'
import { AppError, asError } from '../../shared/errors'
import { Agreement } from './agreement'
import type { ChannelCounters, ChannelHandlers, ChannelOptions } from './channelhandlers'
import { Drain } from './drain'
import { defaultHeartbeat, Heartbeat, type HeartbeatTiming } from './heartbeat'
import { Inbox } from './inbox'
import { decodeMessage, MessageType, PayloadType, type Message } from './message'
import { Opening } from './opening'
import { Outbox } from './outbox'
import { formatOpenDataChannel, parseAcknowledge, parseChannelClosed, parseHandshakeComplete } from './payloads'
import { encodeAcknowledge, encodeInput } from './streammessage'
import { Probe, type ProbeResult } from './probe'
import type { Wire } from './wire'
import { WriteQueue } from './writequeue'

// Without one acknowledgement in this time while the service answers pings, the agent is gone (Appendix A).
const GIVE_UP_MS = 300_000
const GIVE_UP_TEXT = 'The agent has acknowledged nothing for 5 minutes. Check that the instance still runs.'
// Resends are pointless while the socket itself has not taken what it was given.
const MAX_WIRE_BACKLOG_BYTES = 1_048_576
// Finer timers than this only burn the processor while the socket is backed up.
const MIN_TIMER_MS = 5
const CLOSE_NORMAL = 1_000

/** A data channel. It is the single writer of its session: no sequence number is ever used twice. */
export class Channel {
  readonly #clientId = randomUUID()
  readonly #handlers: ChannelHandlers
  readonly #heartbeatTiming: HeartbeatTiming
  readonly #opening: Opening
  readonly #agreement: Agreement
  readonly #outbox = new Outbox((sequence, payloadType, payload) =>
    // Once for each message: what is sent again are the same bytes.
    encodeInput(sequence, payloadType, this.#agreement.keys.seal(payloadType, payload)),
  )
  readonly #inbox = new Inbox<Message>()
  readonly #writes = new WriteQueue()
  readonly #drain = new Drain(
    () => this.#outbox.isEmpty && this.#writes.isEmpty,
    () => this.#state === 'closed',
  )
  #state: 'opening' | 'ready' | 'closed' = 'opening'
  #wire: Wire | undefined
  #heartbeat: Heartbeat | undefined
  #probe: Probe | undefined
  #isProven = false
  #wiresAttached = 0
  #rejectedFrames = 0
  #lastStreamAt = 0
  #flushTimer: NodeJS.Timeout | undefined

  constructor(options: ChannelOptions) {
    this.#handlers = options.handlers
    this.#heartbeatTiming = options.heartbeat ?? defaultHeartbeat
    this.#agreement = new Agreement({
      encryption: options.encryption,
      send: (payloadType, payload) => {
        this.#outbox.add(payloadType, payload)
        this.#flush()
      },
      fail: (error) => this.fail(error),
    })
    this.#opening = new Opening({
      quietMs: options.readyAfterQuietMs,
      onQuiet: () => {
        if (!this.#agreement.hasBegun) this.#becomeReady('')
      },
      onLate: () => this.#onLate(),
      onSilent: () => this.#prompt(),
    })
  }

  get isClosed(): boolean {
    return this.#state === 'closed'
  }

  get counters(): ChannelCounters {
    return {
      ...this.#outbox.counters,
      duplicatesReceived: this.#inbox.duplicates,
      rejectedFrames: this.#rejectedFrames,
      wiresAttached: this.#wiresAttached,
      lastStreamAt: this.#lastStreamAt,
      roundTripMs: this.#outbox.roundTrip.measuredMs,
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
    this.#heartbeat = new Heartbeat(wire, this.#heartbeatTiming, () =>
      this.#lose(new AppError('network', 'Session Manager stopped answering. The connection is being renewed.')),
    )
    this.#opening.begin(this.#state === 'opening')
    if (this.#wiresAttached > 1) this.#replay()
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
    this.#writes.push(bytes, done)
    this.#flush()
  }

  /** Sends one control message (Size, Flag), behind what was written so far. False while the channel is not ready. */
  send(payloadType: number, payload: Buffer): boolean {
    if (this.#state !== 'ready') return false
    this.#moveWrites()
    this.#outbox.add(payloadType, payload)
    this.#flush()
    return true
  }

  /** Looks at once whether the socket is still there; one that does not answer within 5 s is lost. */
  wake(): void {
    this.#heartbeat?.probe()
    this.#prompt()
  }

  /** Asks both ends for a sign of life. Of two at once the second hears what the first does; without a socket nobody answers. */
  async probe(timeoutMs: number): Promise<ProbeResult> {
    const wire = this.#wire
    if (wire === undefined) return { serviceMs: undefined, agentMs: undefined }
    if (this.#probe === undefined) {
      this.#probe = new Probe(timeoutMs)
      wire.ping()
      this.#prompt()
    }
    const { result } = this.#probe
    return result.finally(() => {
      this.#probe = undefined
    })
  }

  /** Resolves true once everything written so far is acknowledged, false after `timeoutMs` or when the channel closes. */
  drained(timeoutMs: number): Promise<boolean> {
    return this.#drain.wait(timeoutMs)
  }

  /** Ends the channel on our side: close frame 1000, timers gone, writers released. Idempotent. Calls no handler. */
  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#detach()?.close(CLOSE_NORMAL)
    this.#agreement.destroy()
    this.#writes.release()
    this.#drain.check()
  }

  /** Closes the channel because of `error` and says so. */
  fail(error: AppError): void {
    if (this.#state === 'closed') return
    this.close()
    this.#handlers.failed(error)
  }

  #onFrame(data: Buffer): void {
    this.#heartbeat?.heard()
    let message: Message
    try {
      message = decodeMessage(data)
    } catch (error) {
      // Dropped without an acknowledgement: a good copy will be sent again (§3.3).
      if (!(error instanceof AppError)) throw error
      this.#rejectedFrames += 1
      return
    }
    try {
      this.#onMessage(message)
    } catch (error) {
      this.fail(error instanceof AppError ? error : new AppError('internal', asError(error).message, { cause: error }))
    }
  }

  #onMessage(message: Message): void {
    switch (message.messageType) {
      case MessageType.output:
        this.#outbox.unpause()
        this.#prove()
        this.#onStreamMessage(message)
        break
      case MessageType.acknowledge:
        this.#prove()
        this.#probe?.acknowledged()
        this.#outbox.acknowledge(parseAcknowledge(message.payload).sequenceNumber, Date.now())
        this.#flush()
        this.#drain.check()
        break
      case MessageType.pausePublication:
        this.#outbox.pause(Date.now())
        break
      case MessageType.startPublication:
        this.#outbox.unpause()
        this.#flush()
        break
      case MessageType.channelClosed: {
        const text = parseChannelClosed(message.payload).Output ?? ''
        this.close()
        this.#handlers.closed(text)
        break
      }
      default:
      // Not for us (agent_session_state, types to come): ignored and not acknowledged.
    }
  }

  #onStreamMessage(message: Message): void {
    this.#lastStreamAt = Date.now()
    const sequence = Number(message.sequenceNumber)
    if (!Number.isSafeInteger(sequence) || sequence < 0) return
    const receipt = this.#inbox.receive(sequence, message, message.payload.length)
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
        this.#becomeReady(parseHandshakeComplete(message.payload).CustomerMessage ?? '')
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
    this.#flush()
  }

  #prove(): void {
    if (this.#isProven) return
    this.#isProven = true
    if (this.#wiresAttached === 1) return
    if (this.#state === 'ready') this.#opening.stop()
    this.#handlers.resumed()
  }

  #moveWrites(): void {
    let isMoved = this.#state === 'ready'
    while (isMoved && this.#outbox.hasRoom) {
      isMoved = this.#writes.shift((payload) => this.#outbox.add(PayloadType.output, payload))
    }
  }

  #flush(): void {
    this.#moveWrites()
    const wire = this.#wire
    if (wire === undefined) return
    const now = Date.now()
    if (this.#outbox.stalledMs(now) > GIVE_UP_MS) return this.fail(new AppError('timeout', GIVE_UP_TEXT))
    if (wire.bufferedBytes < MAX_WIRE_BACKLOG_BYTES) for (const frame of this.#outbox.due(now)) this.#emit(wire, frame)
    const dueAt = this.#outbox.nextDueAt()
    if (dueAt === undefined || this.#flushTimer !== undefined) return
    this.#flushTimer = setTimeout(
      () => {
        this.#flushTimer = undefined
        this.#flush()
      },
      Math.max(MIN_TIMER_MS, dueAt - now),
    )
  }

  #replay(): void {
    this.#outbox.replay(Date.now())
    this.#prompt()
    this.#flush()
  }

  /** With nothing in flight no answer would ever come: the re-acknowledgement of an old message proves the path (§14 d). */
  #prompt(): void {
    const wire = this.#wire
    const proof = this.#outbox.isEmpty ? this.#outbox.lastAcknowledged : undefined
    if (wire !== undefined && proof !== undefined) this.#emit(wire, proof)
  }

  #emit(wire: Wire, frame: Buffer): void {
    this.#lastStreamAt = Date.now()
    wire.send(frame)
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
    clearTimeout(this.#flushTimer)
    this.#flushTimer = undefined
    const wire = this.#wire
    this.#wire = undefined
    return wire
  }
}
