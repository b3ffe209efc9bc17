// The drains of a data directory: saved destinations of session output, each running on its own (running.ts).
//
// Changes run one after the other; each is checked and on disk before it takes effect. A session goes to the drains of its environment that
// are on when it is opened. Windows are told of changes four times a second.

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { AppError, toWireError, type WireError } from '../../../shared/errors'
import type { Drain, DrainFields, DrainSecrets, DrainView, SecretPlace } from '../../../shared/model/drain'
import { closingError } from '../async/closing'
import { Queue } from '../async/queue'
import type { Capture, CaptureSubject } from '../capture/capture'
import type { Draining } from '../capture/captures'
import type { JsonFile } from '../store/jsonfile'
import { checkDestination } from './checks'
import { openDestination, type DrainNetwork } from './destinations/openers'
import { Drained } from './drained'
import type { SavedDrain } from './drainfile'
import { isOf } from './match'
import { RunningDrain } from './running'
import type { SecretStore } from './secrets'
import { Spool } from './spool/spool'
import type { Clock } from './time/clock'

/** Far more than a person can oversee. */
const MAX_DRAINS = 100

const PUBLISH_MS = 250

/** How long a terminal waits for its required drains. */
const REACH_MS = 5_000

const MEGABYTE = 1_000_000

/** What the drains need. No callback may throw. */
export interface DrainsOptions {
  readonly dataDirectory: string
  readonly file: JsonFile<readonly SavedDrain[]>
  readonly secrets: SecretStore
  readonly network: DrainNetwork
  readonly clock: Clock
  readonly spoolMegabytes: () => number
  /** Called after changes of the views, at most four times a second, and at once after a change that a person made. */
  readonly changed: (views: readonly DrainView[]) => void
  /** Called when a drain begins to fail, and when it delivers again. */
  readonly told: (drain: Drain, error: AppError | undefined) => void
}

/** The drains. Disposing ends what is under way; what has not arrived goes at the next start. */
export class Drains implements Draining, AsyncDisposable {
  readonly #options: DrainsOptions
  readonly #running = new Map<string, RunningDrain>()
  readonly #changes = new Queue()
  #cancelPublish: (() => void) | undefined
  #isOver = false

  private constructor(options: DrainsOptions) {
    this.#options = options
  }

  /** Opens the saved drains with what waits in their spools. Rejects with `data-directory`. */
  static async open(options: DrainsOptions): Promise<Drains> {
    const drains = new Drains(options)
    for (const saved of options.file.value) await drains.#start(saved)
    return drains
  }

  /** All drains, in the order in which they were made. */
  get views(): readonly DrainView[] {
    return [...this.#running.values()].map(({ view }) => view)
  }

  /** Where new secrets are kept. */
  place(): Promise<SecretPlace> {
    return this.#options.secrets.place()
  }

  async begin(subject: CaptureSubject, signal: AbortSignal): Promise<Capture | undefined> {
    const own = this.#of(subject)
    if (own.length === 0) return undefined
    await Promise.all(own.filter(({ drain }) => drain.isRequired).map((drain) => this.#reached(drain, signal)))
    return new Drained(subject, own, this.#options.clock)
  }

  names(subject: Pick<CaptureSubject, 'ref' | 'environment' | 'region'>): readonly string[] {
    return this.#of(subject).map(({ drain }) => drain.name)
  }

  /** Saves a new drain and resolves with its id. Rejects with `name-taken`, `usage`, `access-denied` and `data-directory`. */
  create(fields: DrainFields, secrets: DrainSecrets): Promise<string> {
    return this.#change(async () => {
      this.#checkName(fields.name, undefined)
      if (this.#running.size >= MAX_DRAINS)
        throw new AppError('usage', `There are ${MAX_DRAINS} drains, which is the most. Delete one first.`)
      const drain: SavedDrain = { ...fields, id: randomUUID() }
      this.#check(drain, secrets)
      await this.#options.secrets.change(drain.id, secrets)
      try {
        await this.#options.file.write([...this.#options.file.value, drain])
      } catch (error) {
        await this.#options.secrets.delete(drain.id)
        throw error
      }
      await this.#start(drain)
      this.#publish()
      return drain.id
    })
  }

  /** Changes a drain. Rejects as `create`, and with `unknown-drain`. */
  update(drainId: string, fields: DrainFields, secrets: DrainSecrets): Promise<void> {
    return this.#change(async () => {
      const running = this.#get(drainId)
      this.#checkName(fields.name, drainId)
      const drain: SavedDrain = { ...fields, id: drainId }
      this.#check(drain, secrets)
      await this.#options.secrets.change(drainId, secrets)
      await this.#options.file.write(this.#options.file.value.map((each) => (each.id === drainId ? drain : each)))
      running.update(this.#whole(drain))
      this.#publish()
    })
  }

  /** Deletes a drain with its spool and its secrets. Rejects with `unknown-drain` and `data-directory`. */
  delete(drainId: string): Promise<void> {
    return this.#change(async () => {
      const running = this.#get(drainId)
      await this.#options.file.write(this.#options.file.value.filter(({ id }) => id !== drainId))
      this.#running.delete(drainId)
      await this.#options.secrets.delete(drainId)
      await running.remove()
      this.#publish()
    })
  }

