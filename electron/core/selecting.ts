// What showing another environment does: it is shown at once, and saved for the next start.

import { toWireError } from '../../shared/errors'
import type { EnvironmentRef } from '../../shared/model/environment'
import type { ReadyForwards } from './forwards/ready'
import type { Notices } from './notices'
import type { Product } from './routes'
import type { ShownEnvironment } from './shown'

/** Makes the function that shows an environment. A failed save is a notice. */
export function selecting({
  shown,
  ready,
  saveSettings,
  notices,
}: {
  readonly shown: ShownEnvironment
  readonly ready: ReadyForwards
  readonly saveSettings: Product['saveSettings']
  readonly notices: Notices
}): (environment: EnvironmentRef) => Promise<void> {
  return async (environment) => {
    void shown.select(environment)
    if (environment.kind === 'demo') await ready.give()
    // Saving may fail; the environment is shown all the same.
    const problem = await saveSettings({ environment }).then(
      () => undefined,
      (error: unknown) => toWireError(error).message,
    )
    notices.standProblem('environment', 'The next start may show another environment.', problem)
  }
}
