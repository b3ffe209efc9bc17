// The instances of an account against a stand-in of AWS: pages, notices, bounds, and one target.

import { describe, expect, test } from 'vitest'
import { ec2Error, jsonError } from '../../e2e/kit/aws/awsstandin'
import { never, opened, stageAccounts } from './account.kit'

stageAccounts()

const ec2Page = (ids: string[], next?: string) => ({
  xml:
    '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>' +
    ids
      .map(
        (id) =>
          `<item><instanceId>${id}</instanceId><instanceState><code>16</code><name>running</name></instanceState>` +
          `<tagSet><item><key>Name</key><value>n-${id}</value></item></tagSet></item>`,
      )
      .join('') +
    `</instancesSet></item></reservationSet>${next === undefined ? '' : `<nextToken>${next}</nextToken>`}</DescribeInstancesResponse>`,
})

const ssmPage = (ids: string[], next?: string) => ({
  json: {
    InstanceInformationList: ids.map((id) => ({
      InstanceId: id,
      PingStatus: 'Online',
      PlatformType: 'Linux',
      AgentVersion: '3.3.0.0',
    })),
    ...(next === undefined ? {} : { NextToken: next }),
  },
})

describe('the list of instances', () => {
  test('holds every page of both services', async () => {
    const [account, standIn] = await opened(({ action, input }) => {
      const token = input['NextToken']
      if (action === 'DescribeInstances') {
        return token === undefined
          ? ec2Page(['i-1', 'i-2'], 'e2')
          : token === 'e2'
            ? ec2Page([], 'e3')
            : ec2Page(['i-3'])
      }
      return token === undefined ? ssmPage(['i-1'], 's2') : ssmPage(['i-3', 'mi-1'])
    })
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id, name, agent }) => [id, name, agent.kind])).toEqual([
      ['mi-1', '', 'online'],
      ['i-1', 'n-i-1', 'online'],
      ['i-2', 'n-i-2', 'unmanaged'],
      ['i-3', 'n-i-3', 'online'],
    ])
    expect(notices).toEqual([])
    expect(standIn.asked.filter(({ action }) => action === 'DescribeInstances')).toHaveLength(3)
    expect(standIn.asked.filter(({ action }) => action === 'DescribeInstanceInformation')).toHaveLength(2)
  })

  test('is what Systems Manager knows, with a notice, when EC2 is denied', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation', 'no', 403) : ssmPage(['i-1']),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id }) => id)).toEqual(['i-1'])
    expect(notices).toEqual([expect.stringContaining('ec2:DescribeInstances')])
  })

  test('is what EC2 knows, with a notice, when Systems Manager is denied', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1']) : jsonError('AccessDeniedException', 'no'),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id, agent }) => [id, agent.kind])).toEqual([['i-1', 'unmanaged']])
    expect(notices).toEqual([expect.stringContaining('ssm:DescribeInstanceInformation')])
  })

  test('is access-denied when both are', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances'
        ? ec2Error('UnauthorizedOperation', 'no', 403)
        : jsonError('AccessDeniedException'),
    )
    await expect(account.listInstances(never)).rejects.toMatchObject({ code: 'access-denied' })
  })

  test('fails when a page fails for another reason, rather than being short', async () => {
    const [account] = await opened(({ action, input }) => {
      if (action === 'DescribeInstances') return ec2Page(['i-1'])
      return input['NextToken'] === undefined ? ssmPage(['i-1'], 's2') : jsonError('InvalidNextToken', 'bad')
    })
    await expect(account.listInstances(never)).rejects.toMatchObject({ code: 'service' })
  })

  test('ends where a service repeats a page, and says so', async () => {
    const [account, standIn] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1'], 'again') : ssmPage(['i-1', 'mi-1'], 'again'),
    )
    const { instances, notices } = await account.listInstances(never)
    expect(instances.map(({ id }) => id)).toEqual(['mi-1', 'i-1'])
    expect(notices).toEqual([
      'EC2 repeated a page of its list, so instances may be missing: list them again.',
      'Systems Manager repeated a page of its list, so instances may be missing: list them again.',
    ])
    expect(standIn.asked.filter(({ action }) => action.startsWith('Describe'))).toHaveLength(4)
  })

  test('has 50,000 instances of a service at most, and says so', async () => {
    const ids = Array.from({ length: 160_000 }, (_, index) => `mi-${index}`)
    const [account] = await opened(({ action }) => {
      if (action === 'ListTagsForResource') return { json: { TagList: [] } }
      return action === 'DescribeInstances' ? ec2Page([]) : ssmPage(ids)
    })
    const { instances, notices } = await account.listInstances(never)
    expect(instances).toHaveLength(50_000)
    expect(notices.slice(0, 1)).toEqual([
      'Only the first 50,000 instances that Systems Manager lists are shown. The others can be reached by their id, or from another region or profile.',
    ])
  })

  test('keeps of each text what AWS allows, and of an instance 80 tags', async () => {
    const long = 'x'.repeat(100_000)
    const tags = Array.from(
      { length: 1_000 },
      (_, index) => `<item><key>${index}${long.slice(0, 200)}</key><value>${long}</value></item>`,
    )
    const xml =
      '<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet>' +
      `<item><instanceId>i-1</instanceId><instanceState><name>${long}</name></instanceState><privateIpAddress>${long}</privateIpAddress>` +
      `<iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/${long}</arn></iamInstanceProfile>` +
      `<tagSet><item><key>Name</key><value>${long}</value></item>${tags.slice(0, 100).join('')}</tagSet></item>` +
      `<item><instanceId>${long}</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`
    const node = {
      InstanceId: 'mi-1',
      Name: long,
      ComputerName: long,
      IPAddress: long,
      AgentVersion: long,
      PingStatus: long,
      PlatformType: long,
    }
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? { xml } : { json: { InstanceInformationList: [node, { InstanceId: long }] } },
    )
    const { instances } = await account.listInstances(never)
    expect(instances.map(({ id, name }) => [id, name.length])).toEqual([
      ['i-1', 256],
      ['mi-1', 256],
    ])
    const [machine, hybrid] = instances
    expect(Object.keys(machine!.tags)).toHaveLength(80)
    expect(machine!.instanceProfile).toHaveLength(128)
    expect(JSON.stringify(machine).length).toBeLessThan(80 * (128 + 256 + 8) + 1_000)
    expect(JSON.stringify(hybrid).length).toBeLessThan(1_000)
    const one = await account.describeTarget('mi-1', never)
    expect(one).toEqual(hybrid)
  })

  test('that AWS throttles for long is throttled, so that it can be tried again, whichever of the two it throttles', async () => {
    for (const throttled of ['DescribeInstances', 'DescribeInstanceInformation']) {
      const [account] = await opened(({ action }) => {
        if (action !== throttled) return action === 'DescribeInstances' ? ec2Page([]) : ssmPage([])
        return action === 'DescribeInstances'
          ? ec2Error('RequestLimitExceeded', 'Request limit exceeded.', 503)
          : jsonError('ThrottlingException', 'Rate exceeded')
      })
      await expect(account.listInstances(never)).rejects.toMatchObject({
        code: 'throttled',
        message: expect.stringContaining('slow down'),
      })
    }
  })

  test('gets over a throttled page by itself', async () => {
    let isThrottled = true
    const [account] = await opened(({ action }) => {
      if (action === 'DescribeInstances') return ec2Page([])
      if (!isThrottled) return ssmPage(['mi-1'])
      isThrottled = false
      return jsonError('ThrottlingException', 'Rate exceeded')
    })
    expect((await account.listInstances(never)).instances).toHaveLength(1)
  })
})

