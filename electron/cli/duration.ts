// The maximum duration of a saved target, as a command keeps it: it counts from the start of the command's first session.

import { AppError } from '../../shared/errors'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { spanWords } from '../../shared/status'

const MINUTE_MS = 60_000

/** The maximum duration of a session that a command has begun. Disposing stops its clock. */
export interface Duration extends Disposable {
  /** Resolves with the sentence for a person once the duration has passed; never, where the target has none. */
  readonly passed: Promise<string>
  /** Rejects with it instead: for commands whose status says whether they did all. */
  readonly exceeded: Promise<never>
}

/** Starts the clock. `what`: what ends, as in "the forward". */
export function startDuration(saved: SavedTarget | undefined, what: string): Duration {
  const { name = '', maxDurationMinutes: minutes } = saved ?? {}
  let timer: NodeJS.Timeout | undefined
  const passed = new Promise<string>((resolve) => {
    if (minutes === undefined) return
    const ms = minutes * MINUTE_MS
    const text = `The saved target "${name}" allows ${spanWords(ms)}, and that has passed: ${what} ends. Start it again to go on.`
    timer = setTimeout(() => resolve(text), ms)
  })
  const exceeded = passed.then((text): never => {
    throw new AppError('session-ended', text)
  })
  exceeded.catch(() => undefined)
  return { passed, exceeded, [Symbol.dispose]: () => clearTimeout(timer) }
}
