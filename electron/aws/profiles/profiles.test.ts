import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AppError } from '../../../shared/errors'
import { startBundled } from '../../../e2e/kit/programs/bundled'
import { ambientProfile, hasAwsSetup, listProfiles, profileFiles, readProfile } from './profiles'

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

  test('shows the region of the variables for a profile without one, because it opens there', async () => {
    await write('config', '[profile own]\nregion=eu-central-1\n[profile bare]\noutput=json\n')
    const choices = await listProfiles({ ...env, AWS_REGION: 'us-west-2' })
    expect(choices.map(({ name, region }) => [name, region])).toEqual([
      ['bare', 'us-west-2'],
      ['own', 'eu-central-1'],
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
    expect(await hasAwsSetup({ ...env, AWS_DEFAULT_PROFILE: 'work' })).toBe(true)
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

describe('a file that cannot be used', () => {
  const config = (): string => join(folder, 'config')
  const credentials = (): string => join(folder, 'credentials')

  /** What each way to the files says of them. */
  async function said(): Promise<{ code: string; message: string }[]> {
    const told = (error: unknown) => ({ code: (error as AppError).code, message: (error as AppError).message })
    const errors = await Promise.all([
      listProfiles(env).then(() => ({ code: 'none', message: '' }), told),
      readProfile('p', env).then(() => ({ code: 'none', message: '' }), told),
      readProfile(undefined, env).then(() => ({ code: 'none', message: '' }), told),
    ])
    // A computer with such a file is set up for AWS: the account is opened and says what is wrong, not the Demo.
    expect(await hasAwsSetup(env)).toBe(true)
    return errors
  }

  const all = (message: string) => Array.from({ length: 3 }, () => ({ code: 'profile-unknown', message }))

  test('because it is a directory is told, with its path and what to do', async () => {
    await mkdir(config())
    const next = 'put a text file of AWS profiles there, or set AWS_CONFIG_FILE to another file.'
    expect(await said()).toEqual(all(`The AWS file ${config()} is a directory: ${next}`))
  })

  test('because it is a pipe that nothing is written to is told at once', async () => {
    await promisify(execFile)('mkfifo', [credentials()])
    const next = 'put a text file of AWS profiles there, or set AWS_SHARED_CREDENTIALS_FILE to another file.'
    expect(await said()).toEqual(
      all(`The AWS file ${credentials()} is a pipe, and Culvert reads it more than once: ${next}`),
    )
  })

  test('because it is enormous is told', async () => {
    const file = await open(config(), 'w')
    // A hole: it has no bytes on disk.
    await file.truncate(8 * 2 ** 30)
    await file.close()
    expect((await said())[0]?.message).toBe(
      `The AWS file ${config()} has more than 10 MiB: put a text file of AWS profiles there, or set AWS_CONFIG_FILE to another file.`,
    )
  })

  test('because it is endless is told', async () => {
    env = { ...env, AWS_CONFIG_FILE: '/dev/zero' }
    expect((await said())[0]?.message).toContain('/dev/zero has more than 10 MiB')
  })

  test('because it is UTF-16, as PowerShell writes it, is told', async () => {
    const text = '[profile p]\r\nregion = eu-central-1\r\n'
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le')
    for (const bytes of [little, Buffer.from(little).swap16()]) {
      await writeFile(config(), bytes)
      expect(await said()).toEqual(
        all(`The AWS file ${config()} is saved as UTF-16, which no tool of AWS reads: save it as UTF-8.`),
      )
    }
  })

  test('because it is binary is told with the line', async () => {
    await writeFile(config(), Buffer.from('[profile p]\nregion = eu-central-1\n\u0000\u0001\u0002\n'))
    expect(await said()).toEqual(
      all(`The AWS file ${config()} is broken at line 3 (it holds binary data): save it as plain text in UTF-8.`),
    )
  })

  test('because this user may not read it is told, unless the environment has keys and nothing names a profile', async () => {
    await write('config', '[profile p]\nregion=x\n')
    await chmod(config(), 0)
    const source = `
      import { readProfile, listProfiles } from './profiles/profiles'
      const env = ${JSON.stringify(env)}
      const keys = { ...env, AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's' }
      const tell = (error: unknown) => (error as Error).message
      console.log(JSON.stringify([
        await listProfiles(env).catch(tell),
        await readProfile('p', keys).catch(tell),
        (await readProfile(undefined, keys)).values,
      ]))`
    // Root may read everything: then the program runs as another user, who must get to it.
    await chmod(folder, 0o755)
    const started = await startBundled(source, { folder, ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}) })
    const sentence = `The AWS file ${config()} may not be read by this user (EACCES): change its permissions, or set AWS_CONFIG_FILE to another file.`
    expect(JSON.parse(await text(started.stdout))).toEqual([sentence, sentence, {}])
  })

  test.each([
    ['[profile p]\nregion=x\n\n[profile prod\nregion=y\n', 4, 'the section has no closing ]'],
    ['# first\nregion=x\n[profile p]\n', 2, 'it stands before the first [section]'],
    ['[profile p]\nregion=x\nhunter2\n', 3, 'it is not "name = value"'],
    ['[profile p]\r\n= hunter2\r\n', 2, 'it is not "name = value"'],
    ['[profile p]\nregion=x\n[ ]\n', 3, 'the section has no name'],
  ])(
    'because it is broken at a line is told with its number, and without what it says: %j',
    async (content, line, why) => {
      await write('credentials', content)
      expect(await said()).toEqual(
        all(`The AWS file ${credentials()} is broken at line ${line} (${why}): correct that line.`),
      )
    },
  )
})

test('what is no fault of a file is read: a mark of UTF-8, comments, quotes, groups, continued values, other sections', async () => {
  await write(
    'config',
    '\uFEFF; first\n[default] # ours\nregion = eu-central-1 ; here\noutput: json\n\n[profile "quoted"]\nregion=a\n' +
      "[profile 'single']\nregion=b\ncredential_process = run\n  its tail\ns3 =\n  max_concurrent_requests = 20\n" +
      '[plugins x]\nregion=nowhere\n[profile with space]\nregion=c\n[profile __proto__]\nregion=d\n[profile empty]\n',
  )
  expect(await listProfiles(env)).toEqual([
    { name: 'default', region: 'eu-central-1' },
    { name: '__proto__', region: 'd' },
    { name: 'quoted', region: 'a' },
    { name: 'single', region: 'b' },
  ])
  expect((await readProfile('single', env)).values).toEqual({
    region: 'b',
    credential_process: 'run',
    's3.max_concurrent_requests': '20',
  })
})

test('a name in quotes may be of several words', async () => {
  await write('config', `[profile "two words"]\nregion=a\n[sso-session 'my login']\nsso_region=b\n`)
  expect(await listProfiles(env)).toEqual([{ name: 'two words', region: 'a' }])
  const { values, sections } = await readProfile('two words', env)
  expect([values, sections.get('sso-session.my login')]).toEqual([{ region: 'a' }, { sso_region: 'b' }])
})

test('AWS_DEFAULT_PROFILE names the profile where AWS_PROFILE does not', () => {
  expect(ambientProfile({ AWS_DEFAULT_PROFILE: 'b' })).toEqual({ name: 'b', isVariables: false })
  expect(ambientProfile({ AWS_DEFAULT_PROFILE: 'b', AWS_PROFILE: 'a' }).name).toBe('a')
  expect(ambientProfile({ AWS_DEFAULT_PROFILE: 'b', AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }).isVariables).toBe(false)
})

test('no files at all, named as /dev/null, are no profiles', async () => {
  env = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' }
  expect(await listProfiles(env)).toEqual([])
  expect(await hasAwsSetup(env)).toBe(false)
})

test('a name that no profile has is answered with thirty names, and not with thousands', async () => {
  await write('config', Array.from({ length: 5_000 }, (_, index) => `[profile p${index}]\nregion=x\n`).join(''))
  await expect(readProfile('prd', env)).rejects.toMatchObject({
    message: expect.stringMatching(/^.{1,1000} and 4970 more\.$/),
  })
})
