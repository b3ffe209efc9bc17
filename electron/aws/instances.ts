// Instances as EC2 and Systems Manager know them, merged into one list.
//
// EC2 knows which machines exist, their names and tags; Systems Manager knows which agents answer, and hybrid nodes that
// EC2 does not list. Owns the pages of both, how many are listed, and the merge. If one of the two is denied, the other is listed and a
// notice names the missing part. A list that was cut off has a notice, too. machines.ts has the fields of each machine that are kept,
// nodetags.ts and tagfilters.ts the tags.

import type { DescribeInstancesCommandOutput } from '@aws-sdk/client-ec2'
import type { DescribeInstanceInformationCommandOutput } from '@aws-sdk/client-ssm'
import { cutText } from '../../shared/cut'
import { AppError } from '../../shared/errors'
import type { AgentStatus, Instance, TagPair } from '../../shared/model/instance'
import { machineSize, machinesIn, MAX_WORD, nodeSize, nodesIn, type Machine, type Node } from './machines'
import { tagRecord, withNodeTags, type ListTags } from './nodetags'
import { everyPage, type Pages } from './pages'
import { isOfAws, isRefusal, listFiltered, sentFilters } from './tagfilters'

/** The largest pages that the two services give. */
const EC2_PAGE = 1_000
const SSM_PAGE = 50

/** Nodes are asked for by their ids up to this many: of more, the whole list takes no longer. */
const MAX_BY_ID = 1_000
/** Source: Systems Manager API reference, "InstanceInformationStringFilter": 1 to 100 values. */
const IDS_OF_CALL = 100

/**
 * How many instances are listed. More than that needs raised quotas of the account. The whole list goes to every window, where a
 * person looks for one.
 */
const MAX_INSTANCES = 50_000

/** Asks EC2 for one page. */
export type DescribeEc2 = (input: {
  readonly InstanceIds?: string[]
  readonly Filters?: { Name: string; Values: string[] }[]
  readonly MaxResults?: number
  readonly NextToken?: string
}) => Promise<DescribeInstancesCommandOutput>

/** Asks Systems Manager for one page. */
export type DescribeSsm = (input: {
  readonly Filters?: { Key: string; Values: string[] }[]
  readonly MaxResults?: number
  readonly NextToken?: string
}) => Promise<DescribeInstanceInformationCommandOutput>

/** Resolves with undefined where the call is denied. Throws every other failure. */
function unlessDenied<T>(list: Promise<T>): Promise<T | undefined> {
  return list.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'access-denied') return undefined
    throw error
  })
}

function agentOf(node: Node | undefined): AgentStatus {
  if (node === undefined) return { kind: 'unmanaged' }
  if (node.PingStatus === 'Online') return { kind: 'online' }
  const lastPingAt = node.LastPingDateTime?.getTime()
  return lastPingAt === undefined ? { kind: 'offline' } : { kind: 'offline', lastPingAt }
}

function platformOf(machine: Machine | undefined, node: Node | undefined): Instance['platform'] {
  switch (node?.PlatformType) {
    case 'Linux':
      return 'linux'
    case 'Windows':
      return 'windows'
    case 'MacOS':
      return 'macos'
    case undefined:
      break
  }
  if (machine === undefined) return 'unknown'
  // Case differs between EC2's documentation ("Windows") and its answers ("windows").
  if (machine.Platform?.toLowerCase() === 'windows') return 'windows'
  return machine.InstanceType?.startsWith('mac') === true ? 'macos' : 'linux'
}

