// The operations of Amazon ECS by name.

import { executeOperations } from './execute'
import { listOperations } from './listing'
import type { EcsOperation } from './operation'
import { registerOperations } from './registering'
import { runOperations } from './running'

/** See above. Each takes a parsed JSON body. */
export const ecsOperations: ReadonlyMap<string, EcsOperation> = new Map([
  ...listOperations,
  ...runOperations,
  ...executeOperations,
  ...registerOperations,
])
