// Waits that a signal can end early. The awaited work goes on after that; its owner ends it.

/** Settles as `work` does, or rejects with the signal's reason if the abort comes first. Leaves no listener on the signal. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  await settledOrAborted(work, [signal])
  signal.throwIfAborted()
  return work
}

/** Resolves once `work` has resolved or rejected, or a signal is aborted. Leaves no listener on the signals. */
export function settledOrAborted(work: Promise<unknown>, signals: readonly AbortSignal[]): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      for (const signal of signals) signal.removeEventListener('abort', finish)
      resolve()
    }
    for (const signal of signals) signal.addEventListener('abort', finish)
    work.then(finish, finish)
    if (signals.some(({ aborted }) => aborted)) finish()
  })
}
