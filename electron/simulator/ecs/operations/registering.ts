// RegisterTaskDefinition, DeregisterTaskDefinition and TagResource.
//
// Source: ECS API reference, the operations of these names.

import * as z from 'zod'
import { fault, reply } from '../../api/answers'
import type { EcsAccount } from '../account'
import { definitionRefusal } from '../definitions'
import { describeDefinition } from './describing'
import { ecsOperation, type EcsOperation } from './operation'
import { definitionFields, listTags, readTags, tagList, type Tags } from '../shapes'

/** Source: ECS developer guide, "Amazon ECS service quotas", tags per resource. */
const MAX_TAGS = 50

const registerTaskDefinition = ecsOperation(definitionFields, (fields, { account }) => {
  const refusal = definitionRefusal(fields)
  if (refusal !== undefined) return refusal
  const made = account.definitions.register(fields)
  return reply({ taskDefinition: describeDefinition(made), tags: listTags(made.labels) })
})

const deregisterTaskDefinition = ecsOperation(z.object({ taskDefinition: z.string() }), (request, { account }) => {
  const text = request.taskDefinition.split('/').at(-1) ?? ''
  if (!text.includes(':')) return fault('ClientException', 'Invalid revision number. Number: null')
  const found = account.definitions.find(request.taskDefinition)
  if (found === undefined) return fault('ClientException', 'Unable to describe task definition.')
  found.isActive = false
  found.deregisteredAt ??= Date.now()
  return reply({ taskDefinition: describeDefinition(found) })
})

interface TagHolder {
  readonly labels: Tags
  readonly set: (labels: Tags) => void
}

// Tasks and definitions. The Demo's clusters and services keep the tags that they have.
function tagHolder(account: EcsAccount, arn: string): TagHolder | undefined {
  const [kind = '', cluster = ''] = (arn.split(':')[5] ?? '').split('/')
  if (kind === 'task') {
    const task = account.task(cluster, arn)
    return task && { labels: task.tags, set: (labels) => (task.tags = labels) }
  }
  const definition = kind === 'task-definition' ? account.definitions.find(arn) : undefined
  return definition && { labels: definition.labels, set: (labels) => (definition.labels = labels) }
}

const tagResource = ecsOperation(z.object({ resourceArn: z.string(), tags: tagList }), (request, { account }) => {
  const tags = readTags(request.tags)
  if (typeof tags === 'string') return fault('InvalidParameterException', tags)
  const holder = tagHolder(account, request.resourceArn)
  if (holder === undefined) return fault('ResourceNotFoundException', 'The specified resource was not found.')
  const all = { ...holder.labels, ...tags }
  if (Object.keys(all).length > MAX_TAGS)
    return fault('InvalidParameterException', 'The resource has more than 50 tags.')
  holder.set(all)
  return reply({})
})

/** See above, by name. */
export const registerOperations: readonly (readonly [string, EcsOperation])[] = [
  ['RegisterTaskDefinition', registerTaskDefinition],
  ['DeregisterTaskDefinition', deregisterTaskDefinition],
  ['TagResource', tagResource],
]
