import { expect, test } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { Instance } from '../../../shared/model/instance'
import type { SavedTarget } from '../../../shared/model/savedtarget'
import { lastHostsInMemory } from '../store/lasthosts'
import { Finder, type FinderOptions, type HostWish } from './finding'
import type { Directory } from './targets'

const ids = Array.from({ length: 9 }, (_, index) => `i-0000000${index}`)
const [ONE = '', TWO = '', THREE = '', FOUR = ''] = ids
const { signal } = new AbortController()

function instance(id: string, name: string, more: Partial<Instance> = {}): Instance {
  return { id, kind: 'ec2', name, tags: {}, platform: 'linux', state: 'running', agent: { kind: 'online' }, ...more }
}

const web: SavedTarget = {
  id: 'saved',
  name: 'web',
  environment: { kind: 'aws', profile: 'prod', region: 'eu-west-1' },
  set: { hosts: 'Name=web-*', choice: 'newest' },
}

/** A finder in prod, eu-west-1, which notes each listing as the tags that it asks for. */
function finder(instances: readonly Instance[], more: Partial<FinderOptions> & Partial<Directory> = {}) {
  const asked: unknown[] = []
  const directory: Directory = {
    region: 'eu-west-1',
    listInstances: (_signal, tags) => {
      asked.push(tags)
      return Promise.resolve({ instances, notices: [] })
    },
    describeTarget: (id) => Promise.resolve(instances.find((each) => each.id === id)),
    ...more,
  }
  const made = new Finder({
    directory,
    ecs: { containersOf: () => Promise.resolve([]) },
    name: 'prod',
    isDemo: false,
    savedTargets: () => Promise.resolve([web]),
    lastHosts: lastHostsInMemory(),
    random: () => 0,
    ...more,
  })
  return { asked, find: (text: string, wish: HostWish = {}) => made.find(text, wish, signal), made }
}

const fleet = [
  instance(ONE, 'web-1', { launchedAt: 1, tags: { Role: 'web' } }),
  instance(TWO, 'web-2', { launchedAt: 2, state: 'stopped' }),
  instance(THREE, 'web-3', { launchedAt: 3, tags: { Role: 'web' } }),
  instance(FOUR, 'db', { tags: { Role: 'db', 'aws:autoscaling:groupName': 'dbs' } }),
]

test('each form of a set leads to a good host of it, and its hosts are counted', async () => {
  const { find } = finder(fleet)
  expect(await find('Name=web-*')).toMatchObject({
    instance: { id: ONE },
    set: { hosts: 'Name=web-*', choice: 'random' },
    hosts: { good: 2, all: 3 },
  })
  expect(await find('Name=web-*', { choice: 'newest' })).toMatchObject({ instance: { id: THREE } })
  expect(await find('tag:Role=db')).toMatchObject({ instance: { id: FOUR } })
  expect(await find('asg:dbs')).toMatchObject({ instance: { id: FOUR } })
  expect(await find(`${TWO},${THREE}`)).toMatchObject({ instance: { id: THREE }, hosts: { good: 1, all: 2 } })
})

test('the services are asked by the tags of a set, and for an instance of that Name beside them', async () => {
  const { find, asked } = finder(fleet)
  await find('tag:Role=web')
  expect(asked.splice(0)).toEqual([[['Role', 'web']], [['Name', 'tag:Role=web']]])
  await find('asg:dbs')
  expect(asked.splice(0)).toEqual([[['aws:autoscaling:groupName', 'dbs']], [['Name', 'asg:dbs']]])
  await find('tag:Role=web,Name=*').catch(() => undefined)
  expect(asked.splice(0)).toEqual([[['Role', 'web']]])
  await find('Name=web-*')
  expect(asked).toEqual([undefined])
})

test('a Name that is there wins over a pattern and over a saved target', async () => {
  const odd = [...fleet, instance('i-00000007', 'Name=web-*'), instance('i-00000008', 'web')]
  expect(await finder(odd).find('Name=web-*')).toEqual({ instance: odd[4] })
  expect(await finder(odd).find('web')).toEqual({ instance: odd[5] })
  expect(await finder(odd).find('target:web')).toMatchObject({ instance: { id: THREE }, saved: web })
})

