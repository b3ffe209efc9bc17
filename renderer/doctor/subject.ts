// What the doctor is asked about a forward: its instance and its destination.

import type { ForwardView } from '../../shared/model/forward'
import type { DoctorSubject } from '../store/state'

/** The subject of a forward: through its instance to its port, or to the port of its host. */
export function doctorSubject({ forward, instance }: ForwardView): DoctorSubject {
  const { name, environment, target, remotePort, remoteHost } = forward
  const named = target.kind === 'id' ? target.instanceId : target.name
  return {
    name,
    environment,
    target: instance?.id ?? named,
    port: remotePort,
    ...(remoteHost === undefined ? {} : { host: remoteHost }),
  }
}
