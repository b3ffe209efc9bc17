// What a session can be started to: an instance whose agent is online, or a container whose exec agent is. And the ticket of a session.

import type { Session, SessionTarget } from '../gateway/sessions'
import type { WorldInstance } from '../world/roster'
import type { Service } from './service'

/** A target that a session can be started to now. `instance` is absent for a container. */
export interface FoundTarget {
  readonly target: SessionTarget
  readonly instance?: WorldInstance
}

/** Finds a target of Systems Manager; undefined where no session can be started to it now. */
export function findTarget(id: string, { world, ecs }: Service): FoundTarget | undefined {
  const instance = world.instance(id)
  if (instance?.pingStatus === 'Online') {
    const { agentVersion } = instance
    return { instance, target: { id, agentVersion, computer: world.computerOf(instance) } }
  }
  const target = ecs.sessionTarget(id)
  return target && { target }
}

/** Makes a new token of a session, with the address that it opens. */
export function issueTicket(session: Session, service: Service): { readonly token: string; readonly url: string } {
  const { token, path } = session.issueTicket(service.takeSpoiledToken())
  return { token, url: `${service.webSocketUrl}${path}` }
}
