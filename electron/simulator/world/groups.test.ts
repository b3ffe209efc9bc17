// Auto Scaling groups, by the clients of the SDK and a naive client with a session.

import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import {
  DescribeInstanceInformationCommand,
  GetConnectionStatusCommand,
  SSMClient,
  StartSessionCommand,
} from '@aws-sdk/client-ssm'
import { afterEach, expect, test, vi } from 'vitest'
import { NaiveClient, getTicket } from '../../../e2e/kit/wire/naiveclient'
import { clientOptions, rejected } from '../api/api.kit'
import { startSimulator, type Simulator, type SimulatorOptions } from '../simulator'
import { GROUP_TAG, makeRoster, type WorldInstance } from './roster'
import { World } from './world'
import { ScalingGroups, type GroupOptions } from './groups'

const HOUR_MS = 3_600_000
let simulator: Simulator
let ec2: EC2Client
let ssm: SSMClient

async function begin(options: SimulatorOptions = {}): Promise<void> {
  simulator = await startSimulator({ clock: { minuteMs: HOUR_MS }, ...options })
  ec2 = new EC2Client(clientOptions(simulator))
  ssm = new SSMClient(clientOptions(simulator))
}

afterEach(async () => {
  vi.useRealTimers()
  for (const client of [ec2, ssm]) client?.destroy()
  await simulator?.[Symbol.asyncDispose]()
})

const described = async (group: string) => {
  const Filters = [{ Name: `tag:${GROUP_TAG}`, Values: [group] }]
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}
const connection = async (Target: string | undefined) =>
  (await ssm.send(new GetConnectionStatusCommand({ Target }))).Status
const told = async (id: string | undefined) => {
  const Filters = [{ Key: 'InstanceIds', Values: [id ?? ''] }]
  const { InstanceInformationList = [] } = await ssm.send(new DescribeInstanceInformationCommand({ Filters }))
  return InstanceInformationList.map(({ PingStatus }) => PingStatus)
}

test('the groups move none of the other instances', () => {
  const roster = makeRoster(2, 0)
  expect(roster.filter(({ tags }) => tags[GROUP_TAG] === 'checkout-workers').map(({ tags }) => tags['Name'])).toEqual([
    'checkout-worker',
    'checkout-worker',
    'checkout-worker',
  ])
  expect(roster.filter(({ tags }) => GROUP_TAG in tags)).toHaveLength(5)
  expect([roster[0]?.id, roster[1]?.id, roster.at(-1)?.id, roster.at(-1)?.tags['Name']]).toEqual([
    'i-09e3779b1a97288ed',
    'i-03c6ef3622f5e5358',
    'i-0e3779b1082436532',
    'fleet-0002',
  ])
})

test('an order replaces an instance: its session ends, its agent is gone at once, PingStatus lags, EC2 knows both', async () => {
  await begin({ groups: { pingLagMinutes: 1 } })
  const before = await described('checkout-workers')
  const old = before[0]!
  const client = new NaiveClient()
  await client.open(await getTicket(simulator, 'StartSession', { Target: old.InstanceId! }))
  simulator.faults.apply({ kind: 'replace', instance: old.InstanceId! })
  expect(simulator.sessions()[0]?.status).toBe('Failed')
  await client.until(() => client.closeCode)
  const after = await described('checkout-workers')
  expect(after).toHaveLength(4)
  const made = after.find(({ InstanceId }) => before.every((each) => each.InstanceId !== InstanceId))!
  expect(made.Tags).toEqual(old.Tags)
  expect(made.LaunchTime!.getTime()).toBeGreaterThan(old.LaunchTime!.getTime())
  expect(after.find(({ InstanceId }) => InstanceId === old.InstanceId)?.State?.Name).toBe('shutting-down')
  expect([await connection(old.InstanceId), await told(old.InstanceId)]).toEqual(['notconnected', ['Online']])
  expect([await connection(made.InstanceId), await told(made.InstanceId)]).toEqual(['notconnected', []])
  expect(await rejected(ssm.send(new StartSessionCommand({ Target: old.InstanceId })))).toMatchObject({
    name: 'TargetNotConnected',
  })
})

