// The environments that are open in this process, by what names them. Each is opened at its first use and stays open:
// what runs in one goes on while a window shows another.
//
// One account and region is opened once, whatever names it: of two that turn out to be the same, the second is closed and
// stands for the first. An environment whose life is over is forgotten; the next use opens another one.

import { asAppError, type AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { closingError, Ends } from '../async/closing'
import type { Environment } from './environment'

interface Named {
  readonly opening: Promise<Environment>
  /** Once it is open. */
  environment: Environment | undefined
}

/** One text for each environment, to compare by. */
export function environmentKey(ref: EnvironmentRef): string {
  return ref.kind === 'demo' ? 'demo' : JSON.stringify([ref.profile ?? null, ref.region ?? null])
}

/** The open environments. Disposing closes them; whoever opened sessions in them disposes those first. */
export class Environments implements AsyncDisposable {
  readonly #openOne: (ref: EnvironmentRef) => Promise<Environment>
  readonly #onLost: (environment: Environment, cause: AppError) => void
  /** By the names that were asked for and by those that were found out. */
  readonly #named = new Map<string, Named>()
  /** Those that are open, by their whole name. */
  readonly #open = new Map<string, Environment>()
  /** Everything that is being opened or closed. */
  readonly #ends = new Ends()
  #isOver = false
  #isTelling = false

  /** `onLost` is called once an environment can no longer be used, with why; not for those that are disposed. */
  constructor(
    open: (ref: EnvironmentRef) => Promise<Environment>,
    onLost: (environment: Environment, cause: AppError) => void = () => undefined,
  ) {
    this.#openOne = open
    this.#onLost = onLost
  }

  /** The environment, opened if it is not. Rejects as `open` does, then the next call tries again; `not-running` once disposed. */
  get(ref: EnvironmentRef): Promise<Environment> {
    if (this.#isOver) return Promise.reject(closingError())
    const key = environmentKey(ref)
    const known = this.#named.get(key)
    if (known !== undefined) return known.opening
    const named: Named = {
      environment: undefined,
      opening: this.#opening(ref, (environment) => {
        named.environment = environment
      }),
    }
    this.#named.set(key, named)
    const forgotten = named.opening.catch(() => {
      if (this.#named.get(key) === named) this.#named.delete(key)
    })
    void this.#ends.add(forgotten)
    return named.opening
  }

  /** What an environment is called: as it says of itself while it is open, else by its profile. */
  nameOf(ref: EnvironmentRef): string {
    const open = this.#named.get(environmentKey(ref))?.environment
    if (open !== undefined) return open.name
    return ref.kind === 'demo' ? 'Demo' : (ref.profile ?? 'default')
  }

  /** See `Environment.wake`. */
  wake(): void {
    if (!this.#isOver) for (const environment of this.#open.values()) environment.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true
    for (const environment of this.#open.values()) this.#close(environment)
    this.#open.clear()
    this.#named.clear()
    await this.#ends.idle()
  }

  async #opening(ref: EnvironmentRef, found: (environment: Environment) => void): Promise<Environment> {
    const opened = await this.#openOne(ref)
    if (this.#isOver) {
      this.#close(opened)
      throw closingError()
    }
    // The region that was found is part of its name, too.
    const key = environmentKey(ref.kind === 'demo' ? ref : { ...ref, region: opened.region })
    const first = this.#open.get(key)
    if (first !== undefined) {
      this.#close(opened)
      found(first)
      return first
    }
    found(opened)
    this.#open.set(key, opened)
    opened.wakeables.add({ wake: () => undefined, reached: () => this.#reached(opened) })
    if (!this.#named.has(key)) this.#named.set(key, { environment: opened, opening: Promise.resolve(opened) })
    const forget = (): void => this.#forget(key, opened)
    if (opened.life.aborted) forget()
    else opened.life.addEventListener('abort', forget, { once: true })
    return opened
  }

  /** A session of one environment has reached AWS: others wait for the same network. The Demo is on this computer. */
  #reached(from: Environment): void {
    if (this.#isTelling || from.isDemo) return
    this.#isTelling = true
    try {
      for (const environment of this.#open.values()) {
        if (environment === from || environment.isDemo) continue
        for (const wakeable of environment.wakeables) wakeable.reached()
      }
    } finally {
      this.#isTelling = false
    }
  }

  /** Removes a dead environment from all its names, so that `get` opens another one. */
  #forget(key: string, environment: Environment): void {
    if (this.#isOver || this.#open.get(key) !== environment) return
    this.#open.delete(key)
    for (const [name, named] of this.#named) if (named.environment === environment) this.#named.delete(name)
    this.#close(environment)
    this.#onLost(environment, asAppError(environment.life.reason))
  }

  #close(environment: Environment): void {
    void this.#ends.add(environment[Symbol.asyncDispose]())
  }
}
