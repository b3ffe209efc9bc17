// How a tunnel gets the host of each session: from a set, from a saved target, from a service's tasks, or by a Name.
//
// A host of a set, or a container of a service, is kept until the tunnel leaves it. A Name is looked up again at a new session, because its instance may have been
// replaced; where that finds no one instance, the one before is kept. A task that a person has named is never replaced: where it has
// stopped, or can never be used, the tunnel fails instead of waiting for it.

import type { ForwardTarget } from '../../../shared/model/forward'
import { isEcsText } from '../../../shared/ecstarget'
import { AppError, asAppError } from '../../../shared/errors'
import { monotonicNow } from '../../ssm/channel/clock'
import { judge } from '../sessions/resume/retry'
import type { HostPick } from '../tunnels/parts'
import { ExecBlocked, isServiceTarget } from './containers'
import type { Environment } from './environment'
import type { FoundHost, HostWish } from './finding'

/** What is picked from: the target of a forward, or a TARGET as a person types it. */
export type PickTarget =
  | Exclude<ForwardTarget, { readonly kind: 'id' }>
  | { readonly kind: 'text'; readonly text: string; readonly wish: HostWish }

/** What picking needs of an environment. */
export interface PickOptions {
  readonly target: PickTarget
  readonly environment: Pick<Environment, 'findHost' | 'findHostIn'>
  /** A Name is not looked up again within this time. */
  readonly lookAgainMs: number
  /** Called with each host that was found. */
  readonly onFound: (found: FoundHost) => void
}

/** Makes the pick of a tunnel. `found`: the host of the first session, where it was found already. */
export function pickFor(options: PickOptions, found?: FoundHost): HostPick {
  const { target, environment, lookAgainMs, onFound } = options
  let isSet = isOneOfSeveral(target) || found?.set !== undefined
  let ready = found
  let lookedAt = found === undefined ? Number.NEGATIVE_INFINITY : monotonicNow()
  const look = async (avoid: string | undefined, signal: AbortSignal): Promise<FoundHost> => {
    const wish = avoid === undefined ? {} : { avoid: [avoid] }
    switch (target.kind) {
      case 'text':
        return environment.findHost(target.text, { ...target.wish, ...wish }, signal)
      case 'name':
        return environment.findHost(target.name, {}, signal)
      case 'ecs':
        return environment.findHost(target.target, wish, signal)
      case 'set':
      case 'saved':
        return environment.findHostIn(target, wish, signal)
    }
  }
  return {
    get canMove() {
      return isSet && !isNamed(target)
    },
    next: async (current, isLeft, signal) => {
      const isDue = isSet ? isLeft : monotonicNow() - lookedAt >= lookAgainMs
      if (current !== undefined && !isDue) return current
      try {
        const next = ready ?? (await look(isLeft ? current?.id : undefined, signal))
        ready = undefined
        lookedAt = monotonicNow()
        isSet ||= next.set !== undefined
        onFound(next)
        return { id: next.instance.id, name: next.instance.name }
      } catch (error) {
        if (isTask(target) && isOver(error)) throw forTask(error)
        if (current === undefined || isSet || judge(asAppError(error)) !== 'final') throw error
        return current
      }
    },
  }
}

/** Whether the host is one of several by the way in which the target is written. */
function isOneOfSeveral(target: PickTarget): boolean {
  if (target.kind === 'set' || target.kind === 'saved') return true
  if (target.kind === 'ecs') return isServiceTarget(target.target)
  return target.kind === 'text' && isEcsText(target.text) && isServiceTarget(target.text)
}

/** Whether a person has named one task of Amazon ECS. */
function isTask(target: PickTarget): boolean {
  const text = target.kind === 'ecs' ? target.target : target.kind === 'text' ? target.text : ''
  return isEcsText(text) && !isServiceTarget(text)
}

function isOver(error: unknown): boolean {
  return error instanceof ExecBlocked || asAppError(error).code === 'unknown-instance'
}

/** What stands in the way of a named task for its whole life is no reason to wait. */
function forTask(error: unknown): unknown {
  if (!(error instanceof ExecBlocked) || !error.isLasting) return error
  return new AppError('not-supported', error.message, { cause: error, command: error.command })
}

/** Whether a person has named the one host of a set. */
function isNamed(target: PickTarget): boolean {
  if (target.kind === 'text') return target.wish.hostId !== undefined
  return target.kind === 'set' && target.hostId !== undefined
}
