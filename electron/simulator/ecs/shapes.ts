// The parts of requests to Amazon ECS that several operations check: definitions of tasks and containers, overrides, tags.
//
// What the simulator does not look into is kept as it came, so that a definition is described as it was registered.
// Source: ECS API reference, TaskDefinition, ContainerDefinition, TaskOverride, Tag.

import * as z from 'zod'

const words = z.array(z.string()).readonly()
const pairs = z.array(z.object({ name: z.string(), value: z.string() })).readonly()
const whole = z.number().int().min(0)

/** A container of a task definition. */
const containerDefinition = z.looseObject({
  name: z.string(),
  image: z.string(),
  cpu: whole.default(0),
  memory: whole.optional(),
  memoryReservation: whole.optional(),
  essential: z.boolean().default(true),
  entryPoint: words.optional(),
  command: words.optional(),
  environment: pairs.default([]),
  user: z.string().optional(),
  readonlyRootFilesystem: z.boolean().optional(),
  stopTimeout: z.number().int().min(0).max(120).optional(),
  portMappings: z.array(z.looseObject({ containerPort: z.number().optional() })).default([]),
})

const tag = z.object({ key: z.string().optional(), value: z.string().default('') })

/** Tags of a resource, not yet checked by the rules of tags. */
export const tagList = z.array(tag).readonly()

/** The fields of RegisterTaskDefinition. */
export const definitionFields = z.looseObject({
  family: z.string(),
  taskRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
  networkMode: z.string().optional(),
  containerDefinitions: z.array(containerDefinition).readonly(),
  volumes: z
    .array(z.looseObject({ name: z.string().optional(), configuredAtLaunch: z.boolean().optional() }))
    .default([]),
  requiresCompatibilities: words.default([]),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  pidMode: z.string().optional(),
  tags: tagList.default([]),
})

/** A container as a definition describes it. */
export type ContainerDefinition = z.output<typeof containerDefinition>

/** The fields of a definition, with defaults. */
export type DefinitionFields = z.output<typeof definitionFields>

/** A definition as it is given. */
export type DefinitionInput = z.input<typeof definitionFields>

/** A revision of a task definition. */
export interface TaskDefinition extends DefinitionFields {
  readonly arn: string
  readonly revision: number
  /** Its tags by key. */
  labels: Tags
  isActive: boolean
  readonly registeredAt: number
  deregisteredAt: number | undefined
}

/** The overrides of RunTask. No field of a container is an entry point: RunTask has none. */
export const taskOverrides = z.looseObject({
  containerOverrides: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        command: words.optional(),
        environment: pairs.optional(),
        environmentFiles: z.array(z.unknown()).optional(),
        cpu: whole.optional(),
        memory: whole.optional(),
        memoryReservation: whole.optional(),
        resourceRequirements: z.array(z.unknown()).optional(),
      }),
    )
    .default([]),
  cpu: z.string().optional(),
  memory: z.string().optional(),
  taskRoleArn: z.string().optional(),
  executionRoleArn: z.string().optional(),
})

/** Overrides of one task. */
export type TaskOverrides = z.output<typeof taskOverrides>

/** Tags by key. */
export type Tags = Readonly<Record<string, string>>

/** Tags as AWS lists them. */
export function listTags(tags: Tags): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }))
}

const MAX_TAGS = 50
const MAX_KEY = 128
const MAX_VALUE = 256
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Checks tags by the rules of Amazon ECS: a text says what is wrong. Source: ECS developer guide, "Tagging Amazon ECS resources". */
export function readTags(
  given: readonly { readonly key?: string | undefined; readonly value: string }[],
): Tags | string {
  const tags: Record<string, string> = {}
  if (given.length > MAX_TAGS) return `The request has more than ${MAX_TAGS} tags.`
  for (const { key = '', value } of given) {
    if (key === '' || key.length > MAX_KEY || !TAG_TEXT.test(key))
      return 'Tag keys must have 1 to 128 valid characters.'
    if (value.length > MAX_VALUE || !TAG_TEXT.test(value)) return 'Tag values must have 0 to 256 valid characters.'
    if (/^aws:/i.test(key)) return 'Tag keys that begin with aws: are reserved for Amazon Web Services use.'
    if (Object.hasOwn(tags, key)) return 'Duplicate tag keys are not allowed.'
    tags[key] = value
  }
  return tags
}
