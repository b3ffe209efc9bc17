// Targets of an environment and their Names, from its list of instances. No session waits for Names: until they are known ids are shown.

import type { Instance } from '../../../shared/model/instance'
import type { Environment } from '../environments/environment'
import { isTargetId } from './asking'

/** The Names of one environment. */
export class TargetNames {
  readonly #listed: () => readonly Instance[] | undefined
  readonly #changed: () => void
  #names: ReadonlyMap<string, string> = new Map()
  #from: readonly Instance[] | undefined

  /** `listed`: the instances, if they are listed already. `changed` is called when names have become known. */
  constructor(listed: () => readonly Instance[] | undefined, changed: () => void) {
    this.#listed = listed
    this.#changed = changed
  }

  /** The Name of a target; undefined: not known. */
  of(target: string): string | undefined {
    return this.#names.get(target)
  }

  /** Takes the names that are known, and lists the instances where none are. Never throws, never waits. */
  learn(environment: Environment, signal: AbortSignal): void {
    if (this.look()) return
    void environment.listInstances(signal).then(
      ({ instances }) => {
        if (!signal.aborted) this.#use(instances)
      },
      () => undefined /* the ids are shown */,
    )
  }

  /** Takes the names that are known; returns whether the instances are listed. */
  look(): boolean {
    const instances = this.#listed()
    if (instances === undefined) return false
    this.#use(instances)
    return true
  }

  #use(instances: readonly Instance[]): void {
    if (instances === this.#from) return
    this.#from = instances
    this.#names = new Map(instances.flatMap(({ id, name }) => (name === '' ? [] : [[id, name]])))
    this.#changed()
  }
}

/** The id of the target that a filter names by id or Name; undefined without a filter. Rejects as `resolveTarget`. */
export async function targetIdOf(
  text: string | undefined,
  environment: Environment,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (text === undefined || isTargetId(text)) return text
  return (await environment.resolveTarget(text, signal)).id
}
