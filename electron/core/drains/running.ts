// One drain at work: its spool, its destination, and the loop that sends from the one to the other.
//
//   idle ── a batch arrived ──► ok ── failed ──► failing (0.5 s doubling to 60 s, or what the destination asks for) ── arrived ──► ok
//
// A batch is sent until it has arrived or is set aside; what of it has arrived is not sent again. A change of the drain ends the attempt
// under way and sends the same records to the new destination. Drains do not wait for each other.

import { deferred } from '../../../shared/deferred'
import { AppError, asAppError, toWireError } from '../../../shared/errors'
import type { Drain, DrainRecord, DrainView } from '../../../shared/model/drain'
import { Backoff } from './backoff'
import type { Destination } from './destinations/destination'
import { Flow } from './flow'
import type { Chunk } from './spool/chunk'
import type { Batch } from './spool/batch'
import type { Spool } from './spool/spool'
import { testRecord } from './testrecord'
import { waited, type Clock } from './time/clock'

/** A test and the check before a terminal is opened do not wait as long as a batch does. */
const TEST_MS = 15_000

/** A destination that took a record this recently is reached. */
const RECENT_MS = 60_000

/** What a running drain needs. No callback may throw. */
export interface RunningOptions {
  readonly drain: Drain
  readonly spool: Spool
  readonly clock: Clock
  /** Opens the destination of the drain as it is now. `onOwing`: see `SyslogOptions`. */
  readonly open: (drain: Drain, onOwing: () => void) => Promise<Destination>
  /** Called after each change of the view. */
  readonly changed: () => void
  /** Called when the drain begins to fail, and when it delivers again. */
  readonly told: (drain: Drain, error: AppError | undefined) => void
}

type State = DrainView['state']

/** A running drain. Disposing ends what is under way; what has not arrived stays in the spool. */
export class RunningDrain implements AsyncDisposable {
  readonly #options: RunningOptions
  readonly #flow: Flow
  readonly #backoff: Backoff
  #drain: Drain
  #state: State = { kind: 'idle' }
  #lastError: DrainView['lastError']
  #okAt: number | undefined
  #destination: Destination | undefined
  /** What of the batch has not arrived, and how much of it was refused. */
  #attempt: { readonly batch: Batch | undefined; again: readonly DrainRecord[]; refused: number } | undefined
  /** Aborted when the drain changes, and at the end. */
  #life = new AbortController()
  /** Ends the wait for the next attempt. */
  #pause = new AbortController()
  #news = deferred()
  #isOver = false
  readonly #running: Promise<void>

  constructor(options: RunningOptions) {
    this.#options = options
    this.#flow = new Flow(options.clock)
    this.#backoff = new Backoff(options.clock)
    this.#drain = options.drain
    this.#running = this.#run()
  }

  /** The drain as it is now. */
  get drain(): Drain {
    return this.#drain
  }

  /** What a window shows of it. */
  get view(): DrainView {
    const { spool } = this.#options
    return {
      drain: this.#drain,
      state: this.#drain.isEnabled ? this.#state : { kind: 'off' },
      waiting: spool.waiting,
      ...spool.counts,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    }
  }

