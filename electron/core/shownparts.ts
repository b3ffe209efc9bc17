// What belongs to the shown environment, put together: its state with its instances, and its containers.

import type { Snapshot } from '../../shared/model/snapshot'
import { Containers } from './containers/containers'
import { ShownEnvironment, type ShownEnvironmentOptions } from './shown'

/** The options of both; `changed` is called after each change, with what changed. */
export interface ShownPartsOptions extends Omit<ShownEnvironmentOptions, 'changed'> {
  readonly changed: (change: Partial<Pick<Snapshot, 'environment' | 'instances' | 'containers'>>) => void
}

/** Opens both. Nothing is shown before `select`, and no containers are listed before they are asked for. */
export function openShown(options: ShownPartsOptions): {
  readonly shown: ShownEnvironment
  readonly containers: Containers
} {
  const { changed } = options
  const shown = new ShownEnvironment({
    ...options,
    changed: (change) => {
      changed(change)
      if (change.instances !== undefined) containers.show(change.instances.generation)
    },
  })
  const containers = new Containers({ ...options, shown, changed: (list) => changed({ containers: list }) })
  return { shown, containers }
}
