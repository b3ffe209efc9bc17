// The calls that start and stop tasks.

import { AppError } from '../../../shared/errors'
import type { EcsCalls } from '../../../shared/ecscalls'
import type { Definitions } from './definitions'
import type { EcsParts } from './parts'

/** The calls of this file. */
export type TaskCalls = Pick<
  EcsCalls,
  'serviceRecipe' | 'runTask' | 'stopTask' | 'tasksStartedBy' | 'registerTaskDefinition' | 'deregisterTaskDefinition'
>

/** The calls of one account and region. */
export function taskCalls(_parts: EcsParts, _definitions: Definitions): TaskCalls {
  const later = (): Promise<never> => Promise.reject(new AppError('not-supported', 'Tasks cannot be started yet.'))
  return {
    serviceRecipe: later,
    runTask: later,
    stopTask: later,
    tasksStartedBy: later,
    registerTaskDefinition: later,
    deregisterTaskDefinition: later,
  }
}
