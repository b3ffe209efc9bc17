// The containers of the shown environment: one list, listed only once a page or a palette has asked for containers.
//
// While a page watches, the list is kept new; a list that is not watched stays as it is until it is asked for again. One listing runs at
// a time, and later requests join it. A listing that failed keeps the earlier list, and is repeated after growing pauses while it is
// watched. Showing another environment begins an empty list; calls for the earlier one are aborted.

import { asAppError, toWireError } from '../../../shared/errors'
import type { ContainerList } from '../../../shared/model/container'
import { noContainers } from '../../../shared/model/container'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { Environments } from '../environments/environments'
import { backoffMs, judge, passesWithTheWay } from '../sessions/resume/retry'
import type { Timing } from '../sessions/timing'
import type { Wakeable } from '../sessions/wakeable'

/** A watched list is listed again after this time. */
const REFRESH_MS = 15_000
/** The pause after a listing is this many times its duration: a long one made many calls, which count against the account's limit. */
const REST_FACTOR = 9
/** A page that shows the list asks every few seconds. After this time without a request no page shows it. */
const WATCH_MS = 20_000
/** The pauses after failures are this many times those of sessions: a listing is many calls, and AWS may throttle them. As for instances. */
const PAUSE_FACTOR = 5

/** The options of `Containers`. */
export interface ContainersOptions {
  readonly environments: Pick<Environments, 'get'>
  /** The shown environment. */
  readonly shown: { readonly view: { readonly ref: EnvironmentRef } }
  /** Aborts calls and timers. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly timing: Timing
  /** Called after each change. Must not throw. */
  readonly changed: (list: ContainerList) => void
}

/** The list of one environment; the next environment replaces it. */
interface Choice {
  readonly end: AbortController
  /** The listing under way. Never rejects. */
  work: Promise<void> | undefined
  failures: number
  timer: NodeJS.Timeout | undefined
  /** The pause after the last listing. */
  restMs: number
  /** When a page has watched last; undefined: never. */
  watchedAt: number | undefined
}

/** The list of containers. */
export class Containers implements Wakeable {
  readonly #options: ContainersOptions
  #choice: Choice = newChoice()
  #list: ContainerList = noContainers

  constructor(options: ContainersOptions) {
    this.#options = options
    options.signal.addEventListener('abort', () => this.#leave(), { once: true })
  }

  get list(): ContainerList {
    return this.#list
  }

  /** Another environment is shown: begins an empty list of this generation. Does nothing for the current generation. */
  show(generation: number): void {
    if (generation === this.#list.generation) return
    this.#leave()
    this.#choice = newChoice()
    this.#set({ ...noContainers, generation })
  }

  /** Lists now, or joins the listing under way. Never rejects: a failure is the list's state, and what was there stays. */
  refresh(): Promise<void> {
    const choice = this.#choice
    if (this.#options.signal.aborted) return Promise.resolve()
    if (this.#list.state.kind !== 'loading') this.#set({ ...this.#list, state: { kind: 'loading' } })
    return choice.work ?? this.#work(choice)
  }

  /** A page shows containers: lists at the first time, and keeps the list new from now on. */
  watch(): void {
    const choice = this.#choice
    if (this.#options.signal.aborted) return
    choice.watchedAt = this.#options.now()
    if (choice.work !== undefined || choice.timer !== undefined) return
    const { state, listedAt } = this.#list
    // A failure without `retryAt` does not pass by itself: a person must act first.
    if (state.kind === 'failed' && state.retryAt === undefined) return
    const dueMs = listedAt === undefined ? 0 : Math.max(0, listedAt + choice.restMs - choice.watchedAt)
    if (dueMs === 0) void this.#work(choice)
    else this.#later(choice, dueMs)
  }

  /** Repeats at once a listing that failed and waits for its time or for a login. */
  wake(): void {
    const { state } = this.#list
    const choice = this.#choice
    if (choice.work !== undefined || state.kind !== 'failed') return
    if (state.retryAt !== undefined || judge(state.error) === 'login') void this.#work(choice)
  }

  /** A session has reached the service: repeats a listing that failed because the service was not reachable. */
  reached(): void {
    const { state } = this.#list
    if (state.kind === 'failed' && passesWithTheWay(state.error)) this.wake()
  }

  #work(choice: Choice): Promise<void> {
    clearTimeout(choice.timer)
    choice.timer = undefined
    const work = this.#listNow(choice).finally(() => {
      if (choice.work === work) choice.work = undefined
    })
    choice.work = work
    return work
  }

  async #listNow(choice: Choice): Promise<void> {
    const { environments, shown, now } = this.#options
    const { signal } = choice.end
    const beganAt = now()
    try {
      const environment = await environments.get(shown.view.ref)
      if (signal.aborted) return
      environment.wakeables.add(this)
      signal.addEventListener('abort', () => environment.wakeables.delete(this), { once: true })
      const { services, containers, notices } = await environment.ecs.listContainers(signal)
      if (signal.aborted) return
      choice.failures = 0
      const { generation } = this.#list
      this.#set({ generation, state: { kind: 'ready' }, services, items: containers, listedAt: now(), notices })
      choice.restMs = Math.max(REFRESH_MS, (now() - beganAt) * REST_FACTOR)
      if (this.#isWatched(choice)) this.#later(choice, choice.restMs)
    } catch (error) {
      if (!signal.aborted) this.#failed(choice, error)
    }
  }

  #failed(choice: Choice, thrown: unknown): void {
    choice.failures += 1
    const cause = asAppError(thrown)
    const verdict = judge(cause)
    const isPassing = verdict === 'again' || verdict === 'network'
    const error = toWireError(cause)
    if (!isPassing) {
      this.#set({ ...this.#list, state: { kind: 'failed', error } })
      return
    }
    const { now, timing } = this.#options
    const { firstRetryMs, maxRetryMs } = timing
    const pauses = { ...timing, firstRetryMs: firstRetryMs * PAUSE_FACTOR, maxRetryMs: maxRetryMs * PAUSE_FACTOR }
    const waitMs = backoffMs(choice.failures + 1, pauses, Math.random)
    this.#set({ ...this.#list, state: { kind: 'failed', error, retryAt: now() + waitMs } })
    this.#later(choice, waitMs)
  }

  /** Lists after a pause, if a page still watches by then. */
  #later(choice: Choice, waitMs: number): void {
    clearTimeout(choice.timer)
    choice.timer = setTimeout(() => {
      choice.timer = undefined
      if (this.#isWatched(choice)) void this.#work(choice)
    }, waitMs)
  }

  #isWatched({ watchedAt }: Choice): boolean {
    return watchedAt !== undefined && this.#options.now() - watchedAt < WATCH_MS
  }

  #leave(): void {
    clearTimeout(this.#choice.timer)
    this.#choice.end.abort(this.#options.signal.reason)
  }

  #set(list: ContainerList): void {
    this.#list = list
    this.#options.changed(list)
  }
}

function newChoice(): Choice {
  return {
    end: new AbortController(),
    work: undefined,
    failures: 0,
    timer: undefined,
    restMs: REFRESH_MS,
    watchedAt: undefined,
  }
}
