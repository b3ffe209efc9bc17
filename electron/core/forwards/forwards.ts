// The list of saved forwards, kept on disk. Each of them, with its state, is a `RunningForward` (running.ts).
//
// Changes of the list run one after the other. Each is checked and written to disk before it takes effect, so a change that
// cannot be written has no effect. Names are unique because `culvert up NAME` finds a forward by its name. A forward without a
// local port is given one at its first start and keeps it.

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

/** The fields of a forward that a person sets. */
export type ForwardFields = Omit<Forward, 'id' | 'environment'>

/** What the forwards need. */
export interface ForwardsOptions {
  readonly file: JsonFile<readonly Forward[]>
  readonly environments: Environments
  readonly journal: Journal
  readonly now: () => number
  readonly timing: Timing
  /** The forwards as the earlier run kept them. */
  readonly before: readonly KeptForward[]
  /** Called after each change of a view or of the list. */
  readonly changed: () => void
}

/** The saved forwards of one data directory. Disposing stops all of them and deletes none; later requests get `not-running`. */
export class Forwards implements AsyncDisposable {
  readonly #options: ForwardsOptions
  readonly #forwards = new Map<string, RunningForward>()
  /** Deletions that are under way, by id. */
  readonly #leaving = new Map<string, Promise<void>>()
  /** The ends of deleted forwards. */
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

  /** The newest session of each forward that is on, with its view. */
  get sessions(): readonly { readonly sessionId: string; readonly view: ForwardView }[] {
    return [...this.#forwards.values()].flatMap(({ sessionId, view }) =>
      sessionId === undefined ? [] : [{ sessionId, view }],
    )
  }

  /** Which forwards are on now, for the next start of Culvert. */
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

  /** Turns on the forwards that were on when the earlier run ended. Called after `startAtLaunch`, whose forwards it leaves alone. */
  restore(): void {
    for (const { id, isOn, onSinceAt } of this.#options.before) {
      const forward = this.#forwards.get(id)
      if (isOn && forward?.view.isOn === false) forward.resume(onSinceAt)
    }
  }

  /** Turns on the forwards that are set to start at launch. */
  startAtLaunch(): void {
    for (const { view } of this.#forwards.values()) if (view.forward.startAtLaunch) this.start(view.forward.id)
  }

  /**
   * Saves a new forward, which is off, and resolves with its id once it is on disk. Rejects with `name-taken`, `usage` (too many
   * forwards) and `data-directory`.
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

  /** Changes a saved forward. A change of its target, destination, port or document opens its tunnel again. Rejects as `create`. */
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
   * Stops a forward and deletes it. Throws `unknown-forward`, and `data-directory` if the deletion cannot be written: the forward
   * then stays in the list, off.
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

  /** Turns a forward on, or tries again if it has failed. Its state tells the result. Throws `unknown-forward`. */
  start(forwardId: string): void {
    if (this.#isOver) throw closingError()
    this.#get(forwardId).start()
  }

  /** Turns a forward off and resolves once its port is free. Its session ends after that. Throws `unknown-forward`. */
  async stop(forwardId: string): Promise<void> {
    await this.#get(forwardId).stop()
  }

  /** Ends the wait of a forward, which tries again now. Throws `unknown-forward`. */
  retry(forwardId: string): void {
    if (this.#isOver) throw closingError()
    this.#get(forwardId).retry()
  }

  /** Notes that a person has read that web pages can reach the forward's port. Throws `unknown-forward`. */
  acknowledge(forwardId: string): void {
    this.#get(forwardId).acknowledge()
  }

  /** Checks each leg from here to the destination of a forward. Throws `unknown-forward`, and `usage` for a forward that is off. */
  async check(forwardId: string): Promise<readonly CheckedLeg[]> {
    return this.#get(forwardId).check()
  }

  /** Finds a forward by its name. Throws `unknown-forward`, whose message lists the names of all forwards. */
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

  /** Ends the wait of every forward: all try again now. */
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
    // The session of the deleted forward may still be ending; disposing waits for it.
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

  /** Saves the port that was chosen for a forward without one. */
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

  /** Runs a change of the list after the changes before it. */
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
