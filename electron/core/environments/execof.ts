// What a shell executes in the container that a TARGET has led to.

import type { ExecRequest } from '../../../shared/ecscalls'
import type { Environment } from './environment'
import type { FoundHost } from './finding'

/**
 * The command of a shell in a container: the given one, else the one that is remembered for its service, else /bin/sh. Undefined for a
 * host that is no container, and for one that may not be described: its shell is then the account's.
 */
export function execOf(
  { container }: FoundHost,
  environment: Pick<Environment, 'containerCommand'>,
  command?: string,
): ExecRequest | undefined {
  if (container === undefined) return undefined
  const { cluster, service, taskId, name } = container
  return {
    cluster,
    taskId,
    container: name,
    command: command ?? environment.containerCommand(`${cluster}/${service ?? ''}`),
  }
}