  /** Sends a test record. Rejects with `unknown-drain` only: a failure is part of the answer. */
  async test(drainId: string): Promise<{ readonly tookMs: number; readonly error?: WireError }> {
    const running = this.#get(drainId)
    const began = this.#options.clock.now()
    const tookMs = (): number => this.#options.clock.now() - began
    try {
      await running.test()
      return { tookMs: tookMs() }
    } catch (error) {
      return { tookMs: tookMs(), error: toWireError(error) }
    }
  }

  /** Tries a drain again now. Throws `unknown-drain`. */
  retry(drainId: string): void {
    this.#get(drainId).wake()
  }

  /** Tries all again now. */
  wake(): void {
    for (const running of this.#running.values()) running.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    this.#cancelPublish?.()
    await this.#changes.idle()
    await Promise.all([...this.#running.values()].map((running) => running[Symbol.asyncDispose]()))
  }

  #of(subject: Pick<CaptureSubject, 'ref' | 'environment' | 'region'>): readonly RunningDrain[] {
    return [...this.#running.values()].filter(({ drain }) => drain.isEnabled && isOf(drain.environment, subject))
  }

  async #start(saved: SavedDrain): Promise<void> {
    const { dataDirectory, clock, spoolMegabytes, network, secrets, told } = this.#options
    const folder = join(dataDirectory, 'drains', saved.id)
    const spool = await Spool.open({
      folder,
      clock,
      limitBytes: () => spoolMegabytes() * MEGABYTE,
      isRequired: () => {
        const drain = this.#running.get(saved.id)?.drain
        return drain !== undefined && drain.isRequired && drain.isEnabled
      },
      changed: () => {
        this.#running.get(saved.id)?.arrived()
        this.#changed()
      },
    })
    const running = new RunningDrain({
      drain: this.#whole(saved),
      spool,
      clock,
      open: async ({ destination, isRaw }, onOwing) =>
        openDestination({ destination, isRaw, secrets: await secrets.read(saved.id), network, clock, folder, onOwing }),
      changed: () => this.#changed(),
      told,
    })
    this.#running.set(saved.id, running)
  }

  /** Rejects with `drain-unreachable`. */
  async #reached(running: RunningDrain, signal: AbortSignal): Promise<void> {
    const limit = new AbortController()
    const cancel = this.#options.clock.after(REACH_MS, () =>
      limit.abort(new AppError('timeout', 'It did not answer within 5 s: check its address and the network.')),
    )
    try {
      await running.reach(AbortSignal.any([signal, limit.signal]))
    } catch (error) {
      signal.throwIfAborted()
      running.unreached(error)
      const { name } = running.drain
      const why = toWireError(error).message
      const text = `The drain "${name}" is required here and cannot be reached. ${why} Then open again, or make the drain not required.`
      throw new AppError('drain-unreachable', text, { cause: error })
    } finally {
      cancel()
    }
  }

  #whole(saved: SavedDrain): Drain {
    return { ...saved, secrets: this.#options.secrets.names(saved.id) }
  }

  #get(drainId: string): RunningDrain {
    const found = this.#running.get(drainId)
    if (found !== undefined) return found
    throw new AppError('unknown-drain', 'This drain was deleted. Choose another one.')
  }

  #check(drain: SavedDrain, change: DrainSecrets): void {
    const names = new Set(this.#options.secrets.names(drain.id))
    for (const name of ['hmacKey', 'authorization', 'password', 'apiKey'] as const) {
      const value = change[name]
      if (value === '') names.delete(name)
      else if (value !== undefined) names.add(name)
    }
    checkDestination(drain.destination, { dataDirectory: this.#options.dataDirectory, secrets: [...names] })
  }

  #checkName(name: string, ownId: string | undefined): void {
    const isTaken = this.#options.file.value.some((drain) => drain.name === name && drain.id !== ownId)
    if (isTaken) throw new AppError('name-taken', `Another drain is named "${name}". Choose another name.`)
  }

  #change<T>(make: () => Promise<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(closingError())
    return this.#changes.run(make)
  }

  #changed(): void {
    if (this.#isOver) return
    this.#cancelPublish ??= this.#options.clock.after(PUBLISH_MS, () => this.#publish())
  }

  #publish(): void {
    this.#cancelPublish?.()
    this.#cancelPublish = undefined
    this.#options.changed(this.views)
  }
}
