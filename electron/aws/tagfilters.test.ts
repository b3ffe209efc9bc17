// Listings by tags against a simulator: what the services are asked, and what is found where they refuse the filters.

import { describe, expect, onTestFinished, test } from 'vitest'
import { ec2Error, jsonError } from '../../e2e/kit/aws/awsstandin'
import { startSimulator, type Simulator } from '../simulator/simulator'
import { openAccount } from './account'
import { never, opened, stageAccounts } from './account.kit'
import type { Account } from './parts'
import { sentFilters } from './tagfilters'

stageAccounts()

/** A simulator with `count` hybrid nodes beside its own instances. The last is a till. `calls` are those of the account. */
async function staged(count: number): Promise<{ account: Account; simulator: Simulator; calls: Map<string, number> }> {
  const simulator = await startSimulator({ port: 0 })
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const hybrid = simulator.world.instances.find(({ kind }) => kind === 'hybrid')!
  for (let index = 0; index < count; index += 1) {
    const tags = { Fleet: 'store', Role: index === count - 1 ? 'till' : 'shelf', Row: String(index) }
    simulator.world.put({ ...hybrid, id: `mi-${String(index).padStart(17, '0')}`, tags })
  }
  const calls = new Map<string, number>()
  const account = await openAccount({
    ...simulator,
    env: {},
    diagnose: (entry) => {
      if (entry.kind === 'call') calls.set(entry.operation, (calls.get(entry.operation) ?? 0) + 1)
    },
  })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return { account, simulator, calls }
}

const ONE_MACHINE =
  '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item>' +
  '<instanceId>i-1</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>'

const GROUP = ['aws:autoscaling:groupName', 'checkout-workers'] as const
const TILL = 'mi-00000000000000599'