function merge(id: string, machine: Machine | undefined, node: Node | undefined): Instance {
  const tags = tagRecord(machine?.Tags ?? [])
  const launchedAt = (machine === undefined ? node?.RegistrationDate : machine.LaunchTime)?.getTime()
  const privateIp = machine?.PrivateIpAddress ?? node?.IPAddress
  return {
    id,
    kind: id.startsWith('mi-') ? 'hybrid' : 'ec2',
    name: tags['Name'] || node?.Name || node?.ComputerName || '',
    tags,
    platform: platformOf(machine, node),
    state: cutText(machine?.State?.Name ?? (machine !== undefined ? 'unknown' : 'running'), MAX_WORD),
    agent: agentOf(node),
    ...(node?.AgentVersion === undefined ? {} : { agentVersion: node.AgentVersion }),
    ...(privateIp === undefined ? {} : { privateIp }),
    ...(machine === undefined ? {} : { instanceProfile: machine.ProfileName ?? '' }),
    ...(launchedAt === undefined ? {} : { launchedAt }),
  }
}

/**
 * Merges what the two services said. Terminated machines are left out, and so is a node without an agent that answers
 * when EC2 was asked and no longer has its machine: Systems Manager remembers those for a while. Each id is there once.
 */
export function mergeInstances(
  machines: readonly Machine[] | undefined,
  nodes: readonly Node[] | undefined,
): Instance[] {
  const nodesById = new Map((nodes ?? []).map((node) => [node.InstanceId ?? '', node]))
  const machinesById = new Map((machines ?? []).map((machine) => [machine.InstanceId ?? '', machine]))
  const list: Instance[] = []
  for (const [id, machine] of machinesById) {
    if (id === '' || machine.State?.Name === 'terminated') continue
    list.push(merge(id, machine, nodesById.get(id)))
  }
  for (const [id, node] of nodesById) {
    if (id === '' || machinesById.has(id)) continue
    const isRemnant = machines !== undefined && id.startsWith('i-') && node.PingStatus !== 'Online'
    if (!isRemnant) list.push(merge(id, undefined, node))
  }
  return byName(list)
}

/** Sorts by name, then id. */
function byName(list: readonly Instance[]): Instance[] {
  return list.toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

/** The notice for a list that is not whole. */
function endNotices<T>(service: string, { items, end }: Pages<T>): string[] {
  switch (end) {
    case 'whole':
      return []
    case 'capped': {
      const count = items.length.toLocaleString('en-US')
      return [
        `Only the first ${count} instances that ${service} lists are shown. The others can be reached by their id, or from another region or profile.`,
      ]
    }
    case 'repeated':
      return [`${service} repeated a page of its list, so instances may be missing: list them again.`]
  }
}

function everyMachine(describeEc2: DescribeEc2, tags: readonly TagPair[]): Promise<Pages<Machine>> {
  const filters = tags.map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] }))
  const by = filters.length === 0 ? {} : { Filters: filters }
  return everyPage({
    maxItems: MAX_INSTANCES,
    sizeOf: machineSize,
    ask: async (token) => {
      const answer = await describeEc2({ MaxResults: EC2_PAGE, ...by, ...token })
      return { items: machinesIn(answer), next: answer.NextToken }
    },
  })
}

function nodesByTags(describeSsm: DescribeSsm, tags: readonly TagPair[]): Promise<Pages<Node>> {
  return everyNode(
    describeSsm,
    tags.map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] })),
  )
}

/**
 * The nodes of EC2 instances alone, by their ids. Undefined where the service refuses that filter, and where the machines are too many or
 * may not be all.
 */
async function nodesOf(describeSsm: DescribeSsm, { items, end }: Pages<Machine>): Promise<Pages<Node> | undefined> {
  if (end !== 'whole' || items.length > MAX_BY_ID) return undefined
  const ids = items.flatMap(({ InstanceId: id = '', State: state }) => (state?.Name === 'terminated' ? [] : [id]))
  const nodes: Node[] = []
  for (let at = 0; at < ids.length; at += IDS_OF_CALL) {
    const filter = { Key: 'InstanceIds', Values: ids.slice(at, at + IDS_OF_CALL) }
    const found = await everyNode(describeSsm, [filter]).catch((error: unknown) => {
      if (isRefusal(error)) return undefined
      throw error
    })
    if (found?.end !== 'whole') return undefined
    nodes.push(...found.items)
  }
  return { items: nodes, end: 'whole' }
}

