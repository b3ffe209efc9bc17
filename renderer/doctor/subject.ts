// What the doctor is asked about a forward: its instance and its destination.

import type { ForwardTarget, ForwardView } from '../../shared/model/forward'
import type { DoctorSubject } from '../store/state'

/** The subject of a forward: through its instance to its port, or to the port of its host. */
export function doctorSubject({ forward, instance }: ForwardView): DoctorSubject {
  const { name, environment, target, remotePort, remoteHost } = forward
  return {
    name,
    environment,
    target: instance?.id ?? targetText(target),
    port: remotePort,
    ...(remoteHost === undefined ? {} : { host: remoteHost }),
  }
}

/** A target as a TARGET of the command line is written, which the doctor takes too. */
function targetText(target: ForwardTarget): string {
  switch (target.kind) {
    case 'id':
      return target.instanceId
    case 'name':
      return target.name
    case 'set':
      return target.hostId ?? target.set.hosts
    case 'saved':
      return `target:${target.targetId}`
  }
}
