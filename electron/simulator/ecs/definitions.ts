// The task definitions of the account, and the checks that Amazon ECS makes when one is registered.
//
// Source: ECS API reference, RegisterTaskDefinition, DeregisterTaskDefinition; ECS developer guide, "Task definition parameters".

import { fault, type Fault } from '../api/answers'
import { definitionArn, type EcsPlace } from './names'
import { readTags, type DefinitionFields, type TaskDefinition } from './shapes'
import { fargateSizeProblem, memoryProblem } from './sizes'

const NAME = /^[A-Za-z0-9_-]{1,255}$/
const MAX_CONTAINERS = 10

function client(message: string): Fault {
  return fault('ClientException', message)
}

/** What Amazon ECS refuses in a definition; undefined where it takes it. */
export function definitionRefusal(fields: DefinitionFields): Fault | undefined {
  const { family, containerDefinitions: containers, cpu, memory } = fields
  if (!NAME.test(family)) return client('Family contains invalid characters.')
  if (containers.length === 0) return client('Container list cannot be empty.')
  if (containers.length > MAX_CONTAINERS) return client(`At most ${MAX_CONTAINERS} containers are allowed.`)
  const names = containers.map(({ name }) => name)
  const wrong = names.find((name) => !NAME.test(name))
  if (wrong !== undefined) return client(`Invalid container name: ${wrong}`)
  if (new Set(names).size < names.length) return client('Container names must be unique.')
  if (!containers.some(({ essential }) => essential)) return client('At least one container must be essential.')
  if (containers.some(({ image }) => image === '')) return client('Container.image should not be null or empty.')
  const isFargate = fields.requiresCompatibilities.includes('FARGATE')
  for (const { name, memory: hard, memoryReservation: soft } of containers) {
    if (!isFargate && memory === undefined && hard === undefined && soft === undefined) {
      const rule = "At least one of 'memory' or 'memoryReservation' must be specified."
      return client(`Invalid setting for container '${name}'. ${rule}`)
    }
    if (hard !== undefined && hard < 6)
      return client(`Invalid setting for container '${name}'. 'memory' must be at least 6.`)
  }
  const misfit = memoryProblem(containers, Number(memory ?? Number.POSITIVE_INFINITY))
  if (misfit !== undefined) return client(misfit)
  if (isFargate) {
    if (fields.networkMode !== 'awsvpc') return client("Fargate only supports network mode 'awsvpc'.")
    if (cpu === undefined || memory === undefined)
      return client("Fargate requires that 'cpu' be defined at the task level.")
    const problem = fargateSizeProblem(Number(cpu), Number(memory))
    if (problem !== undefined) return client(problem)
  }
  const tags = readTags(fields.tags)
  return typeof tags === 'string' ? fault('InvalidParameterException', tags) : undefined
}

/** The definitions by family. Revisions are numbered from 1 and never used twice. */
export class Definitions {
  readonly #place: EcsPlace
  readonly #families = new Map<string, TaskDefinition[]>()

  constructor(place: EcsPlace) {
    this.#place = place
  }

  /** Adds a revision. The fields are checked before, by `definitionRefusal`. */
  register(fields: DefinitionFields): TaskDefinition {
    const family = this.#families.get(fields.family) ?? []
    const revision = family.length + 1
    const tags = readTags(fields.tags)
    const made: TaskDefinition = {
      ...fields,
      labels: typeof tags === 'string' ? {} : tags,
      arn: definitionArn(this.#place, fields.family, revision),
      revision,
      isActive: true,
      registeredAt: Date.now(),
      deregisteredAt: undefined,
    }
    this.#families.set(fields.family, [...family, made])
    return made
  }

  /** Finds `FAMILY`, `FAMILY:REVISION` or an ARN. Without a revision it is the newest one that is active. */
  find(text: string): TaskDefinition | undefined {
    const name = text.replace(/^arn:aws:ecs:[^:]*:[^:]*:task-definition\//, '')
    const [family = '', revision] = name.split(':')
    const revisions = this.#families.get(family) ?? []
    if (revision === undefined) return revisions.findLast(({ isActive }) => isActive)
    return revisions.find((each) => String(each.revision) === revision)
  }
}