  /** Takes records. Never throws, never waits. False: the drain is off, and does not take them. */
  append(chunk: Chunk): boolean {
    if (!this.#drain.isEnabled || this.#isOver) return false
    this.#flow.took(chunk.bytes.length)
    this.#options.spool.append(chunk)
    return true
  }

  /** See `Capture`. */
  room(): Promise<void> | undefined {
    return this.#drain.isEnabled && !this.#isOver ? this.#options.spool.room() : undefined
  }

  /** Tells the loop that records are on disk. */
  arrived(): void {
    this.#news.resolve()
  }

  /** Tries again at once, where an attempt waits for its time. */
  wake(): void {
    this.#pause.abort()
    this.#news.resolve()
  }

  /** Takes a changed drain. */
  update(drain: Drain): void {
    this.#drain = drain
    this.#backoff.reset()
    if (this.#state.kind === 'failing') this.#state = { kind: 'idle' }
    this.#okAt = undefined
    this.#life.abort()
    this.wake()
    void this.#options.spool.reconsider()
    this.#options.changed()
  }

  /** Sends a test record now. Resolves once it has arrived; rejects with why it has not. */
  async test(): Promise<void> {
    const record = testRecord(this.#drain.name, this.#options.clock.now())
    const { error, again, refused } = await this.#briefly(new AbortController().signal, (destination, signal) =>
      destination.send([record], record.sessionId, signal),
    )
    if (again.length === 0 && refused === 0) return
    throw error ?? new AppError('service', 'The destination has not taken the record: check its log.')
  }

  /** Resolves once the destination is reached; rejects with why it is not. */
  async reach(signal: AbortSignal): Promise<void> {
    const { spool, clock } = this.#options
    if (spool.isFull) {
      throw new AppError(
        'drain-unreachable',
        'Its spool is full: wait until it has delivered, or raise the limit in Settings.',
      )
    }
    if (spool.problem !== undefined) {
      throw new AppError(
        'drain-unreachable',
        `Its spool cannot be written (${spool.problem.message}): free some space.`,
      )
    }
    if (this.#okAt !== undefined && this.#state.kind !== 'failing' && clock.now() - this.#okAt < RECENT_MS) return
    await this.#briefly(signal, (destination, both) => destination.reach(both))
    this.#okAt = clock.now()
    this.wake()
  }

  /** Notes why it was not reached. The state stays: without records that wait, no later attempt would end it. */
  unreached(error: unknown): void {
    this.#lastError = { at: this.#options.clock.now(), error: toWireError(error) }
    this.#options.changed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
    await this.#options.spool[Symbol.asyncDispose]()
  }

  /** Ends the drain and deletes its spool. */
  async remove(): Promise<void> {
    await this.#end()
    await this.#options.spool.remove()
  }

  async #end(): Promise<void> {
    this.#isOver = true
    this.#life.abort()
    this.wake()
    await this.#running
    await this.#destination?.[Symbol.asyncDispose]()
  }

  /** Uses the destination with a limit of time. */
  async #briefly<T>(
    signal: AbortSignal,
    act: (destination: Destination, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const limit = new AbortController()
    const late = new AppError('timeout', 'The destination did not answer in time: check its address and the network.')
    const cancel = this.#options.clock.after(TEST_MS, () => limit.abort(late))
    // A drain that is off has no loop that keeps the destination.
    const own = this.#drain.isEnabled ? undefined : await this.#options.open(this.#drain, () => undefined)
    try {
      return await act(own ?? (await this.#opened()), AbortSignal.any([signal, limit.signal]))
    } catch (error) {
      signal.throwIfAborted()
      throw limit.signal.aborted ? late : error
    } finally {
      cancel()
      await own?.[Symbol.asyncDispose]()
    }
  }

  async #opened(): Promise<Destination> {
    this.#destination ??= await this.#options.open(this.#drain, () => this.#broke())
    return this.#destination
  }

  #broke(): void {
    this.#backoff.broke()
    this.arrived()
  }

  async #run(): Promise<void> {
    // The constructor returns first: the callbacks of the options may need this object.
    await Promise.resolve()
    while (!this.#isOver) {
      if (this.#life.signal.aborted) {
        this.#life = new AbortController()
        const before = this.#destination
        this.#destination = undefined
        await before?.[Symbol.asyncDispose]()
      }
      this.#news = deferred()
      if (!this.#drain.isEnabled || !(await this.#step())) await this.#news.promise
    }
  }

  /** Sends once. False: there is nothing to send. Never rejects. */
  async #step(): Promise<boolean> {
    const { signal } = this.#life
    const { spool } = this.#options
    try {
      await this.#flow.calm(() => spool.share, signal)
      if (signal.aborted) return true
      this.#backoff.check()
      const batch = await spool.next()
      // What an earlier process owes is known once the destination was used.
      if (batch === undefined && !((await this.#opened()).isOwing ?? false)) return false
      if (this.#attempt?.batch !== batch) this.#attempt = undefined
      this.#attempt ??= { batch, again: batch?.records ?? [], refused: 0 }
      const attempt = this.#attempt
      const destination = await this.#opened()
      this.#trying()
      const sent = await destination.send(attempt.again, batch?.id ?? '', signal)
      attempt.again = sent.again
      attempt.refused += sent.refused
      if (signal.aborted) return true
      if (sent.again.length === 0 && !(destination.isOwing ?? false)) {
        this.#attempt = undefined
        if (batch !== undefined) await spool.done({ refused: attempt.refused })
        this.#succeeded(sent.error)
        return true
      }
      await this.#failed(
        sent.error ?? new AppError('network', 'The connection was lost: it is opened again.'),
        sent.retryAfterMs,
      )
    } catch (error) {
      if (!signal.aborted) await this.#failed(asAppError(error))
    }
    return true
  }

  #trying(): void {
    if (this.#state.kind !== 'failing') return
    const { retryAt: _before, ...state } = this.#state
    this.#set(state)
  }

  #succeeded(error: AppError | undefined): void {
    const at = this.#options.clock.now()
    this.#backoff.succeeded()
    this.#okAt = at
    if (error !== undefined) this.#lastError = { at, error: toWireError(error) }
    if (this.#state.kind === 'ok') return
    const wasFailing = this.#state.kind === 'failing'
    this.#set({ kind: 'ok', sinceAt: at })
    if (wasFailing) this.#options.told(this.#drain, undefined)
  }

  /** Tells the failure and waits for the time of the next attempt. */
  async #failed(thrown: AppError, retryAfterMs = 0): Promise<void> {
    const { clock, told } = this.#options
    const at = clock.now()
    const waitMs = this.#backoff.failed(retryAfterMs)
    const error = toWireError(thrown)
    this.#lastError = { at, error }
    const sinceAt = this.#state.kind === 'failing' ? this.#state.sinceAt : at
    if (this.#state.kind !== 'failing') told(this.#drain, thrown)
    this.#pause = new AbortController()
    this.#set({ kind: 'failing', sinceAt, retryAt: at + waitMs, error })
    await waited(clock, waitMs, AbortSignal.any([this.#pause.signal, this.#life.signal]))
  }

  #set(state: State): void {
    this.#state = state
    this.#options.changed()
  }
}
