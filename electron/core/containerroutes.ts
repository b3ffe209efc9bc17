// The handlers of the requests about containers.

import type { Handlers } from './routes'
import type { Containers } from './containers/containers'

type ContainerHandlers = Pick<Handlers, Extract<keyof Handlers, `containers.${string}`>>

/** Makes the handlers. */
export function containerHandlers(containers: Pick<Containers, 'refresh' | 'watch'>): ContainerHandlers {
  return {
    'containers.refresh': async () => {
      await containers.refresh()
      return null
    },
    'containers.watch': () => {
      containers.watch()
      return null
    },
  }
}
