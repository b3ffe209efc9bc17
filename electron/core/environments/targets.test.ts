import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import { lastHostsInMemory } from '../store/lasthosts'
import { Finder } from './finding'
import type { Directory } from './targets'

const ID = 'i-0123456789abcdef0'
const HYBRID = 'mi-0123456789abcdef0'

function instance(id: string, name: string, more: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...more }
}

/** A region with these instances; what is asked of it is counted. */
function region(instances: readonly Instance[], more: Partial<Directory> = {}): Directory & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    region: 'eu-west-1',
    listInstances: () => {
      asked.push('list')
      return Promise.resolve({ instances, notices: [] })
    },
    describeTarget: (id) => {
      asked.push(id)
      return Promise.resolve(instances.find((each) => each.id === id))
    },
    ...more,
  }
}

const { signal } = new AbortController()
async function resolve(text: string, directory: Directory): Promise<Instance> {
  const finder = new Finder({
    directory,
    ecs: { containersOf: denied },
    name: 'prod',
    isDemo: false,
    savedTargets: () => Promise.resolve([]),
    lastHosts: lastHostsInMemory(),
    random: () => 0,
  })
  return (await finder.find(text, {}, signal)).instance
}
const denied = (): Promise<never> => Promise.reject(new AppError('access-denied', 'No.'))

test('an id is looked up alone, without a list; a Name is looked for in the list', async () => {
  const one = region([instance(ID, 'web'), instance(HYBRID, 'db')])
  expect((await resolve(ID, one)).name).toBe('web')
  expect((await resolve(HYBRID, one)).name).toBe('db')
  expect(one.asked).toEqual([ID, HYBRID])
  expect((await resolve('db', one)).id).toBe(HYBRID)
  expect(one.asked).toEqual([ID, HYBRID, 'list'])
})

test('an id that is not there names the region; a text that only looks like an id is a Name', async () => {
  await expect(resolve(ID, region([]))).rejects.toMatchObject({ code: 'wrong-region' })
  await expect(resolve('i-12', region([]))).rejects.toMatchObject({ code: 'unknown-instance' })
})

test('where describing is denied the id is tried as it is; any other failure is an error', async () => {
  expect(await resolve(ID, region([], { describeTarget: denied }))).toMatchObject({ id: ID, kind: 'ec2', name: '' })
  expect(await resolve(HYBRID, region([], { describeTarget: denied }))).toMatchObject({ kind: 'hybrid' })
  const throttled = (): Promise<never> => Promise.reject(new AppError('throttled', 'Slow down.'))
  await expect(resolve(ID, region([], { describeTarget: throttled }))).rejects.toMatchObject({ code: 'throttled' })
})

test('a container as Systems Manager writes it is taken as it is where describing its task is denied', async () => {
  const one = region([])
  const place = `ecs:shop_${'a'.repeat(32)}_${'a'.repeat(32)}-1`
  expect(await resolve(place, one)).toMatchObject({ id: place, kind: 'ecs' })
  expect(one.asked).toEqual([])
})

test('a Name that is not there tells what the list is missing', async () => {
  const listInstances = (): ReturnType<Directory['listInstances']> =>
    Promise.resolve({ instances: [], notices: ['EC2 could not be asked.'] })
  await expect(resolve('web', region([], { listInstances }))).rejects.toMatchObject({
    code: 'unknown-instance',
    message: expect.stringContaining('The list is not whole: EC2 could not be asked.'),
  })
})

test('a Name that several bear is no guess: ten of them are named, and how many more there are', async () => {
  const many = Array.from({ length: 12 }, (_, index) =>
    instance(`i-${String(index).padStart(17, '0')}`, 'web', { privateIp: `10.0.0.${index}` }),
  )
  const error = await resolve('web', region(many)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ambiguous-name' })
  const { message } = error as AppError
  expect(message).toContain('12 instances are named "web"')
  expect(message).toContain(
    'i-00000000000000009 (running, agent online, 10.0.0.9), and 2 more. Use the id, or "Name=web" for any of these.',
  )
  expect(message).not.toContain('i-00000000000000010')
})
