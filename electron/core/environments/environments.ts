// The environments that are open in this process, found by their references. Each is opened at its first use and stays open, so
// that its forwards and terminals go on while a window shows another environment.
//
// One profile and region is opened once. If two references turn out to mean the same, the second environment is closed and both
// references get the first. An environment that has ended is removed, and the next use opens a new one.

import { asAppError, type AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { closingError, Ends } from '../async/closing'
import type { Environment } from './environment'

interface Named {
  readonly opening: Promise<Environment>
  /** Set once it is open. */
  environment: Environment | undefined
}

/** A text that is the same for equal references, to compare by. */
export function environmentKey(ref: EnvironmentRef): string {
  return ref.kind === 'demo' ? 'demo' : JSON.stringify([ref.profile ?? null, ref.region ?? null])
}

/** The open environments. Disposing closes them. Dispose the sessions in them before. */
export class Environments implements AsyncDisposable {
  readonly #openOne: (ref: EnvironmentRef) => Promise<Environment>
  readonly #onLost: (environment: Environment, cause: AppError) => void
  /** By the key of each reference that was asked for, and by the key with the region that was found. */
  readonly #named = new Map<string, Named>()
  /** The open ones, by the key with the region. */
  readonly #open = new Map<string, Environment>()
  /** Openings and closings that are under way. */
  readonly #ends = new Ends()
  #isOver = false
  #isTelling = false

  /** `onLost` is called with the cause when an environment can no longer be used. It is not called for a disposed one. */
  constructor(
    open: (ref: EnvironmentRef) => Promise<Environment>,
    onLost: (environment: Environment, cause: AppError) => void = () => undefined,
  ) {
    this.#openOne = open
    this.#onLost = onLost
  }

  /** Gets the environment, opened if needed. Rejects as `open` does, and the next call tries again; `not-running` once disposed. */
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

  /** The name of an environment: its own name while it is open, otherwise its profile. */
  nameOf(ref: EnvironmentRef): string {
    const open = this.#named.get(environmentKey(ref))?.environment
    if (open !== undefined) return open.name
    return ref.kind === 'demo' ? 'Demo' : (ref.profile ?? 'default')
  }

  /** Those that are open now. */
  get open(): readonly Environment[] {
    return [...this.#open.values()]
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
    // The same environment can be asked for without a region: the key contains the region that was found.
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

  /** A session of one environment has reached AWS, so the network works: tells the others, but not the Demo, which needs none. */
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

  /** Removes an ended environment under all its keys, so that `get` opens another one. */
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
