// Instances as EC2 and Systems Manager know them, merged into one list.
//
// EC2 knows which machines exist, their names and tags; Systems Manager knows which agents answer, and hybrid nodes that
// EC2 has never heard of. Owns: every page of both, and the merge. Either may be forbidden: then the other is listed and
// a notice says what is missing.

import type { DescribeInstancesCommandOutput, Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import type { DescribeInstanceInformationCommandOutput, InstanceInformation } from '@aws-sdk/client-ssm'
import { AppError } from '../../shared/errors'
import type { AgentStatus, Instance } from '../../shared/model'
import { everyPage } from './pages'

/** The largest pages that the two services give. */
const EC2_PAGE = 1_000
const SSM_PAGE = 50

/** Asks EC2 for one page. */
export type DescribeEc2 = (input: {
  readonly InstanceIds?: string[]
  readonly MaxResults?: number
  readonly NextToken?: string
}) => Promise<DescribeInstancesCommandOutput>

/** Asks Systems Manager for one page. */
export type DescribeSsm = (input: {
  readonly Filters?: { Key: string; Values: string[] }[]
  readonly MaxResults?: number
  readonly NextToken?: string
}) => Promise<DescribeInstanceInformationCommandOutput>

function machinesIn(answer: DescribeInstancesCommandOutput): Ec2Instance[] {
  return (answer.Reservations ?? []).flatMap((reservation) => reservation.Instances ?? [])
}

/** Undefined instead of a list that may not be asked for; any other failure is thrown. */
function unlessDenied<T>(items: Promise<T[]>): Promise<T[] | undefined> {
  return items.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'access-denied') return undefined
    throw error
  })
}

function agentOf(node: InstanceInformation | undefined): AgentStatus {
  if (node === undefined) return { kind: 'unmanaged' }
  if (node.PingStatus === 'Online') return { kind: 'online' }
  const lastPingAt = node.LastPingDateTime?.getTime()
  return lastPingAt === undefined ? { kind: 'offline' } : { kind: 'offline', lastPingAt }
}

function platformOf(machine: Ec2Instance | undefined, node: InstanceInformation | undefined): Instance['platform'] {
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

function merge(id: string, machine: Ec2Instance | undefined, node: InstanceInformation | undefined): Instance {
  const tags: Record<string, string> = {}
  for (const { Key: key, Value: value } of machine?.Tags ?? []) {
    if (key !== undefined) tags[key] = value ?? ''
  }
  const privateIp = machine?.PrivateIpAddress ?? node?.IPAddress
  return {
    id,
    kind: id.startsWith('mi-') ? 'hybrid' : 'ec2',
    name: tags['Name'] || node?.Name || node?.ComputerName || '',
    tags,
    platform: platformOf(machine, node),
    state: machine?.State?.Name ?? (machine !== undefined ? 'unknown' : 'running'),
    agent: agentOf(node),
    ...(node?.AgentVersion === undefined ? {} : { agentVersion: node.AgentVersion }),
    ...(privateIp === undefined ? {} : { privateIp }),
  }
}

/**
 * Merges what the two services said. Terminated machines are left out, and so is a node without an agent that answers
 * when EC2 was asked and no longer has its machine: Systems Manager remembers those for a while.
 */
export function mergeInstances(
  machines: readonly Ec2Instance[] | undefined,
  nodes: readonly InstanceInformation[] | undefined,
): Instance[] {
  const nodesById = new Map((nodes ?? []).map((node) => [node.InstanceId ?? '', node]))
  const machineIds = new Set((machines ?? []).map((machine) => machine.InstanceId))
  const list: Instance[] = []
  for (const machine of machines ?? []) {
    const id = machine.InstanceId
    if (id === undefined || machine.State?.Name === 'terminated') continue
    list.push(merge(id, machine, nodesById.get(id)))
  }
  for (const [id, node] of nodesById) {
    if (id === '' || machineIds.has(id)) continue
    const isRemnant = machines !== undefined && id.startsWith('i-') && node.PingStatus !== 'Online'
    if (!isRemnant) list.push(merge(id, undefined, node))
  }
  return list.toSorted((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

/**
 * Lists every instance, all pages of both services, sorted by name, then id. When one of the two is denied, the other's
 * list is returned with a notice. Throws `access-denied` when both are, and what else either call throws.
 */
export async function listInstances(
  describeEc2: DescribeEc2,
  describeSsm: DescribeSsm,
): Promise<{ instances: Instance[]; notices: string[] }> {
  const ec2 = everyPage(async (token) => {
    const answer = await describeEc2({ MaxResults: EC2_PAGE, ...token })
    return { items: machinesIn(answer), next: answer.NextToken }
  })
  const ssm = everyPage(async (token) => {
    const answer = await describeSsm({ MaxResults: SSM_PAGE, ...token })
    return { items: answer.InstanceInformationList ?? [], next: answer.NextToken }
  })
  const [machines, nodes] = await Promise.all([unlessDenied(ec2), unlessDenied(ssm)])
  if (machines === undefined && nodes === undefined) await ec2
  const notices: string[] = []
  if (machines === undefined) {
    notices.push(
      'EC2 may not be listed with these credentials (ec2:DescribeInstances is denied), so tags are unknown and ' +
        'instances without an agent are missing.',
    )
  }
  if (nodes === undefined) {
    notices.push(
      'Agents may not be listed with these credentials (ssm:DescribeInstanceInformation is denied), so agents show as ' +
        'unmanaged and hybrid nodes are missing.',
    )
  }
  return { instances: mergeInstances(machines, nodes), notices }
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
  const ssm = noneIfUnknown(
    describeSsm({ Filters: [{ Key: 'InstanceIds', Values: [id] }] }).then(
      (answer) => answer.InstanceInformationList ?? [],
    ),
  )
  const [machines, nodes] = await Promise.all([ec2, unlessDenied(ssm)])
  if (machines === undefined && nodes === undefined) await ssm
  return mergeInstances(machines, nodes).find((instance) => instance.id === id)
}
