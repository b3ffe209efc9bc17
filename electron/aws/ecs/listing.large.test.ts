// Lists an account with more containers than the limit, and an account that throttles. The test uses no sockets, which would be slow.

import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import { never } from '../account.kit'
import { Definitions } from './definitions'
import { arnOf, serviceOf } from './ecs.kit'
import { listContainers } from './listing'
import { Pace } from './pace'
import type { SendEcs } from './parts'

type Input = Readonly<Record<string, unknown>>

/** Makes a listing whose calls `answer` answers, and whose pauses take no time. */
function listing(answer: (action: string, input: Input) => unknown) {
  const asked: string[] = []
  const send: SendEcs = ({ action }, abortSignal, call) => {
    asked.push(action)
    const client = { send: ({ input }: { readonly input: Input }) => Promise.resolve(answer(action, input)) }
    return call(client as never, { abortSignal })
  }
  const parts = { region: 'eu-central-1', send }
  const pace = new Pace({ now: () => 0, wait: () => Promise.resolve() })
  return { asked, list: () => listContainers(parts, { definitions: new Definitions(parts), pace }, never) }
}

test('the bound of services is that of all clusters together, and no more are described', async () => {
  const { asked, list } = listing((action, input) => {
    const cluster = String(input['cluster'])
    const page = Number(input['nextToken'] ?? 0)
    switch (action) {
      case 'ecs:ListClusters':
        return { clusterArns: ['a', 'b', 'c'].map((name) => arnOf(`cluster/${name}`)) }
      case 'ecs:ListServices':
        return {
          serviceArns: Array.from({ length: 100 }, (_, index) => arnOf(`service/${cluster}/s${page * 100 + index}`)),
          ...(page < 14 ? { nextToken: String(page + 1) } : {}),
        }
      case 'ecs:DescribeServices': {
        const services = input['services']
        return {
          services: Array.isArray(services) ? services.map((arn) => serviceOf(String(arn).split('/').at(-1)!)) : [],
        }
      }
      default:
        return { taskArns: [] }
    }
  })
  const { services, notices } = await list()
  expect(services).toHaveLength(2_000)
  expect(notices).toEqual([expect.stringContaining('Only the first 2,000 services are shown')])
  expect(asked.filter((action) => action === 'ecs:DescribeServices')).toHaveLength(200)
})

test('a throttled call is made again, and fails the list if it stays throttled', async () => {
  let refusals = 0
  const throttled = new AppError('throttled', 'Slow down.')
  const { asked, list } = listing((action) => {
    if (action !== 'ecs:ListClusters') return {}
    refusals += 1
    if (refusals !== 4) throw throttled
    return { clusterArns: [] }
  })
  expect((await list()).services).toEqual([])
  expect(asked).toHaveLength(4)
  await expect(list()).rejects.toBe(throttled)
})
