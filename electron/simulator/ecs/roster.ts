// The clusters, services and task definitions of the Demo, and services that are generated for measurements. Data only.

import type { DefinitionInput } from './shapes'
import type { ServiceSetting } from './services'

/** A service of the Demo, by default with the controller ECS. `definition` is the family's first revision. */
export interface ServiceRow
  extends Omit<ServiceSetting, 'controller' | 'definition' | 'tags'>, Partial<Pick<ServiceSetting, 'controller'>> {
  readonly definition: DefinitionInput
}

/** The clusters of the Demo. The first services of each are like its instances. */
export const CLUSTERS = ['demo-production', 'demo-staging'] as const
const [PRODUCTION, STAGING] = CLUSTERS

const LOGS = {
  logConfiguration: {
    logDriver: 'awslogs',
    options: { 'awslogs-group': '/demo/containers', 'awslogs-region': 'eu-west-1', 'awslogs-stream-prefix': 'ecs' },
  },
} as const

function image(accountId: string, name: string): string {
  return `${accountId}.dkr.ecr.eu-west-1.amazonaws.com/${name}:2026.11.3`
}

function role(accountId: string, name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`
}

/** The services of the Demo's account. */
export function serviceRows(accountId: string): readonly ServiceRow[] {
  const roles = {
    taskRoleArn: role(accountId, 'demo-task'),
    executionRoleArn: role(accountId, 'demo-task-execution'),
  } as const
  const fargate = (family: string, cpu: string, memory: string, app: object = {}): DefinitionInput => ({
    family,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu,
    memory,
    runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    ...roles,
    containerDefinitions: [
      {
        name: 'app',
        image: image(accountId, family.replace(/-(web|worker|batch|jobs)$/, '')),
        portMappings: [{ containerPort: 8_080, protocol: 'tcp' }],
        ...LOGS,
        ...app,
      },
    ],
  })
  const web = fargate('storefront-web', '512', '1024')
  const withEnvoy: DefinitionInput = {
    ...web,
    containerDefinitions: [
      ...web.containerDefinitions,
      { name: 'envoy', image: 'public.ecr.aws/appmesh/envoy:v1.29', essential: false, memoryReservation: 256 },
    ],
  }
  const indexer: DefinitionInput = {
    family: 'search-indexer',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['EC2'],
    ...roles,
    containerDefinitions: [{ name: 'indexer', image: image(accountId, 'search-indexer'), memory: 2_048, ...LOGS }],
  }
  const on = { launchType: 'FARGATE', platformVersion: '1.4.0', hasExec: true } as const
  return [
    { ...on, cluster: PRODUCTION, name: 'storefront-web', desired: 2, definition: withEnvoy },
    { ...on, cluster: PRODUCTION, name: 'orders-api', desired: 2, definition: fargate('orders-api', '1024', '2048') },
    {
      ...on,
      cluster: PRODUCTION,
      name: 'billing-worker',
      desired: 1,
      hasExec: false,
      definition: fargate('billing-worker', '256', '512'),
    },
    { cluster: PRODUCTION, name: 'search-indexer', desired: 1, launchType: 'EC2', hasExec: true, definition: indexer },
    {
      ...on,
      cluster: PRODUCTION,
      name: 'reports-batch',
      desired: 1,
      definition: fargate('reports-batch', '256', '512', { readonlyRootFilesystem: true }),
    },
    {
      ...on,
      cluster: PRODUCTION,
      name: 'legacy-batch',
      desired: 1,
      platformVersion: '1.3.0',
      hasExec: false,
      definition: fargate('legacy-batch', '256', '512'),
    },
    { ...on, cluster: PRODUCTION, name: 'ledger', desired: 1, definition: fargate('ledger', '256', '512') },
    {
      ...on,
      cluster: STAGING,
      name: 'storefront-web',
      desired: 1,
      controller: 'CODE_DEPLOY',
      definition: fargate('storefront-staging-web', '256', '512'),
    },
    {
      ...on,
      cluster: STAGING,
      name: 'mailer',
      desired: 1,
      capacityProvider: 'FARGATE_SPOT',
      definition: fargate('mailer', '256', '512'),
    },
    {
      ...on,
      cluster: STAGING,
      name: 'partner-feed',
      desired: 1,
      controller: 'EXTERNAL',
      definition: fargate('partner-feed', '256', '512'),
    },
  ]
}

/** The task of no service: its family, and its cluster. */
export function loneTask(accountId: string): { readonly cluster: string; readonly definition: DefinitionInput } {
  return {
    cluster: PRODUCTION,
    definition: {
      family: 'nightly-export',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      taskRoleArn: role(accountId, 'demo-task'),
      executionRoleArn: role(accountId, 'demo-task-execution'),
      containerDefinitions: [{ name: 'export', image: image(accountId, 'export') }],
    },
  }
}

/** Services for measurements: one definition, one task each. */
export function generatedRows(count: number, accountId: string): readonly ServiceRow[] {
  const [, sample] = serviceRows(accountId)
  if (sample === undefined) return []
  return Array.from({ length: count }, (_, index) => ({
    ...sample,
    cluster: CLUSTERS[index % 2] ?? PRODUCTION,
    name: `fleet-${String(index + 1).padStart(4, '0')}`,
    desired: 1,
    definition: { ...sample.definition, family: 'fleet' },
  }))
}
