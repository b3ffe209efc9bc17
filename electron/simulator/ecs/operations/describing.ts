// How Amazon ECS tells of its resources: the JSON of clusters, services, tasks and task definitions. Pure.
//
// Times are seconds. Source: ECS API reference, Cluster, Service, Task, Container, TaskDefinition.

import type { Json } from '../../api/operation'
import type { EcsAccount } from '../account'
import { clusterArn, containerArn, serviceArn, taskArn, type EcsPlace } from '../names'
import type { EcsService } from '../services'
import { listTags, type TaskDefinition } from '../shapes'
import type { LaunchType, Task } from '../task'
import type { TaskContainer } from '../containers/taskcontainer'

const seconds = (epochMs: number | undefined): number | undefined =>
  epochMs === undefined ? undefined : epochMs / 1_000

/** The network of every service of the Demo. */
const NETWORK = {
  awsvpcConfiguration: {
    subnets: ['subnet-08e15c2d4f7a9b360', 'subnet-0b7c41d9e2f853a16'],
    securityGroups: ['sg-0a3f6d81c95e24b70'],
    assignPublicIp: 'DISABLED',
  },
} as const

/** Describes a cluster. */
export function describeCluster(account: EcsAccount, cluster: string): Json {
  const tasks = account.tasksOf(cluster)
  return {
    clusterArn: clusterArn(account.place, cluster),
    clusterName: cluster,
    status: 'ACTIVE',
    registeredContainerInstancesCount: tasks.some(({ making }) => making.launchType === 'EC2') ? 1 : 0,
    runningTasksCount: tasks.filter(({ status }) => status === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ status }) => status === 'PENDING' || status === 'PROVISIONING').length,
    activeServicesCount: account.servicesOf(cluster).length,
    statistics: [],
    tags: [],
    settings: [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  }
}

function placement({
  capacityProvider,
  launchType,
}: {
  readonly capacityProvider?: string
  readonly launchType: LaunchType
}): Json {
  return capacityProvider === undefined
    ? { launchType }
    : { capacityProviderStrategy: [{ capacityProvider, weight: 1, base: 0 }] }
}

/** Describes a service. `tasks` are its own. */
export function describeService(account: EcsAccount, service: EcsService, hasTags: boolean): Json {
  const { setting } = service
  const { cluster, name, controller, platformVersion, hasExec } = setting
  const tasks = account.tasksOf(cluster).filter((task) => task.service === name && task.desiredStatus === 'RUNNING')
  const count = (isCounted: (task: Task) => boolean): number => tasks.filter(isCounted).length
  const isPending = ({ status }: Task): boolean => status === 'PENDING' || status === 'PROVISIONING'
  const network = service.definition.networkMode === 'awsvpc' ? { networkConfiguration: NETWORK } : {}
  const platform = platformVersion === undefined ? {} : { platformVersion, platformFamily: 'Linux' }
  const deployments = service.deployments.map(({ id, definition, createdAt }, index) => ({
    id,
    status: index === 0 ? 'PRIMARY' : 'ACTIVE',
    taskDefinition: definition.arn,
    desiredCount: index === 0 ? service.desired : 0,
    runningCount: count(({ making, status }) => making.startedBy === id && status === 'RUNNING'),
    pendingCount: count((task) => task.making.startedBy === id && isPending(task)),
    failedTasks: 0,
    createdAt: seconds(createdAt),
    updatedAt: seconds(createdAt),
    rolloutState: index === 0 && service.deployments.length === 1 ? 'COMPLETED' : 'IN_PROGRESS',
    ...placement(setting),
    ...platform,
    ...network,
  }))
  return {
    serviceArn: serviceArn(account.place, cluster, name),
    serviceName: name,
    clusterArn: clusterArn(account.place, cluster),
    loadBalancers: [],
    serviceRegistries: [],
    status: 'ACTIVE',
    desiredCount: service.desired,
    runningCount: count(({ status }) => status === 'RUNNING'),
    pendingCount: count(isPending),
    ...placement(setting),
    ...platform,
    deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    deploymentController: { type: controller },
    // The deployments of the other controllers are task sets, and their definition is that of the primary one.
    ...(controller === 'ECS'
      ? { taskDefinition: service.definition.arn, deployments, ...network }
      : { deployments: [], taskSets: [taskSet(account.place, service, network)] }),
    events: [],
    createdAt: seconds(service.createdAt),
    placementConstraints: [],
    placementStrategy: [],
    schedulingStrategy: 'REPLICA',
    enableECSManagedTags: true,
    propagateTags: 'NONE',
    enableExecuteCommand: hasExec,
    ...(hasTags ? { tags: listTags(setting.tags) } : {}),
  }
}

function taskSet(place: EcsPlace, service: EcsService, network: Json): Json {
  const { cluster, name } = service.setting
  return {
    id: service.deploymentId,
    serviceArn: serviceArn(place, cluster, name),
    clusterArn: clusterArn(place, cluster),
    status: 'PRIMARY',
    taskDefinition: service.definition.arn,
    computedDesiredCount: service.desired,
    scale: { value: 100, unit: 'PERCENT' },
    createdAt: seconds(service.createdAt),
    ...placement(service.setting),
    ...network,
  }
}

