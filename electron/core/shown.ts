// The environment that the windows show: which one, who we are in it, and its instances.
//
// Showing another one ends nothing, but what was asked for the one before is dropped. Of two choices the later one counts.
// There is one listing at a time; requests during one join it. A listing that failed for a reason that passes by itself is
// repeated: after growing pauses, at a wake, or when a person asks. Does not own the environments themselves.

import { asAppError, toWireError, type AppError } from '../../shared/errors'
import type { AmbientProfile, DemoOutage, EnvironmentRef, EnvironmentView } from '../../shared/model/environment'
import type { Instance, InstanceList } from '../../shared/model/instance'
import type { Environment } from './environments/environment'
import type { Environments } from './environments/environments'
import { backoffMs, judge, passesWithTheWay } from './sessions/retry'
import type { Wakeable } from './sessions/wakeable'
import type { Timing } from './sessions/timing'

const NOTHING = { state: { kind: 'loading' }, items: [], notices: [] } as const

// A listing is many calls, and AWS may just have asked for fewer: the pauses are longer than those of a session, which is one.
const PAUSE_FACTOR = 5

/** What showing an environment needs. */
export interface ShownEnvironmentOptions {
  readonly environments: Environments
  readonly first: EnvironmentRef
  /** What an environment without a profile's name stands for. */
  readonly ambient: AmbientProfile
  /** Aborts what is being asked, and all that waits. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly timing: Timing
  /** Called after each change, with what changed. */
  readonly changed: (change: { readonly environment?: EnvironmentView; readonly instances?: InstanceList }) => void
}

/** One choice of an environment, until the next one. */
interface Choice {
  readonly ref: EnvironmentRef
  readonly end: AbortController
  /** The opening or listing under way. Never rejects. */
  work: Promise<void> | undefined
  /** How many listings in a row have failed. */
  failures: number
  retry: NodeJS.Timeout | undefined
}

/** The environment that is shown. */
export class ShownEnvironment implements Wakeable {
  readonly #options: ShownEnvironmentOptions
  #choice: Choice
  #view: EnvironmentView
  #instances: InstanceList = { ...NOTHING, generation: 0 }

  /** Shows nothing yet: call `select`. */
  constructor(options: ShownEnvironmentOptions) {
    this.#options = options
    this.#choice = newChoice(options.first)
    this.#view = opening(options.first, options.ambient)
    options.signal.addEventListener('abort', () => this.#leave(), { once: true })
  }

  get view(): EnvironmentView {
    return this.#view
  }

  get instances(): InstanceList {
    return this.#instances
  }

  /** The instance of this id, as far as it is listed. */
  find(instanceId: string): Instance | undefined {
    return this.#instances.items.find(({ id }) => id === instanceId)
  }

  /** Opens and shows `ref`, then lists its instances. Never rejects: a failure is the view's state. */
  select(ref: EnvironmentRef): Promise<void> {
    if (this.#options.signal.aborted) return Promise.resolve()
    this.#leave()
    const choice = newChoice(ref)
    this.#choice = choice
    this.#setView(opening(ref, this.#options.ambient))
    this.#setInstances({ ...NOTHING, generation: this.#instances.generation + 1 })
    return this.#work(choice, () => this.#open(choice))
  }

  /**
   * Lists the instances again, or joins the listing that is under way. Never rejects: a failure is the list's state, and what
   * was there stays.
   */
  refresh(): Promise<void> {
    const choice = this.#choice
    if (this.#view.state.kind === 'failed') return choice.work ?? this.select(this.#view.ref)
    if (this.#instances.state.kind !== 'loading') {
      this.#setInstances({ ...this.#instances, state: { kind: 'loading' } })
    }
    return choice.work ?? this.#work(choice, () => this.#list(choice))
  }

  /** Tries at once what waits for its time or for a login. */
  wake(): void {
    const choice = this.#choice
    const { state } = this.#instances
    if (choice.work !== undefined) return
    // Something else has learnt that the sign-in ended; where nothing waits for it, only a listing can tell that it is back.
    if (state.kind === 'ready' && this.#view.login !== undefined) void this.#again(choice)
    if (state.kind !== 'failed') return
    if (choice.retry !== undefined || judge(state.error) === 'login') void this.#again(choice)
  }

  /** A session has reached the service: tries at once where just that was missing. */
  reached(): void {
    const { state } = this.#instances
    if (state.kind === 'failed' && passesWithTheWay(state.error)) this.wake()
  }

  /** Does one thing at a time for a choice. */
  #work(choice: Choice, act: () => Promise<void>): Promise<void> {
    clearTimeout(choice.retry)
    choice.retry = undefined
    const work = act().finally(() => {
      if (choice.work === work) choice.work = undefined
    })
    choice.work = work
    return work
  }

  async #open(choice: Choice): Promise<void> {
    try {
      const environment = await this.#options.environments.get(choice.ref)
      if (!this.#isShown(choice)) return
      const { ref } = choice
      this.#setView({
        // With its region, so that a forward that is saved now stays where it was made.
        ref: ref.kind === 'demo' ? ref : { ...ref, region: environment.region },
        name: environment.name,
        ambient: this.#options.ambient,
        region: environment.region,
        ...(environment.demo === undefined ? {} : { hasRealShells: environment.demo.hasRealShells }),
        state: { kind: 'open' },
      })
      this.#follow(choice, environment)
      void this.#identify(environment, choice)
      await this.#list(choice)
    } catch (error) {
      if (this.#isShown(choice)) this.#failToOpen(toWireError(error))
    }
  }

  /** Hears of wakes, and of the environment's own end. */
  #follow(choice: Choice, environment: Environment): void {
    environment.wakeables.add(this)
    const lose = (): void => this.#lost(choice, asAppError(environment.life.reason))
    const { signal } = choice.end
    const unfollow = environment.demo?.onChange(() => this.#setOutage(environment.demo?.outage))
    this.#setOutage(environment.demo?.outage)
    const { login } = environment
    const tellLogin = (): void => {
      const { login: _before, ...view } = this.#view
      this.#setView({ ...view, ...(login.ended === undefined ? {} : { login: login.ended }) })
    }
    const forgetLogin = login.onChange(tellLogin)
    if (login.ended !== undefined) tellLogin()
    signal.addEventListener('abort', () => {
      unfollow?.()
      environment.wakeables.delete(this)
      forgetLogin()
      environment.life.removeEventListener('abort', lose)
    })
    if (environment.life.aborted) lose()
    else environment.life.addEventListener('abort', lose, { once: true })
  }

  #setOutage(outage: DemoOutage | undefined): void {
    const { outage: before, ...view } = this.#view
    if (before !== outage) this.#setView(outage === undefined ? view : { ...view, outage })
  }

  /** It can no longer be used: another one is opened in its place. */
  #lost(choice: Choice, cause: AppError): void {
    if (!this.#isShown(choice)) return
    const { ref } = this.#view
    this.#leave()
    const next = { ...newChoice(ref), failures: choice.failures + 1 }
    this.#choice = next
    const retryAt = this.#retryLater(next)
    const error = toWireError(cause)
    this.#setOutage(undefined)
    this.#setView({ ...this.#view, state: { kind: 'failed', error } })
    this.#setInstances({ ...this.#instances, state: { kind: 'failed', error, retryAt } })
  }

  #failToOpen(error: ReturnType<typeof toWireError>): void {
    this.#setView({ ...this.#view, state: { kind: 'failed', error } })
    this.#setInstances({ ...NOTHING, generation: this.#instances.generation, state: { kind: 'failed', error } })
  }

