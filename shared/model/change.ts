// Changes of the snapshot, sent over a Link instead of the whole state. Pure; both ends use it.
//
// Forwards, terminals, instances and containers are lists of values with ids. An unchanged value keeps its identity: it is not sent, and
// its views are not rendered again. The other parts of a snapshot are small and are sent whole.

import type { Container, ContainerList } from './container'
import type { ForwardView } from './forward'
import type { Instance, InstanceList } from './instance'
import type { Snapshot } from './snapshot'
import type { TerminalView } from './terminal'

/** The changes of a list of values with ids. */
export interface ListChange<T> {
  /** New and changed values; new ones are appended in this order. */
  readonly set?: readonly T[]
  /** Ids of removed values. */
  readonly gone?: readonly string[]
  /** All ids in their order, if it differs from the order that `set` and `gone` produce. */
  readonly order?: readonly string[]
}

/** The changes of the instances. The other fields of the list are sent whole. */
export interface InstancesChange extends Omit<InstanceList, 'items'> {
  readonly items: ListChange<Instance>
}

/** The changes of the containers. The other fields of the list, and the services, are sent whole. */
export interface ContainersChange extends Omit<ContainerList, 'items'> {
  readonly items: ListChange<Container>
}

/** The changes of a snapshot since the previous event. */
export type SnapshotChange = Partial<Omit<Snapshot, 'forwards' | 'terminals' | 'instances' | 'containers'>> & {
  readonly forwards?: ListChange<ForwardView>
  readonly terminals?: ListChange<TerminalView>
  readonly instances?: InstancesChange
  readonly containers?: ContainersChange
}

/** Reads the id of a list's value. */
export type IdOf<T> = (value: T) => string

/** The id of a forward. */
export const forwardId: IdOf<ForwardView> = ({ forward }) => forward.id

/** The id of a terminal, an instance, a container or a service. */
export const ownId: IdOf<{ readonly id: string }> = ({ id }) => id

/** The change from `before` to `after`. Values are compared by identity. Ids are unique in a list. */
export function changeOf<T>(before: readonly T[], after: readonly T[], idOf: IdOf<T>): ListChange<T> {
  if (before === after) return {}
  const earlier = new Map(before.map((value) => [idOf(value), value]))
  const set = after.filter((value) => earlier.get(idOf(value)) !== value)
  const kept = new Set(after.map(idOf))
  const gone = before.map(idOf).filter((id) => !kept.has(id))
  const change = { ...(set.length === 0 ? {} : { set }), ...(gone.length === 0 ? {} : { gone }) }
  const reached = changed(before, change, idOf)
  const isInOrder = reached.length === after.length && reached.every((value, index) => value === after[index])
  return isInOrder ? change : { ...change, order: after.map(idOf) }
}

/** The list after a change; the same array if nothing changed. Unknown ids are ignored. */
export function changed<T>(before: readonly T[], { set, gone, order }: ListChange<T>, idOf: IdOf<T>): readonly T[] {
  if (set === undefined && gone === undefined && order === undefined) return before
  const values = new Map(before.map((value) => [idOf(value), value]))
  for (const value of set ?? []) values.set(idOf(value), value)
  for (const id of gone ?? []) values.delete(id)
  if (order === undefined) return [...values.values()]
  return order.flatMap((id) => values.get(id) ?? [])
}

/** Values of one environment. Those of different generations are of different environments. */
export interface Generation<T> {
  readonly generation: number
  readonly items: T
}

/** The values after a change. A new generation starts from an empty list. */
export function changedItems<T extends { readonly id: string }>(
  before: Generation<readonly T[]>,
  { generation, items }: Generation<ListChange<T>>,
): readonly T[] {
  return changed(before.generation === generation ? before.items : [], items, ownId)
}

/** The change of the values between two lists. */
export function changeOfItems<T extends { readonly id: string }>(
  before: Generation<readonly T[]>,
  after: Generation<readonly T[]>,
): ListChange<T> {
  return changeOf(before.generation === after.generation ? before.items : [], after.items, ownId)
}

/** The snapshot after a change. Unchanged parts are the same objects. */
export function changedSnapshot<S extends Snapshot>(before: S, change: SnapshotChange): S {
  const { forwards, terminals, instances, containers, ...parts } = change
  return {
    ...before,
    ...parts,
    ...(forwards === undefined ? {} : { forwards: changed(before.forwards, forwards, forwardId) }),
    ...(terminals === undefined ? {} : { terminals: changed(before.terminals, terminals, ownId) }),
    ...(instances === undefined
      ? {}
      : { instances: { ...instances, items: changedItems(before.instances, instances) } }),
    ...(containers === undefined
      ? {}
      : { containers: { ...containers, items: changedItems(before.containers, containers) } }),
  }
}