/** Describes a task. */
export function describeTask(place: EcsPlace, task: Task, hasTags: boolean): Json {
  const { making } = task
  const { cluster, definition, launchType, overrides, capacityProvider, platformVersion } = making
  const isFargate = launchType === 'FARGATE'
  const { containerOverrides, ...taskOverrides } = overrides
  return {
    taskArn: taskArn(place, cluster, task.id),
    clusterArn: clusterArn(place, cluster),
    taskDefinitionArn: definition.arn,
    group: making.group,
    availabilityZone: making.zone,
    attachments: isFargate || definition.networkMode === 'awsvpc' ? [networkInterface(task)] : [],
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    connectivity: 'CONNECTED',
    containers: task.containers.map((container) => describeContainer(place, task, container)),
    cpu: overrides.cpu ?? definition.cpu ?? '0',
    memory: overrides.memory ?? definition.memory ?? String(definition.containerDefinitions[0]?.memory ?? 0),
    createdAt: seconds(task.createdAt),
    desiredStatus: task.desiredStatus,
    lastStatus: task.status,
    enableExecuteCommand: making.hasExec,
    healthStatus: 'UNKNOWN',
    launchType,
    ...(capacityProvider === undefined ? {} : { capacityProviderName: capacityProvider }),
    ...(isFargate ? { platformVersion: platformVersion ?? '1.4.0', platformFamily: 'Linux' } : {}),
    ...(launchType === 'EC2'
      ? {
          containerInstanceArn: `${clusterArn(place, cluster).replace(':cluster/', ':container-instance/')}/5a1c0e7b93d84f26a4e8b1d70c6f3952`,
        }
      : {}),
    overrides: { ...taskOverrides, containerOverrides: completeOverrides(task, containerOverrides) },
    pullStartedAt: seconds(task.pullStartedAt),
    pullStoppedAt: seconds(task.pullStoppedAt),
    startedAt: seconds(task.startedAt),
    startedBy: making.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    stoppingAt: seconds(task.stoppingAt),
    executionStoppedAt: seconds(task.executionStoppedAt),
    stoppedAt: seconds(task.stoppedAt),
    tags: hasTags ? listTags(task.tags) : [],
    version: 3,
  }
}

// Every container is listed, also those that nothing was overridden of.
function completeOverrides(task: Task, given: Task['making']['overrides']['containerOverrides']): readonly Json[] {
  return task.containers.map(({ name }) => given.find((each) => each.name === name) ?? { name })
}

function networkInterface(task: Task): Json {
  const status =
    task.status === 'PROVISIONING' ? 'PRECREATED' : task.desiredStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED'
  return {
    id: `${task.id.slice(0, 8)}-4c1e-4b7a-9d2f-${task.id.slice(8, 20)}`,
    type: 'ElasticNetworkInterface',
    status,
    details: [
      { name: 'subnetId', value: NETWORK.awsvpcConfiguration.subnets[0] },
      { name: 'networkInterfaceId', value: `eni-0${task.id.slice(0, 16)}` },
      { name: 'privateIPv4Address', value: task.making.privateIp },
    ],
  }
}

function describeContainer(place: EcsPlace, task: Task, container: TaskContainer): Json {
  const { definition, agent } = container
  const { cluster, privateIp } = task.making
  return {
    containerArn: containerArn(place, { cluster, id: task.id }, container.arnId),
    taskArn: taskArn(place, cluster, task.id),
    name: container.name,
    image: definition.image,
    runtimeId: container.runtimeId,
    lastStatus: container.status,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: [],
    networkInterfaces: container.runtimeId === undefined ? [] : [{ privateIpv4Address: privateIp }],
    healthStatus: 'UNKNOWN',
    cpu: String(definition.cpu),
    memory: definition.memory === undefined ? undefined : String(definition.memory),
    memoryReservation: definition.memoryReservation === undefined ? undefined : String(definition.memoryReservation),
    ...(agent === undefined
      ? {}
      : {
          managedAgents: [
            {
              name: 'ExecuteCommandAgent',
              lastStatus: agent.status,
              reason: agent.reason,
              lastStartedAt: seconds(agent.startedAt),
            },
          ],
        }),
  }
}

/** Describes a task definition. */
export function describeDefinition(definition: TaskDefinition): Json {
  const { arn, labels: _labels, tags: _tags, isActive, registeredAt, deregisteredAt, ...fields } = definition
  return {
    ...fields,
    taskDefinitionArn: arn,
    status: isActive ? 'ACTIVE' : 'INACTIVE',
    compatibilities: ['EC2', ...(fields.requiresCompatibilities.includes('FARGATE') ? ['FARGATE'] : [])],
    registeredAt: seconds(registeredAt),
    deregisteredAt: seconds(deregisteredAt),
  }
}
