// The handlers of the requests about ephemeral sessions.

import type { EnvironmentRef } from '../../shared/model/environment'
import { AppError } from '../../shared/errors'
import type { Ephemerals } from './ephemeral/ephemerals'
import type { Environments } from './environments/environments'
import type { Handlers } from './routes'
import type { Terminals } from './terminals/terminals'

type EphemeralHandlers = Pick<Handlers, Extract<keyof Handlers, `ephemeral.${string}`>>

/** Makes the handlers. */
export function ephemeralHandlers({
  ephemerals,
  shown,
  terminals,
  environments,
}: {
  readonly ephemerals: Ephemerals
  readonly shown: { readonly view: { readonly ref: EnvironmentRef } }
  readonly terminals: Pick<Terminals, 'open' | 'restart' | 'ephemeral'>
  readonly environments: Pick<Environments, 'nameOf'>
}): EphemeralHandlers {
  const nameOf = (ref: EnvironmentRef): string => environments.nameOf(ref)
  return {
    'ephemeral.plan': (fields) => ephemerals.plan(shown.view.ref, fields),
    'ephemeral.open': ({ environment: ref = shown.view.ref, cols, rows, ...fields }, windowId) => {
      const place = ephemerals.place(ref, nameOf(ref), fields)
      return { terminalId: terminals.open(place, { windowId, size: { cols, rows } }) }
    },
    'ephemeral.derive': ({ terminalId, cols, rows }, windowId) => {
      const ephemeral = terminals.ephemeral(terminalId)
      if (ephemeral?.view.offer === undefined) {
        throw new AppError(
          'usage',
          'This terminal offers no task definition of its own. Open an ephemeral session first.',
        )
      }
      ephemeral.derive()
      terminals.restart(terminalId, { windowId, size: { cols, rows } })
      return null
    },
    'ephemeral.list': ({ environment: ref = shown.view.ref }) => ephemerals.list(ref),
    'ephemeral.stop': async ({ environment: ref = shown.view.ref, cluster, taskId }) => {
      await ephemerals.stop(ref, cluster, taskId)
      return null
    },
  }
}
