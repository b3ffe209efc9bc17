import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { examineFiles } from './files'

/** The problems of the config file, then of the credentials file. */
async function problems(config: string | Uint8Array | undefined, credentials?: string) {
  const home = await mkdtemp(join(tmpdir(), 'culvert-files-'))
  onTestFinished(() => rm(home, { recursive: true }))
  await mkdir(join(home, '.aws'))
  if (config !== undefined) await writeFile(join(home, '.aws', 'config'), config)
  if (credentials !== undefined) await writeFile(join(home, '.aws', 'credentials'), credentials)
  return (await examineFiles({ HOME: home })).map(({ state, problems: found }) => [state, found])
}

test('missing files are no problem, and a good one is none', async () => {
  expect(await problems(undefined)).toEqual([
    ['missing', []],
    ['missing', []],
  ])
  expect(await problems('[default]\nregion = eu-west-1\n')).toEqual([
    ['read', []],
    ['missing', []],
  ])
})

test('every broken line is found, ten at most', async () => {
  const [config] = await problems('[profile a\nx\n[default]\nregion = eu-west-1\n= y\n')
  expect(config).toEqual([
    'read',
    [
      { line: 1, why: 'the section has no closing ]' },
      { line: 2, why: 'it stands before the first [section]' },
      { line: 5, why: 'it is not "name = value"' },
    ],
  ])
  expect((await problems('[a]\n' + 'x\n'.repeat(50)))[0]![1]).toHaveLength(10)
})

test('a name that leads to no section is found with its line, also across the two files', async () => {
  const config =
    '[profile a]\nsource_profile = base ; the keys\n[profile b]\nsource_profile = gone\nsso_session = corp\n' +
    '[profile c]\nservices = local\n[services local]\nssm =\n  endpoint_url = http://127.0.0.1:1\n'
  expect(await problems(config, '[base]\naws_access_key_id = A\n')).toEqual([
    [
      'read',
      [
        { line: 4, why: 'source_profile names a section that does not exist' },
        { line: 5, why: 'sso_session names a section that does not exist' },
      ],
    ],
    ['read', []],
  ])
})

test('the names of profiles, logins and services are told, to be masked', async () => {
  const home = await mkdtemp(join(tmpdir(), 'culvert-files-'))
  onTestFinished(() => rm(home, { recursive: true }))
  await mkdir(join(home, '.aws'))
  await writeFile(join(home, '.aws', 'config'), '[default]\na = 1\n[profile b]\na = 1\n[sso-session c]\na = 1\n')
  const [config] = await examineFiles({ HOME: home })
  expect(config!.names).toEqual(['default', 'b', 'c'])
})

test('a file of another kind is told as a whole', async () => {
  const [config] = await problems(Buffer.from('\ufeff[default]', 'utf16le'))
  expect(config).toEqual(['read', [{ why: expect.stringContaining('UTF-16') }]])
})
