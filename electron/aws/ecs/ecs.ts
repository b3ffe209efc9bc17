// The calls to Amazon ECS of one account and region, put together from the files of this room.

import type { EcsCalls } from '../../../shared/ecscalls'
import { Definitions } from './definitions'
import { execCalls } from './exec'
import { listContainers, MAX_CLUSTERS } from './listing'
import { containersOf } from './lookup'
import { Pace } from './pace'
import { listClusters } from './pagelists'
import type { EcsParts } from './parts'
import { taskCalls } from './tasks'
import { lastPart } from './taskstate'

/** The calls of one account and region. They share the task definitions that were read. */
export function ecsCalls(parts: EcsParts): EcsCalls {
  const definitions = new Definitions(parts)
  const pace = new Pace()
  return {
    listContainers: (signal) => listContainers(parts, { definitions, pace }, signal),
    clusterNames: async (signal) => {
      const { items } = await listClusters(parts, MAX_CLUSTERS, signal)
      return items.map((arn) => lastPart(arn))
    },
    containersOf: (where, signal) => containersOf(parts, definitions, { where, signal }),
    ...execCalls(parts),
    ...taskCalls(parts, definitions),
  }
}
