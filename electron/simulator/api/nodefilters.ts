// The filters of DescribeInstanceInformation: which keys and values the service takes, and which nodes pass them.
//
// Sources: Systems Manager API reference, "DescribeInstanceInformation" (tag filters stand alone), "InstanceInformationStringFilter"
// (keys, 1 to 100 values) and "InstanceInformationFilter" (the older form, which knows no tags).

import * as z from 'zod'
import { fault, type Fault } from './answers'
import type { WorldInstance } from '../world/roster'

/** No page of AWS names a limit. More filters than this are refused, so that no caller counts on them. */
const MAX_FILTERS = 5
const MAX_VALUES = 100

const values = z.array(z.string().min(1)).min(1).max(MAX_VALUES)

/** The two lists of filters in a request. */
export const nodeFilterFields = {
  Filters: z
    .array(z.object({ Key: z.string().min(1), Values: values }))
    .max(MAX_FILTERS)
    .optional(),
  InstanceInformationFilterList: z
    .array(z.object({ key: z.string().min(1), valueSet: values }))
    .max(MAX_FILTERS)
    .optional(),
}

type Requested = z.infer<z.ZodObject<typeof nodeFilterFields>>

/** A filter in the newer form. */
type NodeFilter = NonNullable<Requested['Filters']>[number]

const TAG = 'tag:'

/** What the nodes are compared by; nothing where the simulator has no such detail. */
const readers: ReadonlyMap<string, (node: WorldInstance) => readonly string[]> = new Map([
  ['InstanceIds', (node: WorldInstance) => [node.id]],
  ['AgentVersion', (node: WorldInstance) => [node.agentVersion]],
  ['PingStatus', (node: WorldInstance) => [node.pingStatus]],
  ['PlatformTypes', (node: WorldInstance) => [node.platform]],
  ['ResourceType', (node: WorldInstance) => [node.kind === 'hybrid' ? 'ManagedInstance' : 'EC2Instance']],
  ['ActivationIds', () => []],
  ['IamRole', () => []],
  ['AssociationStatus', () => []],
])

/** Keys of the newer form alone. */
const newerReaders: ReadonlyMap<string, (node: WorldInstance) => readonly string[]> = new Map([
  ['tag-key', (node: WorldInstance) => Object.keys(node.tags)],
  ['SourceIds', () => []],
  ['SourceTypes', () => []],
])

function isTag(key: string): boolean {
  return key.startsWith(TAG) || key === 'tag-key'
}

function readerOf(key: string): ((node: WorldInstance) => readonly string[]) | undefined {
  if (!key.startsWith(TAG)) return readers.get(key) ?? newerReaders.get(key)
  const name = key.slice(TAG.length)
  if (name === '') return undefined
  return ({ tags }) => {
    const value = Object.hasOwn(tags, name) ? tags[name] : undefined
    return value === undefined ? [] : [value]
  }
}

function passes(node: WorldInstance, { Key: key, Values: wanted }: NodeFilter): boolean {
  return readerOf(key)?.(node).some((value) => wanted.includes(value)) ?? false
}

/** The nodes that pass every filter, with the filters in the newer form; or the refusal of the filters. */
export function filterNodes(
  nodes: readonly WorldInstance[],
  { Filters: newer, InstanceInformationFilterList: older }: Requested,
): { readonly kind: 'found'; readonly nodes: WorldInstance[]; readonly filters: readonly NodeFilter[] } | Fault {
  if (newer !== undefined && older !== undefined) {
    return fault('ValidationException', 'Filters and InstanceInformationFilterList exclude each other.')
  }
  const unknownOlder = older?.find(({ key }) => !readers.has(key))
  if (unknownOlder !== undefined) {
    return fault(
      'ValidationException',
      `The value '${unknownOlder.key}' at 'instanceInformationFilterList' is not valid.`,
    )
  }
  const filters = newer ?? older?.map(({ key, valueSet }) => ({ Key: key, Values: valueSet })) ?? []
  const unknown = filters.find(({ Key: key }) => readerOf(key) === undefined)
  if (unknown !== undefined) return fault('InvalidFilterKey', `The filter key ${unknown.Key} is not valid.`)
  if (filters.some(({ Key: key }) => isTag(key)) && !filters.every(({ Key: key }) => isTag(key))) {
    return fault('ValidationException', 'Tag filters cannot be combined with other filters.')
  }
  return { kind: 'found', nodes: nodes.filter((node) => filters.every((filter) => passes(node, filter))), filters }
}
