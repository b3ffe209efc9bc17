// The saved forwards: the list of them, kept on disk. How each is doing is running.ts.
//
// Changes of the list come one after the other: each is checked, written, and only then so. A change that cannot be written
// has not happened. Names are unique, because `culvert up NAME` goes by them. A forward without a local port keeps the one
// that its first start was given.

import { randomUUID } from 'node:crypto'
import { AppError, toWireError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { CheckedLeg, Forward, ForwardView } from '../../../shared/model/forward'
import { closingError, Ends } from '../async/closing'
import type { Environments } from '../environments/environments'
import { SAMPLE_MS } from '../tunnels/health'
import type { RunningNow } from '../store/lastrun'
import { Queue } from '../async/queue'
import { RunningForward } from './running'
import type { Journal } from '../store/journal'
import type { JsonFile } from '../store/jsonfile'
import type { KeptForward } from '../store/lastrunfile'
import type { Timing } from '../sessions/timing'

// Far more than a person can oversee. Each one that is on takes a listener, a session and memory.
const MAX_FORWARDS = 1_000

/** What a person decides about a forward. */
export type ForwardFields = Omit<Forward, 'id' | 'environment'>

/** What the forwards need. */
export interface ForwardsOptions {
  readonly file: JsonFile<readonly Forward[]>
  readonly environments: Environments
  readonly journal: Journal
  readonly now: () => number
  readonly timing: Timing
  /** How an earlier run has left them. */
  readonly before: readonly KeptForward[]
  /** Called after each change of a view or of the list. */
  readonly changed: () => void
}

/** The saved forwards of one data directory. Disposing stops them all and forgets none; what is asked later gets `not-running`. */
export class Forwards implements AsyncDisposable {
  readonly #options: ForwardsOptions
  readonly #forwards = new Map<string, RunningForward>()
  /** Those that are being deleted. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** Of those that were deleted. */
  readonly #ends = new Ends()
  readonly #changes = new Queue()
  readonly #sampling: NodeJS.Timeout
  #isOver = false

  constructor(options: ForwardsOptions) {
    this.#options = options
    this.#sampling = setInterval(() => {
      for (const forward of this.#forwards.values()) forward.sample()
    }, SAMPLE_MS)
    for (const forward of options.file.value) this.#add(forward)
  }

  get views(): readonly ForwardView[] {
    return [...this.#forwards.values()].map(({ view }) => view)
  }

  /** How they run now, for the next start. */
  get running(): readonly RunningNow[] {
    return [...this.#forwards.values()].map(({ view, onSinceAt, isNoted }) => ({
      id: view.forward.id,
      isOn: view.isOn,
      isUp: view.state.kind === 'up',
      onSinceAt,
      isNoted,
      ...(view.lastUpAt === undefined ? {} : { lastUpAt: view.lastUpAt }),
    }))
  }

  /** Turns on again those that were on when an earlier run ended. Those that start at launch are turned on before. */
  restore(): void {
    for (const { id, isOn, onSinceAt } of this.#options.before) {
      const forward = this.#forwards.get(id)
      if (isOn && forward?.view.isOn === false) forward.resume(onSinceAt)
    }
  }

  /** Turns on those that start at launch. */
  startAtLaunch(): void {
    for (const { view } of this.#forwards.values()) if (view.forward.startAtLaunch) this.start(view.forward.id)
  }

  /**
   * Saves a new forward, off; resolves with its id once it is on disk. Rejects with `name-taken`, `usage` where there are too
   * many, and `data-directory`.
   */
  create(environment: EnvironmentRef, fields: ForwardFields): Promise<string> {
    return this.#change(async () => {
      this.#checkName(fields.name, undefined)
      if (this.#forwards.size >= MAX_FORWARDS) {
        const count = MAX_FORWARDS.toLocaleString('en')
        throw new AppError('usage', `There are ${count} forwards, which is the most. Delete one first.`)
      }
      const forward: Forward = { ...fields, id: randomUUID(), environment }
      await this.#write([...this.#list(), forward])
      this.#add(forward)
      this.#options.changed()
      return forward.id
    })
  }

  /** Changes a saved forward; one that is on is opened again where the change reaches its tunnel. Rejects as `create`. */
  async update(forwardId: string, fields: ForwardFields): Promise<void> {
    this.#get(forwardId)
    await this.#change(async () => {
      const running = this.#get(forwardId)
      this.#checkName(fields.name, forwardId)
      const { id, environment } = running.view.forward
      const forward: Forward = { ...fields, id, environment }
      await this.#write(this.#list().map((each) => (each.id === id ? forward : each)))
      running.change(forward)
    })
  }

  /**
   * Stops a forward and forgets it. Throws `unknown-forward`, and `data-directory` where that cannot be written: the forward
   * stays then, off.
   */
  async delete(forwardId: string): Promise<void> {
    const leaving = this.#leaving.get(forwardId) ?? this.#delete(forwardId, this.#get(forwardId))
    this.#leaving.set(forwardId, leaving)
    try {
      await leaving
    } finally {
      this.#leaving.delete(forwardId)
    }
  }

  /** Wants a forward on; its state tells what becomes of it. One that has failed tries again. Throws `unknown-forward`. */
  start(forwardId: string): void {
    if (this.#isOver) throw closingError()
    this.#get(forwardId).start()
  }

  /** Wants a forward off; resolves once its port is free. Its session is ended behind that. Throws `unknown-forward`. */
  async stop(forwardId: string): Promise<void> {
    await this.#get(forwardId).stop()
  }

  /** Cuts a wait short. Throws `unknown-forward`. */
  retry(forwardId: string): void {
    if (this.#isOver) throw closingError()
    this.#get(forwardId).retry()
  }

  /** A person has read that web pages can reach its port. Throws `unknown-forward`. */
  acknowledge(forwardId: string): void {
    this.#get(forwardId).acknowledge()
  }

  /** Looks at each leg of the way of a forward that is on. Throws `unknown-forward`, and `usage` for one that is off. */
  async check(forwardId: string): Promise<readonly CheckedLeg[]> {
    return this.#get(forwardId).check()
  }

  /** The forward of this name. Throws `unknown-forward`, with the names that there are. */
  find(name: string): ForwardView {
    const found = this.views.find(({ forward }) => forward.name === name)
    if (found !== undefined) return found
    const names = this.views.map(({ forward }) => forward.name)
    throw new AppError(
      'unknown-forward',
      names.length === 0
        ? 'No forward is saved. Make one in the window first.'
        : `No forward is named "${name}". There are: ${names.join(', ')}.`,
    )
  }

  /** Makes those that wait for their time try at once. */
  wake(): void {
    if (!this.#isOver) for (const forward of this.#forwards.values()) forward.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    clearInterval(this.#sampling)
    const ends = [...this.#forwards.values()].map((forward) => forward[Symbol.asyncDispose]())
    await Promise.all([...ends, this.#ends.idle(), this.#changes.idle()])
  }

  async #delete(forwardId: string, running: RunningForward): Promise<void> {
    await running.stop()
    await this.#change(async () => {
      await this.#write(this.#list().filter(({ id }) => id !== forwardId))
      this.#forwards.delete(forwardId)
      this.#options.changed()
    })
    // Its last session may be ending still.
    void this.#ends.add(running[Symbol.asyncDispose]())
  }

  #add(forward: Forward): void {
    const { environments, journal, now, timing, before, changed } = this.#options
    const { lastUpAt, isNoted = false } = before.find(({ id }) => id === forward.id) ?? {}
    const running = new RunningForward({
      forward,
      environments,
      journal,
      now,
      timing,
      changed,
      onPortChosen: (port) => this.#keepPort(running, port),
      isNoted,
      ...(lastUpAt === undefined ? {} : { lastUpAt }),
    })
    this.#forwards.set(forward.id, running)
  }

  /** The port that was chosen for a forward without one is its own from now on. */
  #keepPort(running: RunningForward, port: number): void {
    const { id } = running.view.forward
    this.#change(async () => {
      const { forward } = running.view
      if (this.#forwards.get(id) !== running || forward.localPort !== undefined) return
      const kept: Forward = { ...forward, localPort: port }
      await this.#write(this.#list().map((each) => (each.id === id ? kept : each)))
      running.change(kept)
    }).catch((error: unknown) => running.unsaved(toWireError(error)))
  }

  /** Makes one change of the list after the other. */
  #change<T>(make: () => Promise<T>): Promise<T> {
    if (this.#isOver) return Promise.reject(closingError())
    return this.#changes.run(make)
  }

  #list(): readonly Forward[] {
    return this.views.map(({ forward }) => forward)
  }

  #write(forwards: readonly Forward[]): Promise<void> {
    return this.#options.file.write(forwards)
  }

  #get(forwardId: string): RunningForward {
    const running = this.#forwards.get(forwardId)
    if (running !== undefined && !this.#leaving.has(forwardId)) return running
    throw new AppError('unknown-forward', 'This forward was deleted. Make a new one.')
  }

  #checkName(name: string, ownId: string | undefined): void {
    const isTaken = this.views.some(({ forward }) => forward.name === name && forward.id !== ownId)
    if (isTaken) throw new AppError('name-taken', `Another forward is named "${name}". Choose another name.`)
  }
}
