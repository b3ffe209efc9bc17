// Which host a forward on a set uses, and how many hosts of the set are good. Pure.

import type { ForwardTarget, ForwardView, HostCount } from '../../../shared/model/forward'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import type { Snapshot } from '../../../shared/model/snapshot'
import { viaWords } from '../../../shared/status'
import { isOfService, targetWords } from '../../containers/words'

/** Whether a host is chosen from a set, or a task of a service, and not always the same one. */
export function isOnSet(target: ForwardTarget): boolean {
  if (target.kind === 'ecs') return isOfService(target.target)
  return target.kind === 'saved' || (target.kind === 'set' && target.hostId === undefined)
}

function setLabel(target: ForwardTarget, targets: readonly SavedTarget[]): string | undefined {
  if (target.kind === 'set') return target.set.hosts
  if (target.kind === 'ecs') return targetWords(target.target)
  if (target.kind !== 'saved') return undefined
  return targets.find(({ id }) => id === target.targetId)?.name ?? 'a deleted target'
}

/** The instance of a forward; on a set the host that it uses now, and the set while it is off or no host is chosen yet. */
export function viaLabel(view: ForwardView, { instances, targets }: Pick<Snapshot, 'instances' | 'targets'>): string {
  const { forward, instance, isOn } = view
  const label = setLabel(forward.target, targets)
  return label === undefined || (isOn && instance !== undefined) ? viaWords(view, instances.items) : label
}

/** "2 of 3 good": the hosts as counted when one was chosen last; undefined while it is off, and for a single instance. */
export function goodWords({ forward, isOn, hosts }: ForwardView): string | undefined {
  if (!isOn || hosts === undefined || !isOnSet(forward.target)) return undefined
  return countWords(hosts)
}

/** "2 of 3 good". */
export function countWords({ good, all }: HostCount): string {
  return `${good} of ${all} good`
}
