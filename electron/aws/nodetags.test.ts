import { describe, expect, test } from 'vitest'
import { deferred } from '../../shared/deferred'
import { AppError } from '../../shared/errors'
import type { Instance } from '../../shared/model/instance'
import { withNodeTags } from './nodetags'

const { signal } = new AbortController()

const instance = (id: string): Instance => ({
  id,
  kind: id.startsWith('mi-') ? 'hybrid' : 'ec2',
  name: `computer of ${id}`,
  tags: {},
  platform: 'linux',
  state: 'running',
  agent: { kind: 'online' },
})
const nodes = (count: number): Instance[] => Array.from({ length: count }, (_, index) => instance(`mi-${index}`))

describe('tags of hybrid nodes', () => {
  test('are read for those alone, and their Name wins over the computer name', async () => {
    const asked: string[] = []
    const listTags = (id: string) => {
      asked.push(id)
      return Promise.resolve([{ Key: 'Name', Value: 'till' }, { Key: 'Env' }])
    }
    const { instances, notices } = await withNodeTags([instance('i-1'), instance('mi-1')], { listTags, signal })
    expect(asked).toEqual(['mi-1'])
    expect(notices).toEqual([])
    expect(instances.map(({ name, tags }) => [name, tags])).toEqual([
      ['computer of i-1', {}],
      ['till', { Name: 'till', Env: '' }],
    ])
  })

  test('are asked for with five calls at a time, each node once', async () => {
    const asked: string[] = []
    let running = 0
    let most = 0
    const listTags = async (id: string) => {
      asked.push(id)
      most = Math.max(most, (running += 1))
      await Promise.resolve()
      running -= 1
      return []
    }
    await withNodeTags(nodes(40), { listTags, signal })
    expect([most, asked.length, new Set(asked).size]).toEqual([5, 40, 40])
  })

  test('are read of 500 nodes at most, and a notice says so', async () => {
    let count = 0
    const listTags = () => Promise.resolve([{ Key: 'n', Value: String((count += 1)) }])
    const { notices } = await withNodeTags(nodes(700), { listTags, signal })
    expect(count).toBe(500)
    expect(notices).toEqual([
      'The tags of 200 hybrid nodes are unknown, because Culvert reads those of 500 nodes at most.',
    ])
  })

  test('that are not read of nodes that Systems Manager has filtered are the tags of the filter', async () => {
    const options = { listTags: () => Promise.resolve([{ Key: 'Env', Value: 'b' }]), signal }
    const { instances, notices } = await withNodeTags(nodes(501), { ...options, filters: [['Env', 'a']] })
    expect(instances.map(({ tags }) => tags['Env'])).toEqual([...Array.from({ length: 500 }, () => 'b'), 'a'])
    expect(notices).toEqual([
      'The other tags of 1 hybrid node are unknown, because Culvert reads those of 500 nodes at most.',
    ])
  })

  test('that may not be read end the calls and name the action and the ARN pattern', async () => {
    let count = 0
    const listTags = () => {
      count += 1
      return Promise.reject(new AppError('access-denied', 'no'))
    }
    const { instances, notices } = await withNodeTags(nodes(40), { listTags, signal })
    expect(instances).toHaveLength(40)
    expect(count).toBe(5)
    expect(notices).toEqual([
      expect.stringContaining('ssm:ListTagsForResource on arn:aws:ssm:*:*:managed-instance/* is denied'),
    ])
  })

  test('that are throttled or late leave the others as they are read', async () => {
    const { promise: open } = deferred<never>()
    const listTags = (id: string) => (id === 'mi-1' ? open : Promise.resolve([{ Key: 'Env', Value: 'a' }]))
    const { instances, notices } = await withNodeTags(nodes(3), { listTags, signal, readMs: 20 })
    expect(instances.map(({ tags }) => tags)).toEqual([{ Env: 'a' }, {}, { Env: 'a' }])
    expect(notices).toEqual([expect.stringMatching(/^The tags of 1 hybrid node are unknown \(AWS took too long/)])
    const throttled = new AppError('throttled', 'AWS asked us to slow down.')
    const told = await withNodeTags(nodes(3), { listTags: () => Promise.reject(throttled), signal })
    expect(told.notices).toEqual([
      'The tags of 3 hybrid nodes are unknown (AWS asked us to slow down.) List the instances again to read them.',
    ])
  })

  test('of a node that is gone meanwhile are none', async () => {
    const gone = Object.assign(new Error('gone'), { name: 'InvalidResourceId' })
    const listTags = () => Promise.reject(new AppError('service', 'x', { cause: gone }))
    expect((await withNodeTags(nodes(1), { listTags, signal })).notices).toEqual([])
  })

  test('reject with an ended login, and with the reason of the signal', async () => {
    const ended = new AppError('credentials-expired', 'ended')
    await expect(withNodeTags(nodes(1), { listTags: () => Promise.reject(ended), signal })).rejects.toBe(ended)
    const closing = new AbortController()
    const reason = new Error('closed')
    const listTags = () => deferred<never>().promise
    const reading = withNodeTags(nodes(1), { listTags, signal: closing.signal })
    closing.abort(reason)
    await expect(reading).rejects.toBe(reason)
  })
})