describe('a listing by tags', () => {
  test('finds the one hybrid node among 600 that bears them all, with all of its tags, by one call for tags', async () => {
    const { account, calls } = await staged(600)
    const { instances, notices } = await account.listInstances(never, [
      ['Fleet', 'store'],
      ['Role', 'till'],
    ])
    expect(instances.map(({ id, tags }) => [id, tags])).toEqual([[TILL, { Fleet: 'store', Role: 'till', Row: '599' }]])
    expect(notices).toEqual([])
    expect(Object.fromEntries(calls)).toEqual({
      'ec2:DescribeInstances': 1,
      'ssm:DescribeInstanceInformation': 1,
      'ssm:ListTagsForResource': 1,
    })
  })

  test('lists EC2 instances that bear them with the state of their agents', async () => {
    const { account } = await staged(0)
    const { instances } = await account.listInstances(never, [['Role', 'worker']])
    expect(instances.map(({ name, kind, agent }) => [name, kind, agent.kind])).toEqual([
      ['cache-warmer', 'ec2', 'online'],
      ['search-indexer', 'ec2', 'offline'],
    ])
  })

  test('finds the hosts of an Auto Scaling group in a large account by one call to each service', async () => {
    const { account, simulator, calls } = await staged(200)
    const [machine] = simulator.world.instances
    if (machine === undefined) throw new Error('it has some')
    for (let index = 0; index < 200; index += 1) {
      simulator.world.put({ ...machine, id: `i-${String(index).padStart(17, '0')}` })
    }
    const { instances, notices } = await account.listInstances(never, [GROUP])
    expect(instances.map(({ name, agent }) => [name, agent.kind])).toEqual([
      ['checkout-worker', 'online'],
      ['checkout-worker', 'online'],
      ['checkout-worker', 'online'],
    ])
    expect(notices).toEqual([])
    expect(Object.fromEntries(calls)).toEqual({ 'ec2:DescribeInstances': 1, 'ssm:DescribeInstanceInformation': 1 })
  })

  test.each(['ec2', 'ssm'])('lists whole where %s refuses to filter for a group', async (service) => {
    const [account, standIn] = await opened(({ action, input }) => {
      if (action === 'ListTagsForResource') return { json: { TagList: [] } }
      if (action === 'DescribeInstances') {
        const isRefused = service === 'ec2' && input['Filter.1.Name'] !== undefined
        return isRefused ? ec2Error('InvalidParameterValue', 'no') : { xml: ONE_MACHINE }
      }
      if (input['Filters'] !== undefined) return jsonError('InvalidFilterKey', 'not these filters')
      const nodes = ['i-1', 'mi-1'].map((id) => ({ InstanceId: id, PingStatus: 'Online' }))
      return { json: { InstanceInformationList: nodes } }
    })
    const { instances } = await account.listInstances(never, [GROUP])
    expect(instances.map(({ id, agent }) => [id, agent.kind])).toEqual([
      ['i-1', 'online'],
      ['mi-1', 'online'],
    ])
    const asked = standIn.asked.filter(({ action }) => action === 'DescribeInstanceInformation')
    const byId = { Key: 'InstanceIds', Values: ['i-1'] }
    expect(asked.map(({ input }) => input['Filters'])).toEqual(service === 'ec2' ? [undefined] : [[byId], undefined])
  })

  test('asks for no value that the services could read as a pattern: the whole list is read', async () => {
    const { account } = await staged(0)
    const { instances } = await account.listInstances(never, [['Name', 'web-?']])
    expect(instances.length).toBeGreaterThan(10)
  })

  test.each([{ name: 'AccessDeniedException' }, { name: 'InvalidFilterKey' }, { name: 'ValidationException' }])(
    'reads the whole list where Systems Manager answers the filters with $name',
    async ({ name }) => {
      const [account, standIn] = await opened(({ action, input }) => {
        if (action === 'ListTagsForResource') return { json: { TagList: [{ Key: 'Role', Value: 'till' }] } }
        if (action === 'DescribeInstances') return ec2Error('UnauthorizedOperation', 'no', 403)
        return input['Filters'] === undefined
          ? { json: { InstanceInformationList: [{ InstanceId: 'mi-1', PingStatus: 'Online' }] } }
          : jsonError(name, 'not these filters')
      })
      const { instances } = await account.listInstances(never, [['Role', 'till']])
      expect(instances.map(({ id, tags }) => [id, tags])).toEqual([['mi-1', { Role: 'till' }]])
      const asked = standIn.asked.filter(({ action }) => action === 'DescribeInstanceInformation')
      expect(asked.map(({ input }) => input['Filters'])).toEqual([[{ Key: 'tag:Role', Values: ['till'] }], undefined])
    },
  )

  test('reads the whole list of EC2 where EC2 refuses the filters', async () => {
    const [account, standIn] = await opened(({ action, input }) => {
      if (action !== 'DescribeInstances') return { json: { InstanceInformationList: [] } }
      return input['Filter.1.Name'] === undefined ? { xml: ONE_MACHINE } : ec2Error('InvalidParameterValue', 'no')
    })
    const { instances } = await account.listInstances(never, [['Role', 'till']])
    expect(instances.map(({ id }) => id)).toEqual(['i-1'])
    const asked = standIn.asked.filter(({ action }) => action === 'DescribeInstances')
    expect(asked.map(({ input }) => [input['Filter.1.Name'], input['Filter.1.Value.1']])).toEqual([
      ['tag:Role', 'till'],
      [undefined, undefined],
    ])
  })

  test('fails where a filtered list fails for a reason that the filters have no part in', async () => {
    const [account, standIn] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation', 'no', 403) : jsonError('InternalServerError'),
    )
    await expect(account.listInstances(never, [['Role', 'till']])).rejects.toMatchObject({ code: 'service' })
    const asked = standIn.asked.filter(({ action }) => action === 'DescribeInstanceInformation')
    expect(asked.every(({ input }) => input['Filters'] !== undefined)).toBe(true)
  })

  test('shows what a node bears, where its tags are read, and not what the service took it for', async () => {
    const [account] = await opened(({ action, input }) => {
      if (action === 'DescribeInstances') return ec2Error('UnauthorizedOperation', 'no', 403)
      if (action === 'ListTagsForResource') {
        return input['ResourceId'] === 'mi-1'
          ? { json: { TagList: [{ Key: 'Role', Value: 'TILL' }] } }
          : jsonError('AccessDeniedException', 'no')
      }
      const nodes = ['mi-1', 'mi-2'].map((id) => ({ InstanceId: id, PingStatus: 'Online' }))
      return { json: { InstanceInformationList: nodes } }
    })
    const { instances, notices } = await account.listInstances(never, [['Role', 'till']])
    expect(instances.map(({ id, tags }) => [id, tags['Role']])).toContainEqual(['mi-2', 'till'])
    expect(instances.map(({ tags }) => tags['Role'])).not.toContain(undefined)
    expect(notices).toContainEqual(expect.stringContaining('shown with the tags that were asked for alone'))
  })
})

describe('the filters that are sent', () => {
  test('are five at most, one for each key', () => {
    expect(
      sentFilters(
        ['a', 'b', 'a', 'c', 'd', 'e', 'f'].map((key, at) => [key, String(at)]),
        'ssm',
      ),
    ).toEqual([
      ['a', '0'],
      ['b', '1'],
      ['c', '3'],
      ['d', '4'],
      ['e', '5'],
    ])
  })

  test.each([
    ['Role', ''],
    ['Role', 'a*'],
    ['Role', 'a?'],
    ['Role', 'a\\b'],
    ['Role', 'a,b'],
    ['Ro*e', 'a'],
    ['aws:autoscaling:groupName', 'web'],
    ['Role', 'x'.repeat(256)],
    ['x'.repeat(129), 'a'],
  ])('do not hold %s=%s', (key, value) => {
    expect(sentFilters([[key, value]], 'ssm')).toEqual([])
  })

  test('of EC2 hold tags that AWS sets', () => {
    expect(sentFilters([['aws:autoscaling:groupName', 'web']], 'ec2')).toEqual([['aws:autoscaling:groupName', 'web']])
  })

  test('hold what tags have: blanks, slashes, equals signs and other letters', () => {
    const tags = [['cost center', 'a/b = c@d:e+f'] as const, ['Größe', 'é'] as const]
    expect(sentFilters(tags, 'ssm')).toEqual(tags)
  })
})
