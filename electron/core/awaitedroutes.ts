// The requests about ephemeral sessions where the core does not serve them for a window: the command line starts such sessions.

import { AppError } from '../../shared/errors'

function refuse(): never {
  throw new AppError(
    'not-supported',
    'This Culvert starts ephemeral sessions from the command line only. Run culvert ephemeral SERVICE in a terminal of this computer.',
  )
}

/** Their handlers. Handlers that are spread after these take their place. */
export const awaitedHandlers = {
  'ephemeral.plan': refuse,
  'ephemeral.open': refuse,
  'ephemeral.derive': refuse,
  'ephemeral.list': refuse,
  'ephemeral.stop': refuse,
} as const
