// The handlers of the requests about drains.

import type { Handlers } from './routes'
import type { Drains } from './drains/drains'

type DrainHandlers = Pick<Handlers, Extract<keyof Handlers, `drain.${string}`>>

/** Makes the handlers. */
export function drainHandlers(drains: Drains): DrainHandlers {
  return {
    'drain.create': async ({ secrets, ...fields }) => ({ drainId: await drains.create(fields, secrets) }),
    'drain.update': async ({ drainId, secrets, ...fields }) => {
      await drains.update(drainId, fields, secrets)
      return null
    },
    'drain.delete': async ({ drainId }) => {
      await drains.delete(drainId)
      return null
    },
    'drain.test': ({ drainId }) => drains.test(drainId),
    'drain.retry': ({ drainId }) => {
      drains.retry(drainId)
      return null
    },
    'drain.secretplace': async () => ({ place: await drains.place() }),
  }
}
