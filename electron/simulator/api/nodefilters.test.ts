// The filters of DescribeInstanceInformation by the client of the SDK.

import { DescribeInstanceInformationCommand, type InstanceInformationStringFilter } from '@aws-sdk/client-ssm'
import { expect, test } from 'vitest'
import { rejected, ssm, stageClients } from './api.kit'

stageClients()

const by = (Filters: InstanceInformationStringFilter[]) => ssm.send(new DescribeInstanceInformationCommand({ Filters }))

test('tags name EC2 instances and hybrid nodes, and have to be there all', async () => {
  const { InstanceInformationList: found } = await by([
    { Key: 'tag:Env', Values: ['production'] },
    { Key: 'tag:Role', Values: ['gateway', 'bastion'] },
  ])
  expect(found?.map(({ ComputerName }) => ComputerName)).toEqual([
    'orders-db-bastion.internal',
    'warehouse-gateway.internal',
  ])
})

test.each(['prod*', 'Production', 'productio?'])('a value is no pattern and keeps its case: %s', async (value) => {
  expect((await by([{ Key: 'tag:Env', Values: [value] }])).InstanceInformationList).toEqual([])
})

const five = ['a', 'b', 'c', 'd', 'e'].map((key) => ({ Key: `tag:${key}`, Values: ['x'] }))

test('five filters are taken', async () => {
  expect((await by(five)).InstanceInformationList).toEqual([])
})

test.each([
  ['InvalidFilterKey', [{ Key: 'tag:', Values: ['x'] }]],
  ['InvalidFilterKey', [{ Key: 'Tag Key', Values: ['x'] }]],
  ['InvalidFilterKey', [{ Key: 'tag-keys', Values: ['x'] }]],
  ['ValidationException', [...five, { Key: 'tag:f', Values: ['x'] }]],
  ['ValidationException', [{ Key: 'tag:Env', Values: [''] }]],
  ['ValidationException', [{ Key: 'tag:Env', Values: [] }]],
  ['ValidationException', [{ Key: 'tag:Env', Values: Array.from({ length: 101 }, () => 'x') }]],
  [
    'ValidationException',
    [
      { Key: 'tag:Env', Values: ['production'] },
      { Key: 'PingStatus', Values: ['Online'] },
    ],
  ],
])('%s refuses %j', async (name, filters) => {
  expect(await rejected(by(filters))).toMatchObject({ name, status: 400 })
})
