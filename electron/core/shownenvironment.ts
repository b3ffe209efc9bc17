// The environment that the windows show: which one, who we are in it, and its instances.
//
// Showing another one ends nothing. Of two choices or listings that run at once the later one counts. Does not own the
// environments themselves.

import { toWireError } from '../../shared/errors'
import type { EnvironmentRef, EnvironmentView, Instance, InstanceList } from '../../shared/model'
import type { Environment } from './environment'
import type { Environments } from './environments'

const NOTHING: InstanceList = { state: { kind: 'loading' }, items: [], notices: [] }

/** What showing an environment needs. */
export interface ShownEnvironmentOptions {
  readonly environments: Environments
  readonly first: EnvironmentRef
  /** Aborts what is being asked. */
  readonly signal: AbortSignal
  readonly now: () => number
  /** Called after each change, with what changed. */
  readonly changed: (change: { readonly environment?: EnvironmentView; readonly instances?: InstanceList }) => void
}

/** The environment that is shown. */
export class ShownEnvironment {
  readonly #options: ShownEnvironmentOptions
  #view: EnvironmentView
  #instances: InstanceList = NOTHING
  #choice = 0
  #listing = 0

  /** Shows nothing yet: call `select`. */
  constructor(options: ShownEnvironmentOptions) {
    this.#options = options
    this.#view = opening(options.first)
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
  async select(ref: EnvironmentRef): Promise<void> {
    this.#choice += 1
    const choice = this.#choice
    this.#setView(opening(ref))
    this.#setInstances(NOTHING)
    try {
      const environment = await this.#options.environments.get(ref)
      if (choice !== this.#choice) return
      this.#setView({
        // With its region, so that a forward that is saved now stays where it was made.
        ref: ref.kind === 'demo' ? ref : { ...ref, region: environment.region },
        name: environment.name,
        region: environment.region,
        state: { kind: 'open' },
      })
      void this.#identify(environment, choice)
      await this.refresh()
    } catch (error) {
      if (choice !== this.#choice) return
      const wire = toWireError(error)
      this.#setView({ ...this.#view, state: { kind: 'failed', error: wire } })
      this.#setInstances({ ...NOTHING, state: { kind: 'failed', error: wire } })
    }
  }

  /** Lists the instances again. Never rejects: a failure is the list's state, and what was there stays. */
  async refresh(): Promise<void> {
    if (this.#view.state.kind === 'failed') return this.select(this.#view.ref)
    this.#listing += 1
    const listing = this.#listing
    const { environments, signal, now } = this.#options
    this.#setInstances({ ...this.#instances, state: { kind: 'loading' } })
    try {
      const environment = await environments.get(this.#view.ref)
      const { instances, notices } = await environment.listInstances(signal)
      if (listing === this.#listing) {
        this.#setInstances({ state: { kind: 'ready' }, items: instances, listedAt: now(), notices })
      }
    } catch (error) {
      if (listing !== this.#listing) return
      this.#setInstances({ ...this.#instances, state: { kind: 'failed', error: toWireError(error) } })
    }
  }

  /** Shown when it is known; a caller that may not ask for it loses nothing else. */
  async #identify(environment: Environment, choice: number): Promise<void> {
    const identity = await environment.identity(this.#options.signal).catch(() => undefined)
    if (identity !== undefined && choice === this.#choice) this.#setView({ ...this.#view, identity })
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

function opening(ref: EnvironmentRef): EnvironmentView {
  return {
    ref,
    name: ref.kind === 'demo' ? 'Demo' : (ref.profile ?? 'default'),
    region: ref.kind === 'demo' ? '' : (ref.region ?? ''),
    state: { kind: 'opening' },
  }
}