test('a saved target is found by its name, and chosen from as it says or as a person says', async () => {
  const { find, made } = finder(fleet)
  expect(await find('web')).toMatchObject({ instance: { id: THREE }, saved: web, set: { choice: 'newest' } })
  expect(await find('web', { choice: 'random' })).toMatchObject({ instance: { id: ONE } })
  const byId = await made.findIn({ kind: 'saved', targetId: 'saved' }, {}, signal)
  expect(byId).toMatchObject({ instance: { id: THREE }, saved: web })
  const gone = made.findIn({ kind: 'saved', targetId: 'gone' }, {}, signal)
  await expect(gone).rejects.toMatchObject({ code: 'unknown-target' })
  await expect(find('target:gone')).rejects.toMatchObject({
    code: 'unknown-target',
    message: 'No saved target is named "gone". There are: "web".',
  })
  await expect(find('gone')).rejects.toMatchObject({ code: 'unknown-instance' })
})

test('a saved target of another environment is not used, and says where it is', async () => {
  await expect(finder(fleet, { name: 'test' }).find('web')).rejects.toThrow(
    'The saved target "web" is of another environment: use it with --profile prod --region eu-west-1.',
  )
  await expect(finder(fleet, { isDemo: true }).find('web')).rejects.toMatchObject({ code: 'usage' })
})

test('a host that is named must be of the set, and may be in any state', async () => {
  const { find } = finder(fleet)
  expect(await find('Name=web-*', { hostId: TWO })).toMatchObject({ instance: { id: TWO } })
  await expect(find('Name=web-*', { hostId: FOUR })).rejects.toThrow(`${FOUR} is not a host of Name=web-*.`)
  await expect(find(ONE, { hostId: TWO })).rejects.toThrow(`${ONE} is one instance and no set of hosts`)
  expect(await find(ONE, { hostId: ONE })).toMatchObject({ instance: { id: ONE } })
})

test('several instances of one Name are chosen from only where a person says how', async () => {
  const { find } = finder([instance(ONE, 'a*b'), instance(TWO, 'a*b', { launchedAt: 1 })])
  await expect(find('a*b')).rejects.toThrow(String.raw`Use the id, or "Name=a\*b" for any of these.`)
  expect(await find('a*b', { choice: 'newest' })).toMatchObject({ instance: { id: TWO }, hosts: { good: 2, all: 2 } })
  expect(await find('a*b', { hostId: ONE })).toMatchObject({ instance: { id: ONE } })
})

test('a sticky choice is kept for the next time; the others are not', async () => {
  const lastHosts = lastHostsInMemory()
  const later = { lastHosts, random: () => 0.9 }
  expect(await finder(fleet, later).find('Name=web-*')).toMatchObject({ instance: { id: THREE } })
  expect(await finder(fleet, { lastHosts }).find('Name=web-*', { choice: 'sticky' })).toMatchObject({
    instance: { id: ONE },
  })
  expect(await finder(fleet, later).find('Name=web-*', { choice: 'sticky' })).toMatchObject({ instance: { id: ONE } })
  // One that is named does not change what is sticky.
  await finder(fleet, later).find('Name=web-*', { choice: 'sticky', hostId: THREE })
  const { find } = finder(fleet, later)
  expect(await find('Name=web-*', { choice: 'sticky' })).toMatchObject({ instance: { id: ONE } })
})

test('ids that may not be listed are taken as they are', async () => {
  const listInstances = (): Promise<never> => Promise.reject(new AppError('access-denied', 'No.'))
  const { find } = finder([], { listInstances })
  expect(await find(`${ONE},${TWO}`)).toMatchObject({ instance: { id: ONE } })
  await expect(find('tag:Role=db')).rejects.toMatchObject({ code: 'access-denied' })
})

test('saved targets that cannot be read hide no instance', async () => {
  const broken = { savedTargets: () => Promise.reject(new AppError('data-directory', 'Broken.')) }
  expect(await finder(fleet, broken).find('db')).toMatchObject({ instance: { id: FOUR } })
  await expect(finder(fleet, broken).find('api')).rejects.toMatchObject({ code: 'unknown-instance' })
  await expect(finder(fleet, broken).find('target:api')).rejects.toMatchObject({ code: 'data-directory' })
})
