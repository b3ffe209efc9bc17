// The environments that are open in this process, by what names them. Each is opened at its first use and stays open:
// what runs in one goes on while a window shows another.

import type { EnvironmentRef } from '../../shared/model'
import type { Environment } from './environment'

/** One text for each environment, to compare by. */
function environmentKey(ref: EnvironmentRef): string {
  return ref.kind === 'demo' ? 'demo' : JSON.stringify([ref.profile ?? null, ref.region ?? null])
}

/** The open environments. Disposing closes them; whoever opened sessions in them disposes those first. */
export class Environments implements AsyncDisposable {
  readonly #open: (ref: EnvironmentRef) => Promise<Environment>
  readonly #opened = new Map<string, Promise<Environment>>()
  #isOver = false

  constructor(open: (ref: EnvironmentRef) => Promise<Environment>) {
    this.#open = open
  }

  /** The environment, opened if it is not. Rejects as `open` does; the next call tries again then. */
  get(ref: EnvironmentRef): Promise<Environment> {
    const key = environmentKey(ref)
    const known = this.#opened.get(key)
    if (known !== undefined) return known
    const opening = this.#open(ref)
    this.#opened.set(key, opening)
    opening.then(
      // What was found out about it names it as well.
      ({ region }) => this.#opened.set(environmentKey(ref.kind === 'demo' ? ref : { ...ref, region }), opening),
      () => this.#opened.delete(key),
    )
    return opening
  }

  /** See `Environment.wake`. */
  wake(): void {
    for (const opened of new Set(this.#opened.values()))
      void opened.then((environment) => environment.wake()).catch(() => undefined)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    await Promise.all(
      [...new Set(this.#opened.values())].map(async (opening) => {
        const environment = await opening.catch(() => undefined)
        await environment?.[Symbol.asyncDispose]()
      }),
    )
  }
}
