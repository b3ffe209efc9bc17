// A promise that is settled from outside: by a call, an event or a timer elsewhere.

/** A promise with its two ends. The first call of either end settles it; later calls do nothing. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T | PromiseLike<T>) => void
  readonly reject: (error: Error) => void
}

/**
 * Makes a promise that is settled from outside. An unhandled rejection ends a Node process: if one is possible, the caller
 * adds `promise.catch(() => undefined)`. Source: Promise.withResolvers, which Node 20 does not have.
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