  async #list(choice: Choice): Promise<void> {
    const { environments, now } = this.#options
    const { signal } = choice.end
    try {
      const environment = await environments.get(choice.ref)
      const { instances, notices } = await environment.listInstances(signal)
      if (!this.#isShown(choice)) return
      // What kept the list away may have kept this away, too.
      const isMissing = choice.failures > 0 && this.#view.identity === undefined
      choice.failures = 0
      const { generation } = this.#instances
      this.#setInstances({ generation, state: { kind: 'ready' }, items: instances, listedAt: now(), notices })
      if (isMissing) void this.#identify(environment, choice)
    } catch (error) {
      if (!this.#isShown(choice)) return
      choice.failures += 1
      const cause = asAppError(error)
      const verdict = judge(cause)
      const isPassing = verdict === 'again' || verdict === 'network'
      const retryAt = isPassing ? { retryAt: this.#retryLater(choice) } : {}
      this.#setInstances({ ...this.#instances, state: { kind: 'failed', error: toWireError(cause), ...retryAt } })
    }
  }

  /** Epoch ms of when. */
  #retryLater(choice: Choice): number {
    const { timing, now } = this.#options
    const { firstRetryMs, maxRetryMs } = timing
    const pauses = { ...timing, firstRetryMs: firstRetryMs * PAUSE_FACTOR, maxRetryMs: maxRetryMs * PAUSE_FACTOR }
    const waitMs = backoffMs(choice.failures + 1, pauses, Math.random)
    choice.retry = setTimeout(() => void this.#again(choice), waitMs)
    return now() + waitMs
  }

  /** Without a person: what is shown stays until the outcome is known. */
  #again(choice: Choice): Promise<void> {
    return this.#work(choice, () => (this.#view.state.kind === 'failed' ? this.#open(choice) : this.#list(choice)))
  }

  /** Shown when it is known; a caller that may not ask for it loses nothing else. */
  async #identify(environment: Environment, choice: Choice): Promise<void> {
    const identity = await environment.identity(choice.end.signal).catch(() => undefined)
    if (identity !== undefined && this.#isShown(choice)) this.#setView({ ...this.#view, identity })
  }

  #isShown(choice: Choice): boolean {
    return choice === this.#choice && !choice.end.signal.aborted
  }

  /** Drops what was asked for the choice so far. */
  #leave(): void {
    clearTimeout(this.#choice.retry)
    this.#choice.end.abort(this.#options.signal.reason)
  }

  #setView(view: EnvironmentView): void {
    this.#view = view
    this.#options.changed({ environment: view })
  }

  #setInstances(instances: InstanceList): void {
    this.#instances = instances
    this.#options.changed({ instances })
  }
}

function newChoice(ref: EnvironmentRef): Choice {
  return { ref, end: new AbortController(), work: undefined, failures: 0, retry: undefined }
}

function opening(ref: EnvironmentRef, ambient: AmbientProfile): EnvironmentView {
  return {
    ref,
    name: ref.kind === 'demo' ? 'Demo' : (ref.profile ?? ambient.name),
    ambient,
    region: ref.kind === 'demo' ? '' : (ref.region ?? ''),
    state: { kind: 'opening' },
  }
}
