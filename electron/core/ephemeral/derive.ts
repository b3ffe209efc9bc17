// A task definition of Culvert's own, for an image whose entry point does not run the command it is given. Pure.
//
// RunTask cannot override an entry point, so a copy of the service's definition is registered in which it is `sh -c`. It is registered only
// after a person has agreed, is tagged, and is deregistered once its task was started.
// Source: ECS API reference, RegisterTaskDefinition: the fields that it takes; the others are what AWS adds to a registered definition.

import type { ServiceRecipe, TaskDefinition } from '../../../shared/ecscalls'
import { OPERATION_TAG } from './marks'

/** Source: ECS API reference: a family has 255 characters at most. */
const MAX_FAMILY = 255
const SUFFIX = '-culvert-ephemeral'
/** The entry point that runs a program given as one text. */
const SHELL_ENTRY = ['sh', '-c'] as const

/** What RegisterTaskDefinition takes. */
const FIELDS = new Set([
  'taskRoleArn',
  'executionRoleArn',
  'networkMode',
  'volumes',
  'placementConstraints',
  'requiresCompatibilities',
  'cpu',
  'memory',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'inferenceAccelerators',
  'ephemeralStorage',
  'runtimePlatform',
  'enableFaultInjection',
])

/** The family of the derived definition. */
export function derivedFamily(family: string): string {
  return `${family.slice(0, MAX_FAMILY - SUFFIX.length)}${SUFFIX}`
}

/** The request that registers it. */
export function derivedDefinition(
  { family, whole }: TaskDefinition,
  { container, operationId }: { readonly container: string; readonly operationId: string },
): Readonly<Record<string, unknown>> {
  const { containerDefinitions } = whole
  const containers: readonly unknown[] = Array.isArray(containerDefinitions) ? containerDefinitions : []
  return {
    ...Object.fromEntries(Object.entries(whole).filter(([key, value]) => FIELDS.has(key) && value !== undefined)),
    family: derivedFamily(family),
    containerDefinitions: containers.map((each) =>
      isNamed(each, container) ? { ...each, entryPoint: [...SHELL_ENTRY] } : each,
    ),
    tags: [{ key: OPERATION_TAG, value: operationId }],
  }
}

/** The recipe with the entry point of the derived definition, so that the watcher is given to it as one text. */
export function withShellEntry(recipe: ServiceRecipe, container: string): ServiceRecipe {
  const { definition } = recipe
  const containers = definition.containers.map((each) =>
    each.name === container ? { ...each, entryPoint: [...SHELL_ENTRY] } : each,
  )
  return { ...recipe, definition: { ...definition, containers } }
}

function isNamed(value: unknown, name: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === name
}
