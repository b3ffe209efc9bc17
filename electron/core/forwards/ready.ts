// The ready forwards of the Demo. They are saved in a data directory once, when the Demo is shown there for the first time.
//
// From then on they are ordinary forwards. The door supplies the list of them (demoforwards.ts).

import { AppError } from '../../../shared/errors'
import { findFreePort } from '../tunnels/freeport'
import type { ForwardFields, Forwards } from './forwards'
import type { Given } from '../store/givenfile'
import type { JsonFile } from '../store/jsonfile'

/** A ready forward with its preferred local port. It is saved off. */
export type ReadyForward = ForwardFields & { readonly localPort: number }

/** What `ReadyForwards` needs. */
export interface ReadyForwardsOptions {
  readonly file: JsonFile<Given>
  readonly forwards: Pick<Forwards, 'create' | 'views'>
  readonly ready: readonly ReadyForward[]
}

/** Saves the ready forwards once in each data directory. */
export class ReadyForwards {
  readonly #options: ReadyForwardsOptions
  #giving: Promise<void> | undefined

  constructor(options: ReadyForwardsOptions) {
    this.#options = options
  }

  /**
   * Saves the forwards whose names are free, each with its preferred port or the next free one. Does nothing if the directory has
   * got them before. Never rejects: after a failure the next call tries again.
   */
  give(): Promise<void> {
    this.#giving ??= this.#give()
      .catch(() => undefined)
      .finally(() => (this.#giving = undefined))
    return this.#giving
  }

  async #give(): Promise<void> {
    const { file, ready } = this.#options
    if (file.value.demoForwards || ready.length === 0) return
    for (const forward of ready) await this.#save(forward)
    await file.write({ ...file.value, demoForwards: true })
  }

  async #save(forward: ReadyForward): Promise<void> {
    const { forwards } = this.#options
    const taken = forwards.views.map(({ localPort }) => localPort)
    try {
      const localPort = await findFreePort(forward.localPort, taken)
      await forwards.create({ kind: 'demo' }, { ...forward, localPort })
    } catch (error) {
      // A person's own forward keeps its name. A range without a free port is not tried again.
      if (error instanceof AppError && (error.code === 'name-taken' || error.code === 'port-in-use')) return
      throw error
    }
  }
}
