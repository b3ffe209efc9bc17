// Sets of hosts as groups of the instance list: the saved targets and the Auto Scaling groups. Pure.
//
// An instance can be in several sets: it is listed in each of them.

import type { ForwardTarget, ForwardView } from '../../shared/model/forward'
import type { Instance } from '../../shared/model/instance'
import type { SavedTarget } from '../../shared/model/savedtarget'
import { instanceLabel } from '../../shared/status'
import { GROUP_TAG, matches, parseSet, setProblem, type TargetSet } from '../../shared/targetset'
import { shownName } from '../../shared/foreigntext'
import { compareNames } from '../order'
import { anyInGroup } from '../targets/hosts'

/** The value of the setting `groupTag` that groups by sets. No tag has this key: only AWS makes keys that begin with `aws:`. */
export const BY_SETS = 'aws:culvert:sets'

/** A set as a group. */
export interface SetGroup {
  /** Identifies it among the groups of one list. */
  readonly key: string
  readonly kind: 'saved' | 'scaling'
  readonly label: string
  /** The target of a shell or a forward on any of its hosts. */
  readonly target: ForwardTarget
  readonly set: TargetSet
}

function groupName({ tags }: Instance): string | undefined {
  return Object.hasOwn(tags, GROUP_TAG) ? tags[GROUP_TAG] : undefined
}

/** The saved targets by name, then the Auto Scaling groups of the instances by name. `targets`: those of the shown environment. */
export function setGroups(instances: readonly Instance[], targets: readonly SavedTarget[]): readonly SetGroup[] {
  const scaling = new Set(instances.flatMap((instance) => groupName(instance) ?? []))
  return [
    ...targets
      .toSorted((a, b) => compareNames(a.name, b.name))
      .map(({ id, name, set }): SetGroup => ({
        key: `saved ${id}`,
        kind: 'saved',
        label: name,
        target: { kind: 'saved', targetId: id },
        set,
      })),
    ...[...scaling].sort(compareNames).map((name): SetGroup => {
      const set = anyInGroup(name)
      return { key: `asg ${name}`, kind: 'scaling', label: name, target: { kind: 'set', set }, set }
    }),
  ]
}

/** The groups with their members, in the order of `instances`, and the instances that are in none of them. */
export function membersOfGroups(
  groups: readonly SetGroup[],
  instances: readonly Instance[],
): { readonly of: ReadonlyMap<string, readonly Instance[]>; readonly others: readonly Instance[] } {
  const taken = new Set<string>()
  const of = new Map(
    groups.map(({ key, set }) => {
      if (setProblem(set.hosts) !== undefined) return [key, []]
      const parsed = parseSet(set.hosts)
      const members = instances.filter((instance) => matches(parsed, instance))
      for (const { id } of members) taken.add(id)
      return [key, members]
    }),
  )
  return { of, others: instances.filter(({ id }) => !taken.has(id)) }
}

/** Whether a forward is on the hosts of a group. */
function isOn({ target }: ForwardView['forward'], group: SetGroup): boolean {
  if (target.kind === 'saved') return group.target.kind === 'saved' && target.targetId === group.target.targetId
  return target.kind === 'set' && target.set.hosts === group.set.hosts
}

/** Which host each forward on a group uses now: "orders-db uses web-2, reports is off"; "" without forwards. */
export function useWords(group: SetGroup, forwards: readonly ForwardView[], instances: readonly Instance[]): string {
  return forwards
    .filter(({ forward }) => isOn(forward, group))
    .map(({ forward, isOn: isTurnedOn, instance }) => {
      const name = shownName(forward.name)
      if (!isTurnedOn) return `${name} is off`
      return instance === undefined
        ? `${name} looks for a host`
        : `${name} uses ${shownName(instanceLabel(instances, instance))}`
    })
    .join(', ')
}
