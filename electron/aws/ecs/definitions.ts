// Task definitions: read once each, because a definition never changes.
//
// Owns the definitions that were read, up to a number. Whether a definition is ACTIVE or INACTIVE makes no difference here.

import type { ContainerDefinition as AwsContainer, TaskDefinition as AwsDefinition } from '@aws-sdk/client-ecs'
import { cutText } from '../../../shared/cut'
import type { ContainerDefinition, TaskDefinition } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { EcsParts } from './parts'
import { cutOr } from './taskstate'

/** The number of definitions kept in memory, of some kilobytes each. */
const MAX_KEPT = 500
const MAX_NAME = 255
const MAX_ARN = 2_048
/** Source: ECS developer guide, "Amazon ECS service quotas": a definition has at most 64 KB, so no text of it is longer. */
const MAX_TEXT = 65_536
const MAX_LIST = 1_000

function texts(list: readonly string[] | undefined): readonly string[] {
  return (list ?? []).slice(0, MAX_LIST).map((text) => cutText(text, MAX_TEXT))
}

/** Parses a number in a text of AWS, such as `1024`; absent where the text is not a number. */
function number<K extends string>(key: K, text: string | number | undefined): { readonly [P in K]?: number } {
  const made: { readonly [P in K]?: number } = {}
  const value = Number(text)
  return text === undefined || text === '' || !Number.isFinite(value) ? made : Object.assign(made, { [key]: value })
}

function containerOf(container: AwsContainer): ContainerDefinition {
  return {
    name: cutText(container.name ?? '', MAX_NAME),
    image: cutText(container.image ?? '', MAX_ARN),
    // Source: ECS API reference, ContainerDefinition: a container without `essential` is essential.
    isEssential: container.essential !== false,
    isRootReadOnly: container.readonlyRootFilesystem === true,
    ...number('cpuUnits', container.cpu),
    ...number('memoryMiB', container.memory),
    ...number('memoryReservationMiB', container.memoryReservation),
    ...(container.entryPoint === undefined ? {} : { entryPoint: texts(container.entryPoint) }),
    ...(container.command === undefined ? {} : { command: texts(container.command) }),
  }
}

/** A definition as ECS answers it, in the product's words. */
function definitionOf(definition: AwsDefinition): TaskDefinition {
  const { runtimePlatform } = definition
  return {
    arn: cutText(definition.taskDefinitionArn ?? '', MAX_ARN),
    family: cutText(definition.family ?? '', MAX_NAME),
    ...cutOr('taskRoleArn', definition.taskRoleArn, MAX_ARN),
    ...cutOr('executionRoleArn', definition.executionRoleArn, MAX_ARN),
    ...number('cpuUnits', definition.cpu),
    ...number('memoryMiB', definition.memory),
    ...cutOr('pidMode', definition.pidMode, MAX_NAME),
    ...cutOr('operatingSystem', runtimePlatform?.operatingSystemFamily, MAX_NAME),
    ...cutOr('architecture', runtimePlatform?.cpuArchitecture, MAX_NAME),
    containers: (definition.containerDefinitions ?? []).map((container) => containerOf(container)),
    whole: { ...definition },
  }
}

/** The definitions of an account and region. */
export class Definitions {
  readonly #send: EcsParts['send']
  readonly #known = new Map<string, TaskDefinition>()

  constructor({ send }: EcsParts) {
    this.#send = send
  }

  /** The definition, if it was read before. */
  known(arn: string): TaskDefinition | undefined {
    return this.#known.get(arn)
  }

  /** Reads a definition by its ARN. `send` replaces the usual sending where calls have to take turns. Rejects as the call does. */
  async get(arn: string, signal: AbortSignal, send = this.#send): Promise<TaskDefinition> {
    const known = this.#known.get(arn)
    if (known !== undefined) return known
    const answer = await send({ action: 'ecs:DescribeTaskDefinition' }, signal, async (client, options) => {
      const { DescribeTaskDefinitionCommand } = await import('@aws-sdk/client-ecs')
      return client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }), options)
    })
    if (answer.taskDefinition === undefined) {
      throw new AppError('service', `AWS answered without the task definition ${cutText(arn, MAX_ARN)}: try again.`)
    }
    const found = definitionOf(answer.taskDefinition)
    const [oldest] = this.#known.keys()
    if (this.#known.size >= MAX_KEPT && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(arn, found)
    return found
  }
}
