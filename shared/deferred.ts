// A promise whose outcome is decided from outside: for what ends by a call, an event or a timer somewhere else.

/** A promise with its two ends. The first call of either end decides; later ones do nothing. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T | PromiseLike<T>) => void
  readonly reject: (error: Error) => void
}

/**
 * Makes a promise that is decided from outside. A rejection that nobody awaits ends a Node process: where that may happen, the
 * maker adds `promise.catch(() => undefined)`. Source: Promise.withResolvers, which Node 20 does not have.
 */
export function deferred<T = void>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined
  let reject: Deferred<T>['reject'] = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
