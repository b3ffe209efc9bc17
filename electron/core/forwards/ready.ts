// The ready forwards of the Demo: saved in a data directory once, when the Demo is shown there for the first time.
//
// Owns nothing of them from then on: they are forwards like others. Which they are the door says (demoforwards.ts).

import { AppError } from '../../../shared/errors'
import { findFreePort } from '../tunnels/freeport'
import type { ForwardFields, Forwards } from './forwards'
import type { Given } from '../store/givenfile'
import type { JsonFile } from '../store/jsonfile'

/** A ready forward: off, with the local port that it should have. */
export type ReadyForward = ForwardFields & { readonly localPort: number }

/** What giving needs. */
export interface ReadyForwardsOptions {
  readonly file: JsonFile<Given>
  readonly forwards: Pick<Forwards, 'create' | 'views'>
  readonly ready: readonly ReadyForward[]
}

/** Gives each data directory its ready forwards once. */
export class ReadyForwards {
  readonly #options: ReadyForwardsOptions
  #giving: Promise<void> | undefined

  constructor(options: ReadyForwardsOptions) {
    this.#options = options
  }

  /**
   * Saves those whose names are free, each with its port or the next one that no program has; does nothing where they were given
   * before. Never rejects: what could not be saved is tried again the next time.
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
      // A person's own forward of this name is worth more, and a crowded range of ports is no reason to try for ever.
      if (error instanceof AppError && (error.code === 'name-taken' || error.code === 'port-in-use')) return
      throw error
    }
  }
}