test('a session may also be lost: it is known still, and its client hears nothing of an end', async () => {
  await begin()
  const target = simulator.world.instances.find(({ tags }) => GROUP_TAG in tags)!.id
  const client = new NaiveClient()
  await client.open(await getTicket(simulator, 'StartSession', { Target: target }))
  await vi.waitFor(() => expect(simulator.sessions()[0]?.status).toBe('Connected'))
  simulator.faults.apply({ kind: 'replace', instance: target, sessions: 'lose' })
  expect([simulator.sessions()[0]?.status, client.closeCode]).toEqual(['Connected', undefined])
  expect(await connection(target)).toBe('notconnected')
  client.close()
})

test('an instance of no group is not replaced, and any instance of a group can be chosen', async () => {
  await begin()
  const { id } = simulator.world.instances[0]!
  expect(() => simulator.faults.apply({ kind: 'replace', instance: id })).toThrow('No Auto Scaling group')
  simulator.faults.apply({ kind: 'replace' })
  expect(simulator.world.instances.filter(({ state }) => state === 'shutting-down')).toHaveLength(1)
})

function groupsAt(options: GroupOptions) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  const world = new World(0, (options.pingLagMinutes ?? 0) * 60_000)
  const gone: string[] = []
  const groups = new ScalingGroups({ world, minuteMs: 60_000, options, onGone: ({ id }) => gone.push(id) })
  const toldOf = (id: string) => world.toldInstances(Date.now()).find((each) => each.id === id)?.pingStatus
  const pass = (minutes: number) => vi.advanceTimersByTime(minutes * 60_000)
  return { world, gone, groups, toldOf, pass }
}

test('by the clock the old one is terminated and forgotten, and the agent of the new one comes online', () => {
  const { world, groups, toldOf, pass } = groupsAt({ agentMinutes: 3, pingLagMinutes: 5 })
  const old = groups.running[0]!
  const made = groups.replace(old.id)
  const states = () => [
    world.instance(old.id)?.state,
    toldOf(old.id),
    world.instance(made.id)?.pingStatus,
    toldOf(made.id),
  ]
  expect(states()).toEqual(['shutting-down', 'Online', 'None', undefined])
  pass(1)
  expect(states()).toEqual(['terminated', 'Online', 'None', undefined])
  pass(3)
  expect(states()).toEqual(['terminated', 'Online', 'Online', 'Online'])
  pass(2)
  expect(states()).toEqual(['terminated', undefined, 'Online', 'Online'])
  pass(60)
  expect(states()).toEqual([undefined, undefined, 'Online', 'Online'])
  groups[Symbol.dispose]()
})

test('on a clock the oldest instance of all groups is replaced, and no two ever share an id or an address', () => {
  const { world, gone, groups, pass } = groupsAt({ replaceEveryMinutes: 10 })
  const oldest = [...groups.running].sort((a, b) => a.launchedAt - b.launchedAt)[0]!
  const seen = new Map<string, WorldInstance>(groups.running.map((one) => [one.id, one]))
  pass(10)
  expect(gone).toEqual([oldest.id])
  for (let turn = 0; turn < 20; turn += 1) {
    pass(10)
    for (const one of groups.running) seen.set(one.id, one)
  }
  expect(groups.running).toHaveLength(5)
  expect(seen.size).toBe(5 + gone.length)
  expect(new Set([...seen.values()].map(({ privateIp }) => privateIp)).size).toBe(seen.size)
  expect(world.instances.length).toBeLessThan(14 + 5 + 8)
  groups[Symbol.dispose]()
  const count = gone.length
  pass(100)
  expect(gone).toHaveLength(count)
})
