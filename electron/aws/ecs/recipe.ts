// How the tasks of a service are started, for a task like them. Pure.
//
// What RunTask needs of a service that is deployed by CODE_DEPLOY or EXTERNAL is in its primary task set.
// Source: ECS API reference, Service, TaskSet, ServiceVolumeConfiguration and TaskVolumeConfiguration.

import type { Service } from '@aws-sdk/client-ecs'
import { cutText } from '../../../shared/cut'
import type { ServiceRecipe, TaskDefinition } from '../../../shared/ecscalls'
import { primary, serviceOf } from './containers'

const MAX_WORD = 64
const MAX_VOLUMES = 20
const MAX_PROVIDERS = 20

function controllerOf(service: Service): string {
  return cutText(service.deploymentController?.type ?? 'ECS', MAX_WORD)
}

/** Why no task can be started like those of a service, as a sentence; undefined: one can. */
export function ephemeralProblem(service: Service): string | undefined {
  const controller = controllerOf(service)
  if (service.status !== undefined && service.status !== 'ACTIVE') {
    return `The service is ${cutText(service.status, MAX_WORD)}: only an active one can be started like.`
  }
  if (controller !== 'ECS' && primary(service) === undefined) {
    return (
      `The service is deployed by ${controller} and has no primary task set, so AWS does not tell how its tasks are started: ` +
      'deploy it once, then try again.'
    )
  }
  const isWindows = [service.platformFamily, primary(service)?.platformFamily].some((family) =>
    /windows/i.test(family ?? ''),
  )
  return isWindows ? 'Its containers run Windows, and an ephemeral session needs a sh.' : undefined
}

/** What RunTask takes over from a service. */
export function recipeOf(service: Service, definition: TaskDefinition): ServiceRecipe {
  const source = primary(service) ?? service
  const { networkConfiguration = service.networkConfiguration, capacityProviderStrategy, platformVersion } = source
  // AWS tells the volumes of a service with its newest deployment only.
  const volumes = service.deployments?.find(({ status }) => status === 'PRIMARY')?.volumeConfigurations ?? []
  const problem = ephemeralProblem(service)
  return {
    service: serviceOf(service, problem),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    ...(capacityProviderStrategy === undefined || capacityProviderStrategy.length === 0
      ? {}
      : { capacityProviderStrategy: capacityProviderStrategy.slice(0, MAX_PROVIDERS) }),
    ...(platformVersion === undefined ? {} : { platformVersion: cutText(platformVersion, MAX_WORD) }),
    controller: controllerOf(service),
    // The task gets a new volume, which AWS deletes with it, as for the tasks of a service.
    volumeConfigurations: volumes.slice(0, MAX_VOLUMES).map(({ name, managedEBSVolume }) => ({
      name,
      ...(managedEBSVolume === undefined
        ? {}
        : { managedEBSVolume: { ...managedEBSVolume, terminationPolicy: { deleteOnTermination: true } } }),
    })),
    definition,
  }
}
