// What the doctor is asked about a forward: its instance and its destination.

import type { ForwardTarget, ForwardView } from '../../shared/model/forward'
import type { SavedTarget } from '../../shared/model/savedtarget'
import type { DoctorSubject } from '../store/state'

/** A target as the doctor takes it. */
function targetText(target: ForwardTarget, targets: readonly SavedTarget[]): string {
  switch (target.kind) {
    case 'id':
      return target.instanceId
    case 'name':
      return target.name
    case 'ecs':
      return target.target
    case 'set':
      return target.hostId ?? target.set.hosts
    case 'saved':
      return `target:${targets.find(({ id }) => id === target.targetId)?.name ?? target.targetId}`
  }
}

/** The subject of a forward: through its instance to its port, or to the port of its host. */
export function doctorSubject({ forward, instance }: ForwardView, targets: readonly SavedTarget[]): DoctorSubject {
  const { name, environment, target, remotePort, remoteHost } = forward
  return {
    name,
    environment,
    target: instance?.id ?? targetText(target, targets),
    port: remotePort,
    ...(remoteHost === undefined ? {} : { host: remoteHost }),
  }
}