describe('one target', () => {
  test('is described by one call to each service', async () => {
    const [account, standIn] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Page(['i-1']) : ssmPage(['i-1']),
    )
    expect(await account.describeTarget('i-1', never)).toMatchObject({
      id: 'i-1',
      name: 'n-i-1',
      agent: { kind: 'online' },
    })
    const asked = Object.fromEntries(standIn.asked.map(({ action, input }) => [action, input]))
    expect(standIn.asked).toHaveLength(2)
    expect(asked['DescribeInstances']).toMatchObject({ 'InstanceId.1': 'i-1' })
    expect(asked['DescribeInstanceInformation']).toEqual({ Filters: [{ Key: 'InstanceIds', Values: ['i-1'] }] })
  })

  test('that neither knows is undefined, though EC2 says so with an error', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('InvalidInstanceID.NotFound', 'gone') : ssmPage([]),
    )
    expect(await account.describeTarget('i-1', never)).toBeUndefined()
  })

  test('that is hybrid is not asked of EC2', async () => {
    const [account, standIn] = await opened(() => ssmPage(['mi-1']))
    expect(await account.describeTarget('mi-1', never)).toMatchObject({ id: 'mi-1', kind: 'hybrid' })
    expect(standIn.asked.map(({ action }) => action)).toEqual(['DescribeInstanceInformation'])
  })

  test('is known by one service where the other is denied, and access-denied where both are', async () => {
    const [account] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation') : ssmPage(['i-1']),
    )
    expect(await account.describeTarget('i-1', never)).toMatchObject({ id: 'i-1' })
    const [denied] = await opened(({ action }) =>
      action === 'DescribeInstances' ? ec2Error('UnauthorizedOperation') : jsonError('AccessDeniedException'),
    )
    await expect(denied.describeTarget('i-1', never)).rejects.toMatchObject({ code: 'access-denied' })
  })
})
