import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasAwsSetup, listProfiles, profileFiles, readProfile } from './profiles'

let folder: string
let env: NodeJS.ProcessEnv

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-profiles-'))
  env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }
})

afterEach(() => rm(folder, { recursive: true }))

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)

describe('the list of profiles', () => {
  test('has those of both files, default first, and neither sso-session nor services sections', async () => {
    await write(
      'config',
      '[default]\nregion = eu-central-1\n[profile prod]\nregion=us-east-1\n[sso-session corp]\nsso_region=eu-west-1\n' +
        '[services local]\nssm =\n  endpoint_url = http://127.0.0.1:1\n[profile a.b]\nregion=x\n',
    )
    await write('credentials', '[keys]\naws_access_key_id=A\naws_secret_access_key=B\n[prod]\naws_access_key_id=A\n')
    expect(await listProfiles(env)).toEqual([
      { name: 'default', region: 'eu-central-1' },
      { name: 'a.b', region: 'x' },
      { name: 'keys' },
      { name: 'prod', region: 'us-east-1' },
    ])
  })

  test('is empty where there are no files', async () => {
    expect(await listProfiles(env)).toEqual([])
  })

  test('sees a profile that was added since', async () => {
    await write('config', '[profile one]\nregion=x\n')
    expect(await listProfiles(env)).toHaveLength(1)
    await write('config', '[profile one]\nregion=x\n[profile two]\nregion=x\n')
    expect((await listProfiles(env)).map(({ name }) => name)).toEqual(['one', 'two'])
  })
})

describe('whether there is an AWS account here', () => {
  test('is told by a variable, or by a profile in a file, and by nothing less', async () => {
    expect(await hasAwsSetup(env)).toBe(false)
    expect(await hasAwsSetup({ ...env, AWS_PROFILE: 'work' })).toBe(true)
    for (const text of ['', '# [default]', '[sso-session work]\nsso_region = eu-west-1', '[services local]']) {
      await write('config', text)
      expect([text, await hasAwsSetup(env)]).toEqual([text, false])
    }
    await write('config', '[profile work]\nregion = x\n')
    expect(await hasAwsSetup(env)).toBe(true)
    await write('config', '')
    await write('credentials', '[work]\naws_access_key_id = A\n')
    expect(await hasAwsSetup(env)).toBe(true)
  })
})

describe('one profile', () => {
  test('has the values of both files, those of the credentials file winning, and its services', async () => {
    await write(
      'config',
      '[profile p]\nregion=eu-west-1\naws_access_key_id=OLD\nservices = local\n[services local]\nssm =\n  endpoint_url = http://h:1\n',
    )
    await write('credentials', '[p]\naws_access_key_id=NEW\n')
    const profile = await readProfile('p', env)
    expect({ ...profile.values }).toEqual({ region: 'eu-west-1', aws_access_key_id: 'NEW', services: 'local' })
    expect(profile.services['ssm.endpoint_url']).toBe('http://h:1')
  })

  test('that does not exist is profile-unknown, with the ones that do', async () => {
    await write('config', '[profile prod]\nregion=x\n[profile dev]\nregion=x\n')
    await expect(readProfile('prd', env)).rejects.toMatchObject({
      code: 'profile-unknown',
      message: expect.stringMatching(/"prd".*choose one of dev, prod\.$/),
    })
  })

  test('that names missing services is profile-unknown', async () => {
    await write('config', '[profile p]\nservices = gone\n')
    await expect(readProfile('p', env)).rejects.toMatchObject({ code: 'profile-unknown' })
  })

  test('named default by nobody may be missing', async () => {
    expect((await readProfile(undefined, env)).values).toEqual({})
  })
})

test('the files are below the home of the given environment, and ~/ is expanded', () => {
  expect(profileFiles({ HOME: '/h' })).toEqual({ filepath: '/h/.aws/credentials', configFilepath: '/h/.aws/config' })
  expect(profileFiles({ HOME: '/h', AWS_CONFIG_FILE: '~/c' }).configFilepath).toBe('/h/c')
})
