// The environment that the windows show: its state, our identity at AWS, and its instances.
//
// Showing another environment ends no forward and no terminal; calls under way for the earlier one are aborted. The latest choice wins.
// One listing runs at a time, and later requests join it. A listing that failed for a passing reason is repeated: after growing pauses,
// at a wake, or when a person asks. Does not own the environments.

import { AppError, asAppError, toWireError } from '../../shared/errors'
import type { AmbientProfile, DemoOutage, EnvironmentRef, EnvironmentView } from '../../shared/model/environment'
import type { Instance, InstanceList } from '../../shared/model/instance'
import type { Environment } from './environments/environment'
import { environmentKey, type Environments } from './environments/environments'
import { backoffMs, judge, passesWithTheWay } from './sessions/resume/retry'
import type { Wakeable } from './sessions/wakeable'
import type { Timing } from './sessions/timing'

const NOTHING = { state: { kind: 'loading' }, items: [], notices: [] } as const

// Pauses are five times those of a session: a listing is many calls, and AWS may have throttled the last one.
const PAUSE_FACTOR = 5

/** The options of `ShownEnvironment`. */
export interface ShownEnvironmentOptions {
  readonly environments: Environments
  readonly first: EnvironmentRef
  /** Describes an environment without a profile name. */
  readonly ambient: AmbientProfile
  /** Aborts calls and retries. */
  readonly signal: AbortSignal
  readonly now: () => number
  readonly timing: Timing
  /** Called after each change, with what changed. */
  readonly changed: (change: { readonly environment?: EnvironmentView; readonly instances?: InstanceList }) => void
}

/** The state of one choice of an environment; the next choice replaces it. */
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

  /** The listed instance with this id. */
  find(instanceId: string): Instance | undefined {
    return this.#instances.items.find(({ id }) => id === instanceId)
  }

  /** The listed instance with this id if `ref` is the shown environment: ids of hybrid nodes occur in several accounts. */
  findIn(ref: EnvironmentRef, instanceId: string): Instance | undefined {
    return environmentKey(ref) === environmentKey(this.#view.ref) ? this.find(instanceId) : undefined
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

  /** Takes the keys of the profile that is offered. Rejects with `usage` where it is not, and as `OtherKeys.takeProfile`. */
  async takeProfile(profile: string): Promise<void> {
    const { ref, login } = this.#view
    if (login?.offered !== profile)
      throw new AppError('usage', `The profile "${profile}" is not offered here any more.`)
    const choice = this.#choice
    const environment = await this.#options.environments.get(ref)
    await environment.otherKeys.takeProfile(profile, choice.end.signal)
    // The role may have another session name.
    void this.#identify(environment, choice)
  }

  /** Retries at once where a listing waits for its time or for a login. */
  wake(): void {
    const choice = this.#choice
    const { state } = this.#instances
    if (choice.work !== undefined) return
    // A forward or terminal has found that the sign-in ended. If nothing waits for it, only a new listing can find that it is back.
    if (state.kind === 'ready' && this.#view.login !== undefined) void this.#again(choice)
    if (state.kind !== 'failed') return
    if (choice.retry !== undefined || judge(state.error) === 'login') void this.#again(choice)
  }

  /** A session has reached the service: retries at once a listing that failed because the service was not reachable. */
  reached(): void {
    const { state } = this.#instances
    if (state.kind === 'failed' && passesWithTheWay(state.error)) this.wake()
  }

  /** Runs the one piece of work of a choice: an opening or a listing. */
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
        // With the region that was resolved, so that a forward that is saved now keeps its region when the AWS files change.
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

  /** Subscribes to wakes, sign-in, outages and the end of the environment. */
  #follow(choice: Choice, environment: Environment): void {
    environment.wakeables.add(this)
    const lose = (): void => this.#lost(choice, asAppError(environment.life.reason))
    const { signal } = choice.end
    const unfollow = environment.demo?.onChange(() => this.#setOutage(environment.demo?.outage))
    this.#setOutage(environment.demo?.outage)
    const { login } = environment
    const tellLogin = (): void => {
      const { login: _before, ...view } = this.#view
      const { ended } = login
      const offered = environment.otherKeys.offered()
      const told = ended === undefined || offered === undefined ? ended : { ...ended, offered }
      this.#setView({ ...view, ...(told === undefined ? {} : { login: told }) })
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

  /** The environment has ended: shows the cause and opens it anew after a pause. */
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
      // The cause of the earlier failures may also have failed the look-up of the identity.
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

  /** Schedules the next attempt; returns its time, epoch ms. */
  #retryLater(choice: Choice): number {
    const { timing, now } = this.#options
    const { firstRetryMs, maxRetryMs } = timing
    const pauses = { ...timing, firstRetryMs: firstRetryMs * PAUSE_FACTOR, maxRetryMs: maxRetryMs * PAUSE_FACTOR }
    const waitMs = backoffMs(choice.failures + 1, pauses, Math.random)
    choice.retry = setTimeout(() => void this.#again(choice), waitMs)
    return now() + waitMs
  }

  /** Repeats by itself: the earlier list and failure stay shown until the outcome is known. */
  #again(choice: Choice): Promise<void> {
    return this.#work(choice, () => (this.#view.state.kind === 'failed' ? this.#open(choice) : this.#list(choice)))
  }

  /** Looks up the identity. A failure leaves it unknown; everything else works. */
  async #identify(environment: Environment, choice: Choice): Promise<void> {
    const identity = await environment.identity(choice.end.signal).catch(() => undefined)
    if (identity !== undefined && this.#isShown(choice)) this.#setView({ ...this.#view, identity })
  }

  #isShown(choice: Choice): boolean {
    return choice === this.#choice && !choice.end.signal.aborted
  }

  /** Aborts the calls of the current choice. */
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
