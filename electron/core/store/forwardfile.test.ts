import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Forward } from '../../../shared/model/forward'
import { openForwardFile } from './forwardfile'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-files-'))
})
afterEach(() => rm(folder, { recursive: true }))

const forward: Forward = {
  id: 'a',
  name: 'db',
  environment: { kind: 'aws', profile: 'prod', region: 'eu-central-1' },
  target: { kind: 'name', name: 'bastion' },
  remotePort: 5_432,
  remoteHost: 'db.internal',
  localPort: 15_432,
  startAtLaunch: true,
}
const small: Forward = {
  id: 'b',
  name: 'web',
  environment: { kind: 'demo' },
  target: { kind: 'id', instanceId: 'i-0123456789abcdef0' },
  remotePort: 80,
  startAtLaunch: false,
}

const put = (name: string, data: unknown): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify({ version: 1, data }))

describe('the forwards', () => {
  test('come back as they were written', async () => {
    const file = await openForwardFile(folder)
    expect(file.value).toEqual([])
    await file.write([forward, small])
    expect((await openForwardFile(folder)).value).toEqual([forward, small])
    expect(JSON.parse(await readFile(join(folder, 'forwards.json'), 'utf8'))).toEqual({
      version: 1,
      data: [forward, small],
    })
  })

  test('with a host that requests may not bring any more are all kept', async () => {
    await put('forwards.json', [{ ...forward, remoteHost: '10.0.0.300' }, small])
    const file = await openForwardFile(folder)
    expect([file.keptAside, file.value.map(({ remoteHost }) => remoteHost)]).toEqual([
      undefined,
      ['10.0.0.300', undefined],
    ])
  })

  test('that bear one name or one id are all kept, the later ones under their own, the same at each opening', async () => {
    const long = 'x'.repeat(100)
    const names = ['db', 'db', 'db (2)', ' db ', long, long]
    await put(
      'forwards.json',
      names.map((name, index) => ({ ...forward, name, id: index < 2 ? 'a' : `c${index}` })),
    )
    const file = await openForwardFile(folder)
    expect(file.keptAside).toBeUndefined()
    expect(file.value.map(({ id, name }) => [id, name])).toEqual([
      ['a', 'db'],
      ['a-2', 'db (3)'],
      ['c2', 'db (2)'],
      ['c3', 'db (4)'],
      ['c4', long],
      ['c5', `${'x'.repeat(96)} (2)`],
    ])
    expect((await openForwardFile(folder)).value).toEqual(file.value)
  })

  test.each([
    ['remotePort', 0],
    ['remoteHost', 'a b'],
    ['environment', { kind: 'aws', profile: '' }],
    ['lanes', 4],
  ])('are kept aside whole when one has %s %o', async (key, value) => {
    await put('forwards.json', [small, { ...forward, [key]: value }])
    const file = await openForwardFile(folder)
    expect(file.value).toEqual([])
    expect(await readdir(folder)).toEqual([file.keptAside!.slice(folder.length + 1)])
  })
})
