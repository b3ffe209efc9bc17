// The calls to Amazon ECS of an environment, each heard: their results tell whether the sign-in holds.

import type { EcsCalls } from '../../../shared/ecscalls'

/** Makes a call, and notices its result. */
export type Hear = <T>(call: () => Promise<T>) => Promise<T>

/** The same calls, each made through `hear`. */
export function heardEcs(ecs: EcsCalls, hear: Hear): EcsCalls {
  return {
    listContainers: (signal) => hear(() => ecs.listContainers(signal)),
    clusterNames: (signal) => hear(() => ecs.clusterNames(signal)),
    containersOf: (where, signal) => hear(() => ecs.containersOf(where, signal)),
    executeCommand: (request, signal) => hear(() => ecs.executeCommand(request, signal)),
    serviceRecipe: (cluster, service, signal) => hear(() => ecs.serviceRecipe(cluster, service, signal)),
    runTask: (request, signal) => hear(() => ecs.runTask(request, signal)),
    describeTasks: (cluster, taskIds, signal) => hear(() => ecs.describeTasks(cluster, taskIds, signal)),
    tasksStartedBy: (cluster, startedBy, signal) => hear(() => ecs.tasksStartedBy(cluster, startedBy, signal)),
    stopTask: (cluster, taskId, reason, signal) => hear(() => ecs.stopTask(cluster, taskId, reason, signal)),
    registerTaskDefinition: (definition, signal) => hear(() => ecs.registerTaskDefinition(definition, signal)),
    deregisterTaskDefinition: (arn, signal) => hear(() => ecs.deregisterTaskDefinition(arn, signal)),
  }
}

/** Calls of an environment that makes none: each rejects as `reject` does. */
export function noEcs(reject: () => Promise<never>): EcsCalls {
  return {
    listContainers: reject,
    clusterNames: reject,
    containersOf: reject,
    executeCommand: reject,
    serviceRecipe: reject,
    runTask: reject,
    describeTasks: reject,
    tasksStartedBy: reject,
    stopTask: reject,
    registerTaskDefinition: reject,
    deregisterTaskDefinition: reject,
  }
}
