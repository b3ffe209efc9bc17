// Reads machines from the answers of EC2 and Systems Manager. Keeps a few fields, each bounded, in the words of the service.

import type { DescribeInstancesCommandOutput, Instance as Ec2Instance } from '@aws-sdk/client-ec2'
import type { DescribeInstanceInformationCommandOutput, InstanceInformation } from '@aws-sdk/client-ssm'
import { cutText } from '../../shared/cut'
import { keptTags, type Tag } from './nodetags'

/** The service's own limits. Source: Systems Manager API reference, "InstanceInformation". */
const MAX_ID = 124
const MAX_NAME = 256
/** Of a state, an address, a version. */
export const MAX_WORD = 64
/** Source: IAM user guide, "IAM and AWS STS quotas": the name of an instance profile. */
const MAX_PROFILE = 128

/** The kept fields of an EC2 instance, in EC2's words. */
export type Machine = Pick<
  Ec2Instance,
  'InstanceId' | 'State' | 'PrivateIpAddress' | 'Platform' | 'InstanceType' | 'LaunchTime'
> & {
  readonly Tags?: readonly Tag[] | undefined
  /** The name in the ARN of `IamInstanceProfile`. */
  readonly ProfileName?: string | undefined
}

/** The kept fields of a managed node, in the words of Systems Manager. */
export type Node = Pick<
  InstanceInformation,
  | 'InstanceId'
  | 'PingStatus'
  | 'LastPingDateTime'
  | 'RegistrationDate'
  | 'PlatformType'
  | 'AgentVersion'
  | 'Name'
  | 'ComputerName'
  | 'IPAddress'
>

function cutOr(text: string | undefined, max: number): string | undefined {
  return text === undefined ? undefined : cutText(text, max)
}

/** "web" of arn:aws:iam::123456789012:instance-profile/PATH/web. */
function profileName({ IamInstanceProfile: profile }: Ec2Instance): string | undefined {
  return cutOr(profile?.Arn?.replace(/^.*\//s, '') || profile?.Id, MAX_PROFILE)
}

/** Keeps only the fields that are shown, each cut to its limit, so that a long list does not hold the whole answers. */
function machineOf(machine: Ec2Instance): Machine {
  return {
    InstanceId: machine.InstanceId,
    State: machine.State,
    Platform: machine.Platform,
    InstanceType: machine.InstanceType,
    LaunchTime: machine.LaunchTime,
    PrivateIpAddress: cutOr(machine.PrivateIpAddress, MAX_WORD),
    Tags: keptTags(machine.Tags),
    ProfileName: profileName(machine),
  }
}

function nodeOf(node: InstanceInformation): Node {
  return {
    InstanceId: node.InstanceId,
    PingStatus: node.PingStatus,
    LastPingDateTime: node.LastPingDateTime,
    RegistrationDate: node.RegistrationDate,
    PlatformType: node.PlatformType,
    AgentVersion: cutOr(node.AgentVersion, MAX_WORD),
    Name: cutOr(node.Name, MAX_NAME),
    ComputerName: cutOr(node.ComputerName, MAX_NAME),
    IPAddress: cutOr(node.IPAddress, MAX_WORD),
  }
}

/** How many characters an instance adds to the list. Field names add about a hundred more. */
export function machineSize({ Tags: tags = [], ProfileName: profile = '' }: Machine): number {
  const size = 100 + profile.length
  return tags.reduce((sum, { Key: key = '', Value: value = '' }) => sum + key.length + value.length, size)
}

/** As `machineSize`. */
export function nodeSize({ Name: name = '', ComputerName: computer = '' }: Node): number {
  return 100 + name.length + computer.length
}

function isId(id: string | undefined): boolean {
  return id !== undefined && id !== '' && id.length <= MAX_ID
}

/** The machines of a page; those with an impossible id are left out. */
export function machinesIn(answer: DescribeInstancesCommandOutput): Machine[] {
  const machines: Machine[] = []
  for (const reservation of answer.Reservations ?? []) {
    for (const machine of reservation.Instances ?? []) {
      if (isId(machine.InstanceId)) machines.push(machineOf(machine))
    }
  }
  return machines
}

/** As `machinesIn`. */
export function nodesIn(answer: DescribeInstanceInformationCommandOutput): Node[] {
  return (answer.InstanceInformationList ?? []).filter(({ InstanceId: id }) => isId(id)).map((node) => nodeOf(node))
}
