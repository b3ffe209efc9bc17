// Saves changes of the settings one after the other, and publishes what was saved.

import type { Settings } from '../../shared/settings'
import { Queue } from './async/queue'
import type { Publisher } from './publisher'
import { checkSettings } from './store/settingsfile'

/** Saves settings. */
export interface SavedSettings {
  /** Rejects with `usage` and `data-directory`, and changes nothing then. */
  readonly save: (change: Partial<Settings>) => Promise<void>
  /** Resolves once the changes so far are saved, or have failed. */
  idle(): Promise<void>
}

/** Makes what saves into `file`. */
export function savedSettings(
  file: { readonly value: Settings; write(next: Settings): Promise<void> },
  publisher: Pick<Publisher, 'set'>,
): SavedSettings {
  const changes = new Queue()
  return {
    save: (change) =>
      changes.run(async () => {
        const next: Settings = { ...file.value, ...change }
        checkSettings(next)
        await file.write(next)
        publisher.set({ settings: next })
      }),
    idle: () => changes.idle(),
  }
}
