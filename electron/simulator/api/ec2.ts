// EC2's DescribeInstances over the Query protocol, with the parts that a list of instances needs.
//
// Source: EC2 API reference, DescribeInstances (2016-11-15).

import { fault, reply, type Answer, type Fault } from './answers'
import { pageOf } from './paging'
import type { WorldInstance } from '../world/roster'
import { matches } from '../iam/pattern'
import type { Service } from './service'
import { listOf, type Xml } from './xml'

const MAX_RESULTS = { min: 5, max: 1_000 }
/** Source: EC2 user guide, "List and filter your resources". */
const MAX_FILTERS = 50
const MAX_VALUES = 200
const MAX_VALUE = 255

const TAG = 'tag:'
const STATE_CODES = { running: 16, 'shutting-down': 32, terminated: 48, stopped: 80 } as const

interface Filter {
  readonly name: string
  readonly values: readonly string[]
}

function filtersOf(form: URLSearchParams): Filter[] {
  const filters: Filter[] = []
  for (let index = 1; ; index += 1) {
    const name = form.get(`Filter.${index}.Name`)
    if (name === null) return filters
    filters.push({ name, values: listOf(form, `Filter.${index}.Value`) })
  }
}

/** What the instances are compared by. */
const readers: ReadonlyMap<string, (instance: WorldInstance) => readonly string[]> = new Map([
  ['instance-id', (instance: WorldInstance) => [instance.id]],
  ['instance-state-name', (instance: WorldInstance) => [instance.state]],
  ['private-ip-address', (instance: WorldInstance) => [instance.privateIp]],
  ['tag-key', (instance: WorldInstance) => Object.keys(instance.tags)],
])

function readerOf(name: string): ((instance: WorldInstance) => readonly string[]) | undefined {
  if (!name.startsWith(TAG)) return readers.get(name)
  const key = name.slice(TAG.length)
  if (key === '') return undefined
  return ({ tags }) => {
    const value = Object.hasOwn(tags, key) ? tags[key] : undefined
    return value === undefined ? [] : [value]
  }
}

function refusalOf(filters: readonly Filter[]): Fault | undefined {
  const unknown = filters.find(({ name }) => readerOf(name) === undefined)
  if (unknown !== undefined) return fault('InvalidParameterValue', `The filter '${unknown.name}' is invalid`)
  if (filters.length > MAX_FILTERS || filters.some(({ values }) => values.length > MAX_VALUES)) {
    return fault('FilterLimitExceeded', 'The request uses too many filters or too many filter values.')
  }
  const isLong = filters.some(({ values }) => values.some((value) => value.length > MAX_VALUE))
  return isLong ? fault('InvalidParameterValue', 'A filter value has more than 255 characters.') : undefined
}

function describe(instance: WorldInstance, { region, accountId }: Service): Xml {
  const { instanceProfile } = instance
  const isWindows = instance.platform === 'Windows'
  return {
    instanceId: instance.id,
    imageId: 'ami-0c1f44e7a9d2b3865',
    instanceState: { code: STATE_CODES[instance.state], name: instance.state },
    privateDnsName: `ip-${instance.privateIp.replaceAll('.', '-')}.${region}.compute.internal`,
    instanceType: instance.instanceType,
    launchTime: new Date(instance.launchedAt).toISOString(),
    placement: { availabilityZone: `${region}${instance.zone}`, tenancy: 'default' },
    ...(isWindows ? { platform: 'windows' } : {}),
    platformDetails: isWindows ? 'Windows' : 'Linux/UNIX',
    subnetId: 'subnet-08e15c2d4f7a9b360',
    vpcId: 'vpc-04d9f1e6b7a83c25e',
    privateIpAddress: instance.privateIp,
    architecture: isWindows ? 'x86_64' : 'arm64',
    ...(instanceProfile === ''
      ? {}
      : {
          iamInstanceProfile: {
            arn: `arn:aws:iam::${accountId}:instance-profile/${instanceProfile}`,
            id: 'AIPA4ZJQ7DEMO2NODE6K',
          },
        }),
    rootDeviceType: 'ebs',
    tagSet: Object.entries(instance.tags).map(([key, value]) => ({ key, value })),
  }
}

/** Answers DescribeInstances: by id, by filter, in pages. The body is the response element's children. */
export function describeInstances(form: URLSearchParams, service: Service): Answer<Readonly<Record<string, Xml>>> {
  const known = service.world.instances.filter((instance) => instance.kind === 'ec2')
  const ids = listOf(form, 'InstanceId')
  const malformed = ids.find((id) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
  if (malformed !== undefined) return fault('InvalidInstanceID.Malformed', `Invalid id: "${malformed}"`)
  const missing = ids.filter((id) => !known.some((instance) => instance.id === id))
  if (missing.length > 0) {
    const words = missing.length === 1 ? `ID '${missing[0]}' does` : `IDs '${missing.join(', ')}' do`
    return fault('InvalidInstanceID.NotFound', `The instance ${words} not exist`)
  }
  const maxResults = form.get('MaxResults')
  if (maxResults !== null && ids.length > 0) {
    const why = 'The parameter instancesSet cannot be used with the parameter maxResults'
    return fault('InvalidParameterCombination', why)
  }
  const size = maxResults === null ? MAX_RESULTS.max : Number(maxResults)
  if (!Number.isInteger(size) || size < MAX_RESULTS.min || size > MAX_RESULTS.max) {
    return fault('InvalidParameterValue', `Value ( ${maxResults} ) for parameter maxResults is invalid.`)
  }
  const filters = filtersOf(form)
  const refusal = refusalOf(filters)
  if (refusal !== undefined) return refusal
  const found = known
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter((instance) =>
      filters.every(({ name, values }) =>
        readerOf(name)?.(instance).some((value) => values.some((pattern) => matches(pattern, value))),
      ),
    )
  const scope = JSON.stringify(['DescribeInstances', ids, filters])
  const page = pageOf(found, { scope, size, token: form.get('NextToken') ?? undefined })
  if (page === undefined) return fault('InvalidParameterValue', 'Unable to parse pagination token')
  return reply({
    reservationSet: page.items.map((instance) => ({
      reservationId: instance.id.replace('i-', 'r-'),
      ownerId: service.accountId,
      groupSet: [],
      instancesSet: [describe(instance, service)],
    })),
    ...(page.nextToken === undefined ? {} : { nextToken: page.nextToken }),
  })
}
