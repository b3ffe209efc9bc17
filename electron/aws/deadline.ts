// Waits that end by time or by a signal. The work that was waited for may go on; its result is dropped.

import { deferred } from '../../shared/deferred'

/** Resolves as `promise` does, or rejects with what `why` says once `signal` is aborted. */
export async function until<T>(promise: Promise<T>, signal: AbortSignal, why: () => Error): Promise<T> {
  const aborted = deferred<never>()
  const abort = (): void => aborted.reject(why())
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Resolves as `promise` does, or rejects with what `late` says once `ms` have passed. */
export async function before<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms)
  })
  try {
    return await Promise.race([promise, passed])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Runs `act` with a signal that is aborted by `signal`, and by what `late` says once `ms` have passed; rejects with the signal's
 * reason at once, also where `act` takes no notice.
 */
export async function withDeadline<T>(
  deadline: { readonly signal: AbortSignal; readonly ms: number; readonly late: () => Error },
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController()
  const timer = setTimeout(() => own.abort(deadline.late()), deadline.ms)
  // Not AbortSignal.any: it would leave an entry behind at each call, on a signal that lives as long as a session.
  const abort = (): void => own.abort(deadline.signal.reason)
  if (deadline.signal.aborted) abort()
  deadline.signal.addEventListener('abort', abort, { once: true })
  try {
    return await until(act(own.signal), own.signal, () => reasonOf(own.signal))
  } finally {
    clearTimeout(timer)
    deadline.signal.removeEventListener('abort', abort)
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  const thrown: unknown = reason
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