function everyNode(
  describeSsm: DescribeSsm,
  filters: readonly { readonly Key: string; readonly Values: string[] }[],
): Promise<Pages<Node>> {
  const by = filters.length === 0 ? {} : { Filters: [...filters] }
  return everyPage({
    maxItems: MAX_INSTANCES,
    sizeOf: nodeSize,
    ask: async (token) => {
      const answer = await describeSsm({ MaxResults: SSM_PAGE, ...by, ...token })
      return { items: nodesIn(answer), next: answer.NextToken }
    },
  })
}

/**
 * Lists every instance: all pages of both services, with the tags of hybrid nodes, sorted by name, then id. The services are asked to
 * filter by `wanted`, and others may still be listed. Where one service is denied, the other's list is returned with a notice. A list
 * that is cut off has a notice, too. Throws `access-denied` when both are denied, and passes on other errors of either call.
 */
export async function listInstances(
  describeEc2: DescribeEc2,
  describeSsm: DescribeSsm,
  tags: { readonly wanted: readonly TagPair[]; readonly listTags: ListTags; readonly signal: AbortSignal },
): Promise<{ instances: Instance[]; notices: string[] }> {
  const ec2 = listFiltered(sentFilters(tags.wanted, 'ec2'), (pairs) => everyMachine(describeEc2, pairs))
  const everyOther = () => listFiltered(sentFilters(tags.wanted, 'ssm'), (pairs) => nodesByTags(describeSsm, pairs))
  // A tag that AWS sets is on EC2 instances alone: with it, only the nodes of those that EC2 has found are asked for.
  const ssm = tags.wanted.some((tag) => isOfAws(tag))
    ? unlessDenied(ec2).then(async (found) => {
        const list =
          found?.filters.some((tag) => isOfAws(tag)) === true ? await nodesOf(describeSsm, found.list) : undefined
        return list === undefined ? everyOther() : { list, filters: [] }
      })
    : everyOther()
  const [machines, nodes] = await Promise.all([unlessDenied(ec2), unlessDenied(ssm)])
  if (machines === undefined && nodes === undefined) await ec2
  const notices: string[] = []
  if (machines === undefined) {
    notices.push(
      'EC2 may not be listed with these credentials (ec2:DescribeInstances is denied), so tags are unknown and ' +
        'instances without an agent are missing.',
    )
  } else {
    for (const notice of endNotices('EC2', machines.list)) notices.push(notice)
  }
  if (nodes === undefined) {
    notices.push(
      'Agents may not be listed with these credentials (ssm:DescribeInstanceInformation is denied), so agents show as ' +
        'unmanaged and hybrid nodes are missing.',
    )
  } else {
    for (const notice of endNotices('Systems Manager', nodes.list)) notices.push(notice)
  }
  const read = await withNodeTags(mergeInstances(machines?.list.items, nodes?.list.items), {
    ...tags,
    filters: nodes?.filters ?? [],
  })
  return { instances: byName(read.instances), notices: [...notices, ...read.notices] }
}

function noneIfUnknown<T>(items: Promise<T[]>): Promise<T[]> {
  return items.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unknown-instance') return []
    throw error
  })
}

/**
 * Describes the one instance `id` (`i-…` or `mi-…`) in one call to each service. Undefined when neither knows it.
 * Throws `access-denied` when nothing could be asked.
 */
export async function describeTarget(
  id: string,
  describeEc2: DescribeEc2,
  describeSsm: DescribeSsm,
): Promise<Instance | undefined> {
  const isHybrid = id.startsWith('mi-')
  const ec2 = isHybrid
    ? Promise.resolve(undefined)
    : unlessDenied(noneIfUnknown(describeEc2({ InstanceIds: [id] }).then(machinesIn)))
  const ssm = noneIfUnknown(describeSsm({ Filters: [{ Key: 'InstanceIds', Values: [id] }] }).then(nodesIn))
  const [machines, nodes] = await Promise.all([ec2, unlessDenied(ssm)])
  if (machines === undefined && nodes === undefined) await ssm
  return mergeInstances(machines, nodes).find((instance) => instance.id === id)
}
