import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastHostsIn } from './lasthosts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-hosts-'))
})
afterEach(() => rm(folder, { recursive: true }))

const web = { environment: 'prod eu-west-1', hosts: 'Name=web-*' }

test('the last host of each set and environment is known to another process', async () => {
  const hosts = lastHostsIn(folder)
  expect(await hosts.get(web)).toBeUndefined()
  await Promise.all([
    hosts.keep(web, 'i-1'),
    hosts.keep({ ...web, environment: 'test eu-west-1' }, 'i-2'),
    hosts.keep({ ...web, hosts: 'asg:web' }, 'i-3'),
  ])
  await hosts.keep(web, 'i-4')
  const others = lastHostsIn(folder)
  expect(await others.get(web)).toBe('i-4')
  expect(await others.get({ ...web, environment: 'test eu-west-1' })).toBe('i-2')
  expect(await others.get({ ...web, hosts: 'asg:web' })).toBe('i-3')
})

test('only the newest 200 sets are kept', async () => {
  const data = Array.from({ length: 200 }, (_, index) => ({ ...web, hosts: `Name=${199 - index}`, hostId: 'i-1' }))
  await writeFile(join(folder, 'lasthosts.json'), JSON.stringify({ version: 1, data }))
  const hosts = lastHostsIn(folder)
  await hosts.keep({ ...web, hosts: 'Name=200' }, 'i-1')
  expect(JSON.parse(await readFile(join(folder, 'lasthosts.json'), 'utf8'))).toMatchObject({ data: { length: 200 } })
  expect(await hosts.get({ ...web, hosts: 'Name=0' })).toBeUndefined()
  expect(await hosts.get({ ...web, hosts: 'Name=200' })).toBe('i-1')
})

test('a file that cannot be read or written is as good as none', async () => {
  await mkdir(join(folder, 'lasthosts.json'))
  const hosts = lastHostsIn(folder)
  await hosts.keep(web, 'i-1')
  expect(await hosts.get(web)).toBeUndefined()
})
