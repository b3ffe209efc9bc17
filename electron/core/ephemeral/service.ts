// The service that a person names: CLUSTER/SERVICE[/CONTAINER], with or without ecs: before it, or the name of the only such service.

import type { EcsCalls } from '../../../shared/ecscalls'
import { isEcsText, parseEcsTarget } from '../../../shared/ecstarget'
import { AppError } from '../../../shared/errors'

/** Services that an error names. */
const MAX_NAMED = 10

/** A service, and a container of its task definition if one was named. */
export interface NamedService {
  readonly cluster: string
  readonly service: string
  readonly container?: string
}

/** Finds it. Rejects with `usage` for a task, `unknown-instance`, `ambiguous-name`, and as the listing does. */
export async function findService(
  ecs: Pick<EcsCalls, 'listContainers'>,
  text: string,
  signal: AbortSignal,
): Promise<NamedService> {
  if (text.includes('/')) {
    const { cluster, of, container } = parseEcsTarget(isEcsText(text) ? text : `ecs:${text}`)
    if ('taskId' in of) {
      throw new AppError(
        'usage',
        `"${text}" names a task: an ephemeral session is started like a service, CLUSTER/SERVICE.`,
      )
    }
    return { cluster, service: of.service, ...(container === undefined ? {} : { container }) }
  }
  const { services } = await ecs.listContainers(signal)
  const found = services.filter(({ name }) => name === text)
  const [first] = found
  if (first === undefined) {
    const names = services.slice(0, MAX_NAMED).map(({ id }) => id)
    const known =
      names.length === 0
        ? 'no service is listed here'
        : `there are ${names.join(', ')}${services.length > MAX_NAMED ? ', …' : ''}`
    throw new AppError('unknown-instance', `There is no service ${text}: ${known}. Check the profile and the region.`)
  }
  if (found.length > 1) {
    const ids = found.slice(0, MAX_NAMED).map(({ id }) => id)
    throw new AppError('ambiguous-name', `Several services are named ${text}: write ${ids.join(' or ')}.`)
  }
  return { cluster: first.cluster, service: first.name }
}
