// A login against the simulated IAM Identity Center, over real sockets and with real files; AWS's SDK reads the result.

import { lstat, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fromIni, fromSSO } from '@aws-sdk/credential-providers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { decide } from '../../../e2e/kit/aws/loginpages'
import { deferred } from '../../../shared/deferred'
import { ACCOUNT, stageLogin, type LoginStage } from './login.kit'

afterEach(() => {
  vi.unstubAllEnvs()
})

const contentOf = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'))

/** The credentials that AWS's own SDK finds with the files of the stage. */
async function sdkKeys({ env }: LoginStage, profile: string) {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  const files = { configFilepath: env['AWS_CONFIG_FILE'] ?? '', filepath: env['AWS_SHARED_CREDENTIALS_FILE'] ?? '' }
  const found = [fromSSO, fromIni].map((provider) => provider({ ...files, profile, ignoreCache: true })())
  return (await Promise.all(found)).map(({ accessKeyId }) => accessKeyId)
}

describe('a login in the browser', () => {
  test('is kept where and as the AWS CLI keeps it, and AWS’s own SDK uses it', async () => {
    const stage = await stageLogin()
    const done = await stage.logIn()
    expect(done).toMatchObject({ profile: 'corp', account: ACCOUNT, startUrl: stage.center.startUrl })
    expect(stage.shown).toMatchObject([
      { step: { kind: 'code' }, names: { profile: 'corp', account: ACCOUNT, startUrl: stage.center.startUrl } },
    ])
    expect(await stage.page).toMatchObject({ status: 200, text: expect.stringContaining('You can close this page') })
    const token = await contentOf(stage.file('corp'))
    expect(token).toEqual({
      startUrl: stage.center.startUrl,
      region: 'eu-central-1',
      accessToken: expect.stringMatching(/^aoa/),
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      clientId: expect.any(String),
      clientSecret: expect.any(String),
      registrationExpiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      refreshToken: expect.stringMatching(/^aor/),
    })
    const folder = dirname(stage.file('corp'))
    expect((await lstat(folder)).mode & 0o777).toBe(0o700)
    const files = await readdir(folder)
    expect(files).toHaveLength(2)
    for (const file of files) expect((await lstat(join(folder, file))).mode & 0o777).toBe(0o600)
    expect(await readdir(dirname(folder))).toEqual(['cache'])
    expect(await sdkKeys(stage, 'corp')).toEqual(['KEY-Developer', 'KEY-Developer'])
  })

  test('uses the client that is registered already', async () => {
    const stage = await stageLogin()
    await stage.logIn()
    await stage.logIn()
    expect(stage.center.calls.filter((call) => call === '/client/register')).toHaveLength(1)
  })

  test('is done for the profile from which another one takes its credentials', async () => {
    const stage = await stageLogin()
    expect(await stage.logIn({ profile: 'role' })).toMatchObject({ profile: 'corp' })
  })

  test('that the person refuses says so, and leaves no file', async () => {
    const stage = await stageLogin()
    await expect(stage.logIn({ decision: 'deny' })).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('allow the access'),
    })
    expect(await stage.page).toMatchObject({ status: 200, text: expect.stringContaining('The login was not given') })
    await expect(lstat(stage.file('corp'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('that no person finishes ends after its limit, with its listener', async () => {
    const stage = await stageLogin()
    await expect(stage.logIn({ decision: undefined, limitMs: 30 })).rejects.toMatchObject({ code: 'timeout' })
    const redirect = new URL(stage.shown[0]?.step.url ?? '').searchParams.get('redirect_uri') ?? ''
    await expect(fetch(redirect)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })
})

describe('a login by a code', () => {
  test('is used for a profile without a session, is named by its start URL, and AWS’s own SDK uses it', async () => {
    const stage = await stageLogin()
    await stage.logIn({ profile: 'old' })
    expect(stage.shown).toMatchObject([{ step: { kind: 'device', userCode: expect.stringMatching(/^\w{4}-\w{4}$/) } }])
    expect(await contentOf(stage.file(stage.center.startUrl))).not.toHaveProperty('refreshToken')
    expect(await sdkKeys(stage, 'old')).toEqual(['KEY-Developer', 'KEY-Developer'])
  })

  test('is used where it is asked for, and where the service has no other way', async () => {
    const stage = await stageLogin()
    await stage.logIn({ isDevice: true })
    expect(await contentOf(stage.file('corp'))).toHaveProperty('refreshToken')
    const older = await stageLogin({ hasCodeFlow: false })
    await older.logIn()
    expect([...stage.shown, ...older.shown].map(({ step }) => step.kind)).toEqual(['device', 'device'])
  })

  test('is used where the page of the endpoint that is set is none of AWS’s', async () => {
    const stage = await stageLogin()
    const env = { ...stage.env, AWS_ENDPOINT_URL_SSO_OIDC: 'http://oidc.culvert.invalid' }
    await expect(stage.logIn({ env })).rejects.toMatchObject({ code: 'network' })
    expect(stage.shown).toEqual([])
  })

  test('registers a client again where AWS does not know the kept one', async () => {
    const stage = await stageLogin()
    await stage.logIn({ isDevice: true })
    const folder = dirname(stage.file('corp'))
    const [kept = ''] = (await readdir(folder)).filter((name) => name !== basename(stage.file('corp')))
    const client = await contentOf(join(folder, kept))
    await writeFile(join(folder, kept), JSON.stringify({ ...Object(client), clientId: 'gone' }))
    await stage.logIn({ isDevice: true })
    expect(stage.center.calls.filter((call) => call === '/client/register')).toHaveLength(2)
  })

  test('asks less often where AWS wants that, and goes on over an outage', async () => {
    const clock = { now: Date.now() }
    const stage = await stageLogin({ now: () => clock.now, intervalSeconds: 4 })
    const pauses: number[] = []
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms)
      // The first pauses are too short for this service, and the network is away for the fourth question.
      clock.now += pauses.length < 3 ? 1_000 : ms
      stage.center.setDark(pauses.length === 4)
      if (pauses.length === 5) await decide(stage.shown[0]?.step.url ?? '', 'allow')
    }
    await stage.logIn({ isDevice: true, decision: undefined, pause })
    expect(pauses).toEqual([4_000, 4_000, 9_000, 9_000, 9_000])
  })

  test.each([
    ['that is refused', 'deny', 0, 'access-denied'],
    ['that ends before it is entered', undefined, 700_000, 'timeout'],
  ] as const)('%s says so', async (_, decision, sinceMs, code) => {
    const clock = { now: Date.now() }
    const stage = await stageLogin({ now: () => clock.now })
    const pause = async (): Promise<void> => {
      await stage.page
      clock.now += sinceMs + 1_000
    }
    await expect(stage.logIn({ isDevice: true, decision, pause })).rejects.toMatchObject({ code })
  })

  test('whose page is not AWS’s is refused, and the page named', async () => {
    const stage = await stageLogin({ verificationUri: 'https://device.sso.eu-central-1.amazonaws.com.evil.example/' })
    await expect(stage.logIn({ isDevice: true })).rejects.toMatchObject({
      code: 'service',
      message: expect.stringContaining('amazonaws.com.evil.example'),
    })
    expect(stage.shown).toEqual([])
  })
})

describe('a login that cannot be done', () => {
  test('of `aws login` names its command', async () => {
    const stage = await stageLogin()
    await expect(stage.logIn({ profile: 'cli' })).rejects.toMatchObject({
      code: 'usage',
      command: 'aws login --profile cli',
    })
  })

  test('because the profile has none says so', async () => {
    const stage = await stageLogin()
    await expect(stage.logIn({ profile: 'keys' })).rejects.toMatchObject({ code: 'usage' })
  })

  test('because its file is a symbolic link is refused before a page is shown, and the link stays', async () => {
    const stage = await stageLogin()
    const elsewhere = join(stage.home, 'elsewhere')
    await writeFile(elsewhere, '{}')
    await mkdir(dirname(stage.file('corp')), { recursive: true })
    await symlink(elsewhere, stage.file('corp'))
    await expect(stage.logIn()).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('is a symbolic link'),
    })
    expect(stage.shown).toEqual([])
    expect(await readFile(elsewhere, 'utf8')).toBe('{}')
  })

  test('because a scope does not exist says which key', async () => {
    const stage = await stageLogin()
    const config = await readFile(stage.env['AWS_CONFIG_FILE'] ?? '', 'utf8')
    await writeFile(stage.env['AWS_CONFIG_FILE'] ?? '', config.replace('=sso:account:access', '=sso:account:none'))
    await expect(stage.logIn()).rejects.toMatchObject({
      code: 'profile-unknown',
      message: expect.stringContaining('sso_registration_scopes'),
    })
  })
})

describe('two logins at the same time', () => {
  test('show one page: the second waits, and takes the login of the first', async () => {
    const stage = await stageLogin()
    const waiting = deferred<void>()
    const first = stage.logIn({
      show: (step, names) => {
        stage.shown.push({ step, names })
        void waiting.promise.then(() => decide(step.url, 'allow'))
      },
    })
    await vi.waitFor(() => expect(stage.shown).toHaveLength(1))
    const pids: unknown[] = []
    const second = stage.logIn({
      onWait: (pid) => {
        pids.push(pid)
        waiting.resolve()
      },
      pause: () => new Promise((resolve) => setTimeout(resolve, 1)),
    })
    expect(Math.abs((await first).endsAt - (await second).endsAt)).toBeLessThan(1_000)
    expect([stage.shown.length, pids]).toEqual([1, [process.pid]])
  })
})
