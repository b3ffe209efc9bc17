import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openAccount, type Account, type AwsOptions } from '../account'
import { Renewals, type AskCode, type CodeQuestion } from './renewal'
import {
  assumedRole,
  callerIdentity,
  close,
  jsonError,
  listenOnLoopback,
  startStandIn,
  startedSession,
  stsError,
  type Answer,
  type Answering,
  type StandIn,
} from '../../../e2e/kit/awsstandin'

const never = new AbortController().signal

let folder: string
let files: NodeJS.ProcessEnv

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-credentials-'))
  files = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-central-1',
  }
})
afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

const config = (text: string): Promise<void> => writeFile(join(folder, 'config'), text)

async function opened(
  options: Partial<AwsOptions> = {},
  answering: Answering = () => callerIdentity,
): Promise<[Account, StandIn]> {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const account = await openAccount({ endpointUrl: standIn.url, ...options, env: { ...files, ...options.env } })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return [account, standIn]
}

/** A program that prints credentials for credential_process, as a command line of ours. */
async function program(source: string): Promise<string> {
  const path = join(folder, `program-${createHash('sha1').update(source).digest('hex')}.mjs`)
  await writeFile(path, source)
  return `"${process.execPath}" "${path}"`
}

describe('credentials come from', () => {
  const keys = (name: string, id: string) => `[profile ${name}]\naws_access_key_id=${id}\naws_secret_access_key=s\n`
  const inEnvironment = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' }

  test.each([
    ['the profile on the command line before keys in the environment', { profile: 'a' }, inEnvironment, 'A'],
    ['keys in the environment before AWS_PROFILE', {}, { ...inEnvironment, AWS_PROFILE: 'b' }, 'ENV'],
    ['AWS_PROFILE before the default profile', {}, { AWS_PROFILE: 'b' }, 'B'],
    ['the default profile where nothing else is named', {}, {}, 'DEFAULT'],
  ])('%s', async (_, options, env, expected) => {
    await config(`[default]\naws_access_key_id=DEFAULT\naws_secret_access_key=s\n${keys('a', 'A')}${keys('b', 'B')}`)
    const [account, standIn] = await opened({ ...options, env })
    await account.identity(never)
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual([expected])
  })

  test('credential_process, with the token that it prints', async () => {
    const source =
      'console.log(JSON.stringify({ Version: 1, AccessKeyId: "PROC", SecretAccessKey: "s", SessionToken: "t" }))'
    await config(`[profile p]\ncredential_process = ${await program(source)}\n`)
    const [account, standIn] = await opened({ profile: 'p' })
    await account.identity(never)
    expect(standIn.asked[0]).toMatchObject({ accessKeyId: 'PROC', headers: { 'x-amz-security-token': 't' } })
  })

  test('a role that another profile may assume, asked of the endpoint that is set', async () => {
    await config(`${keys('base', 'BASE')}[profile p]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n`)
    const [account, standIn] = await opened({ profile: 'p' }, ({ action }) =>
      action === 'AssumeRole' ? assumedRole('AssumeRole', 'ROLE', new Date(Date.now() + 3_600_000)) : callerIdentity,
    )
    await account.identity(never)
    expect(standIn.asked.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([
      ['AssumeRole', 'BASE'],
      ['GetCallerIdentity', 'ROLE'],
    ])
    expect(standIn.asked[0]!.input).toMatchObject({ RoleArn: 'arn:aws:iam::123456789012:role/x' })
  })

  test('a web identity token in the environment', async () => {
    await writeFile(join(folder, 'token'), 'jwt')
    const env = { AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'token'), AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/w' }
    const [account, standIn] = await opened({ env }, ({ action }) =>
      action === 'AssumeRoleWithWebIdentity'
        ? assumedRole(action, 'WEB', new Date(Date.now() + 3_600_000))
        : callerIdentity,
    )
    await account.identity(never)
    expect(standIn.asked.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([
      ['AssumeRoleWithWebIdentity', ''],
      ['GetCallerIdentity', 'WEB'],
    ])
    expect(standIn.asked[0]!.input).toMatchObject({ WebIdentityToken: 'jwt' })
  })

  test('the container that the environment names', async () => {
    const server = createServer((_, response) => {
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      response.end(JSON.stringify({ AccessKeyId: 'BOX', SecretAccessKey: 's', Token: 't', Expiration }))
    })
    const port = await listenOnLoopback(server)
    onTestFinished(() => close(server))
    const [account, standIn] = await opened({
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/c` },
    })
    await account.identity(never)
    expect(standIn.asked[0]!.accessKeyId).toBe('BOX')
  })
})

describe('a profile that leads over others', () => {
  const role = (name: string, more: string) =>
    `[profile ${name}]\nrole_arn=arn:aws:iam::123456789012:role/${name}\n${more}\n`
  const base = '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s\n'
  const assuming: Answering = ({ action, accessKeyId }) =>
    action === 'AssumeRole' ? assumedRole(action, `${accessKeyId}+`, new Date(Date.now() + 3_600_000)) : callerIdentity

  test('assumes one role with the keys of the other, from the last to the first, as each asks for it', async () => {
    await config(
      base +
        role('p', 'source_profile=q\nexternal_id=ours\nduration_seconds=900\nrole_session_name=ann') +
        role('q', 'source_profile=base'),
    )
    const [account, standIn] = await opened({ profile: 'p' }, assuming)
    await account.identity(never)
    expect(standIn.asked.map(({ action, accessKeyId }) => [action, accessKeyId])).toEqual([
      ['AssumeRole', 'BASE'],
      ['AssumeRole', 'BASE+'],
      ['GetCallerIdentity', 'BASE++'],
    ])
    expect(standIn.asked[0]?.input).toMatchObject({
      RoleArn: 'arn:aws:iam::123456789012:role/q',
      DurationSeconds: '3600',
    })
    expect(standIn.asked[1]?.input).toMatchObject({
      ExternalId: 'ours',
      DurationSeconds: '900',
      RoleSessionName: 'ann',
    })
  })

  test('may be its own source, and takes a source with keys and a role by its keys', async () => {
    await config(role('p', 'source_profile=p\naws_access_key_id=OWN\naws_secret_access_key=s'))
    const [account, standIn] = await opened({ profile: 'p' }, assuming)
    await account.identity(never)
    await config(
      `${role('p', 'source_profile=q')}${role('q', 'source_profile=base\naws_access_key_id=Q\naws_secret_access_key=s')}`,
    )
    const [other, otherStandIn] = await opened({ profile: 'p' }, assuming)
    await other.identity(never)
    expect([standIn, otherStandIn].map(({ asked }) => asked.map(({ accessKeyId }) => accessKeyId))).toEqual([
      ['OWN', 'OWN+'],
      ['Q', 'Q+'],
    ])
  })

  test('to the environment takes the keys of the environment that the account was given, also for a source', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'OURS')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 's')
    const env = { AWS_ACCESS_KEY_ID: 'THEIRS', AWS_SECRET_ACCESS_KEY: 's' }
    for (const text of [
      role('p', 'credential_source=Environment'),
      `${role('p', 'source_profile=e')}[profile e]\ncredential_source=Environment\n`,
    ]) {
      await config(text)
      const [account, standIn] = await opened({ profile: 'p', env }, assuming)
      await account.identity(never)
      expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['THEIRS', 'THEIRS+'])
    }
  })

  test('to a container takes what that gives', async () => {
    const server = createServer((_, response) =>
      response.end(
        JSON.stringify({ AccessKeyId: 'BOX', SecretAccessKey: 's', Token: 't', Expiration: '2099-01-01T00:00:00Z' }),
      ),
    )
    const port = await listenOnLoopback(server)
    onTestFinished(() => close(server))
    await config(role('p', 'credential_source=EcsContainer'))
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/c` }
    const [account, standIn] = await opened({ profile: 'p', env }, assuming)
    await account.identity(never)
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['BOX', 'BOX+'])
  })

  test('to the token of a web identity sends that, and names a token file that is none', async () => {
    await writeFile(join(folder, 'token'), 'jwt\n')
    const tokenFile = (path: string) => `[profile p]\nrole_arn=arn:aws:iam::1:role/w\nweb_identity_token_file=${path}\n`
    await config(tokenFile(join(folder, 'token')))
    const [account, standIn] = await opened({ profile: 'p' }, ({ action }) =>
      action === 'AssumeRoleWithWebIdentity'
        ? assumedRole(action, 'WEB', new Date(Date.now() + 3_600_000))
        : callerIdentity,
    )
    await account.identity(never)
    expect(standIn.asked[0]?.input).toMatchObject({ WebIdentityToken: 'jwt', RoleArn: 'arn:aws:iam::1:role/w' })
    for (const [path, why] of [
      [join(folder, 'none'), 'does not exist'],
      [folder, 'is a directory'],
    ] as const) {
      await config(tokenFile(path))
      const [broken] = await opened({ profile: 'p' })
      await expect(broken.identity(never)).rejects.toMatchObject({
        code: 'credentials-missing',
        message: `The token file ${path} ${why}: correct web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE.`,
      })
    }
  })

  test.each([
    [
      role('p', 'source_profile=gone'),
      'names source_profile "gone", which is in none of the AWS files: correct it in ~/.aws/config.',
    ],
    [
      `${role('p', 'source_profile=q')}${role('q', 'source_profile=p')}`,
      'names source_profile "q", which leads back to itself: correct it in ~/.aws/config.',
    ],
    [
      role('p', ''),
      'names a role and no credentials to assume it with (source_profile or credential_source): correct it in ~/.aws/config.',
    ],
    [
      role('p', 'source_profile=base\ncredential_source=Environment'),
      'names a role and both source_profile and credential_source, of which only one can be: correct it in ~/.aws/config.',
    ],
    [
      `${base}${role('p', 'source_profile=base\nduration_seconds=1h')}`,
      'has a duration_seconds that is not a number of seconds: correct it in ~/.aws/config.',
    ],
    [
      role('p', 'credential_source=Moon'),
      'has the credential_source "Moon": it must be Environment, EcsContainer or Ec2InstanceMetadata.',
    ],
  ])('nowhere is told with what is wrong: %j', async (text, why) => {
    await config(text)
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'profile-unknown',
      message: expect.stringMatching(/^The profile "[pq]" /),
    })
    await expect(account.identity(never)).rejects.toMatchObject({ message: expect.stringContaining(why) })
  })

  test('to keys that the environment does not have is credentials-missing', async () => {
    await config(role('p', 'credential_source=Environment'))
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('has no AWS_ACCESS_KEY_ID'),
    })
  })

  test('to an SSO login that has expired names the profile to log in with', async () => {
    vi.stubEnv('HOME', folder)
    await config(
      `${role('p', 'source_profile=corp')}[profile corp]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=dev\n` +
        '[sso-session corp]\nsso_region=eu-central-1\nsso_start_url=https://corp.awsapps.com/start\n',
    )
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      message: expect.stringContaining('has expired: log in again.'),
      command: 'aws sso login --profile corp',
    })
  })
})

describe('credentials are looked up', () => {
  test('once for calls at the same time, and once for calls within a minute', async () => {
    const log = join(folder, 'log')
    const source =
      `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(log)}, 'x')\n` +
      'console.log(JSON.stringify({ Version: 1, AccessKeyId: "PROC", SecretAccessKey: "s" }))'
    await config(`[profile p]\ncredential_process = ${await program(source)}\n`)
    const [account] = await opened({ profile: 'p' })
    await Promise.all([account.identity(never), account.identity(never)])
    await account.identity(never)
    const { readFile } = await import('node:fs/promises')
    expect(await readFile(log, 'utf8')).toBe('x')
  })

  test('again after a minute, so that keys rewritten by another tool are seen', async () => {
    await config('[profile p]\naws_access_key_id=OLD\naws_secret_access_key=s\n')
    const [account, standIn] = await opened({ profile: 'p' })
    await account.identity(never)
    await config('[profile p]\naws_access_key_id=NEW\naws_secret_access_key=s\n')
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 })
    await account.identity(never)
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['OLD', 'NEW'])
  })

  test('again five minutes before they expire', async () => {
    const source =
      'console.log(JSON.stringify({ Version: 1, AccessKeyId: "P" + process.pid, SecretAccessKey: "s", ' +
      'Expiration: new Date(Date.now() + 3_600_000).toISOString() }))'
    await config(`[profile p]\ncredential_process = ${await program(source)}\n`)
    const [account, standIn] = await opened({ profile: 'p' })
    const start = Date.now()
    await account.identity(never)
    vi.useFakeTimers({ toFake: ['Date'], now: start + 50 * 60_000 })
    await account.identity(never)
    vi.setSystemTime(start + 56 * 60_000)
    await account.identity(never)
    const [first, second, third] = standIn.asked.map(({ accessKeyId }) => accessKeyId)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  test('at once and the call repeated, when AWS calls them expired and others are there by now', async () => {
    await config('[profile p]\naws_access_key_id=OLD\naws_secret_access_key=s\n')
    const [account, standIn] = await opened({ profile: 'p' }, ({ accessKeyId }) =>
      accessKeyId === 'OLD' ? jsonError('ExpiredTokenException') : startedSession,
    )
    await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({ code: 'credentials-expired' })
    await config('[profile p]\naws_access_key_id=NEW\naws_secret_access_key=s\n')
    await account.startSession({ target: 'i-1' }, never)
    expect(standIn.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['OLD', 'OLD', 'NEW'])
  })
})

describe('a role with a second factor', () => {
  const serial = 'arn:aws:iam::123456789012:mfa/ann'
  const wrong = stsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', 403)
  const role = (action: string): Answer => assumedRole(action, 'ROLE', new Date(Date.now() + 3_600_000))

  beforeEach(() =>
    config(
      '[profile base]\naws_access_key_id=BASE\naws_secret_access_key=s\n' +
        `[profile p]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\nmfa_serial=${serial}\n`,
    ),
  )

  /** A person who is asked, and answers when the test says so. */
  function person() {
    const asked: CodeQuestion[] = []
    const open: { resolve: (code: string) => void; reject: (error: Error) => void }[] = []
    const askCode: AskCode = (question) =>
      new Promise((resolve, reject) => {
        asked.push(question)
        open.push({ resolve, reject })
      })
    const isAsked = (count = 1) => vi.waitFor(() => expect(asked).toHaveLength(count))
    return {
      asked,
      askCode,
      isAsked,
      answer: (code: string) => open.at(-1)!.resolve(code),
      leave: (error: Error) => open.at(-1)!.reject(error),
    }
  }

  test('asks for its code once for all calls, also those of another region, and sends it with the serial number', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const renewals = new Renewals()
    const [account, standIn] = await opened({ profile: 'p', askCode, renewals }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : callerIdentity,
    )
    const other = await openAccount({
      endpointUrl: standIn.url,
      profile: 'p',
      region: 'us-east-1',
      env: files,
      askCode,
      renewals,
    })
    onTestFinished(() => other[Symbol.asyncDispose]())
    const calls = Promise.all([account.identity(never), other.identity(never), account.identity(never)])
    await isAsked()
    answer('123456')
    await calls
    expect(asked).toEqual([{ profile: 'p', serial, isRepeated: false }])
    expect(standIn.asked.map(({ action }) => action).filter((action) => action === 'AssumeRole')).toHaveLength(1)
    expect(standIn.asked[0]).toMatchObject({
      accessKeyId: 'BASE',
      input: { SerialNumber: serial, TokenCode: '123456' },
    })
  })

  test('asks again for a code that AWS refuses, three times at most', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const [account] = await opened({ profile: 'p', askCode }, () => wrong)
    const call = account.identity(never)
    call.catch(() => undefined)
    for (const count of [1, 2, 3]) {
      await isAsked(count)
      answer('000000')
    }
    await expect(call).rejects.toMatchObject({
      code: 'credentials-expired',
      message: expect.stringMatching(/did not accept the code .* "p": retry/),
    })
    expect(asked.map(({ isRepeated }) => isRepeated)).toEqual([false, true, true])
  })

  test('is not waited for by a resume, whose next one joins the question, nor asked for by an ending', async () => {
    const { asked, askCode, isAsked, answer } = person()
    const [account] = await opened({ profile: 'p', askCode }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : startedSession,
    )
    await expect(account.terminateSession('s', never)).rejects.toMatchObject({ code: 'credentials-expired' })
    expect(asked).toEqual([])
    const wanted = { code: 'credentials-expired', message: expect.stringContaining('"p"') }
    await expect(account.resumeSession('s', never)).rejects.toMatchObject(wanted)
    await expect(account.resumeSession('s', never)).rejects.toMatchObject(wanted)
    // A deadline that passes while a person is asked is not the reason.
    await expect(account.startSession({ target: 'i-1' }, AbortSignal.timeout(20))).rejects.toMatchObject(wanted)
    await isAsked()
    const waiting = account.startSession({ target: 'i-1' }, never)
    answer('123456')
    await waiting
    await account.resumeSession('s', never)
    expect(asked).toHaveLength(1)
  })

  test('is good until it expires where nobody renews it ahead, and what is denied asks for no code', async () => {
    const { asked, askCode, isAsked, answer, leave } = person()
    const [account, standIn] = await opened({ profile: 'p', askCode }, ({ action }) =>
      action === 'AssumeRole' ? role(action) : jsonError('AccessDeniedException'),
    )
    const start = Date.now()
    const call = account.startSession({ target: 'i-1' }, never)
    await isAsked()
    answer('123456')
    await expect(call).rejects.toMatchObject({ code: 'access-denied' })
    expect(asked).toHaveLength(1)
    vi.useFakeTimers({ toFake: ['Date'], now: start + 57 * 60_000 })
    await expect(account.startSession({ target: 'i-1' }, never)).rejects.toMatchObject({ code: 'access-denied' })
    expect(standIn.asked.at(-1)!.accessKeyId).toBe('ROLE')
    await isAsked(2)
    leave(new Error('not now'))
  })

  test('whose source has no keys asks for nothing, and one where nobody can be asked says what to do', async () => {
    const { asked, askCode } = person()
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('"aws sts get-session-token"'),
    })
    await config(`[profile p]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=none\nmfa_serial=${serial}\n`)
    const [second] = await opened({ profile: 'p', askCode })
    await expect(second.identity(never)).rejects.toMatchObject({ code: 'profile-unknown' })
    expect(asked).toEqual([])
  })
})

describe('an error', () => {
  test('of expired keys in the environment says where they are', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }
    const [account] = await opened({ env }, () => stsError('ExpiredToken', 'expired', 403))
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      message:
        'The credentials in the environment have expired or are no longer valid: set new ones, then start again.',
    })
  })

  test('of expired keys names the account that they belonged to while they were good', async () => {
    const env = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }
    let isExpired = false
    const [account] = await opened({ env }, () =>
      isExpired ? stsError('ExpiredToken', 'expired', 403) : callerIdentity,
    )
    await account.identity(never)
    isExpired = true
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      message: expect.stringMatching(/^The credentials in the environment \(account 1234 5678 9012\) have expired/),
    })
  })

  test('of an SSO profile without a login names the command to run, and the account', async () => {
    vi.stubEnv('HOME', folder)
    await config(
      '[profile corp]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=dev\n' +
        '[sso-session corp]\nsso_region=eu-central-1\nsso_start_url=https://corp.awsapps.com/start\n',
    )
    const [account] = await opened({ profile: 'corp' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      message: 'The login of the profile "corp" (account 1234 5678 9012) has expired: log in again.',
    })
  })

  test('of an SSO profile whose sso_session is missing names the section to add', async () => {
    await config('[profile corp]\nsso_session=gone\nsso_account_id=1\nsso_role_name=dev\n')
    const [account] = await opened({ profile: 'corp' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'profile-unknown',
      message:
        `The profile "corp" names sso_session "gone", which is not in ${join(folder, 'config')}: ` +
        'add the section [sso-session gone] with sso_start_url and sso_region, or run "aws configure sso".',
    })
  })

  test('of an SSO profile whose login has expired names the command to run', async () => {
    vi.stubEnv('HOME', folder)
    const start = 'https://corp.awsapps.com/start'
    await mkdir(join(folder, '.aws', 'sso', 'cache'), { recursive: true })
    const name = `${createHash('sha1').update(start).digest('hex')}.json`
    const token = { accessToken: 'a', expiresAt: new Date(Date.now() - 1_000).toISOString() }
    await writeFile(join(folder, '.aws', 'sso', 'cache', name), JSON.stringify(token))
    await config(
      `[profile corp]\nsso_start_url=${start}\nsso_region=eu-central-1\nsso_account_id=1\nsso_role_name=dev\n`,
    )
    const [account] = await opened({ profile: 'corp' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      command: 'aws sso login --profile corp',
    })
  })

  test('of a credential_process that fails repeats what it said on stderr, and nothing that it printed', async () => {
    const source = 'console.log("hunter2"); console.error("log in first"); process.exitCode = 1'
    await config(`[profile p]\ncredential_process = ${await program(source)}\n`)
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message:
        'The credential_process of the profile "p" failed with exit status 1 (it said: log in first): run it by hand to see why, then try again.',
    })
  })

  test('of a role that may not be assumed names sts:AssumeRole', async () => {
    await config(
      '[profile base]\naws_access_key_id=B\naws_secret_access_key=s\n' +
        '[profile p]\nrole_arn=arn:aws:iam::123456789012:role/x\nsource_profile=base\n',
    )
    const [account] = await opened({ profile: 'p' }, () => stsError('AccessDenied', 'no', 403))
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'access-denied',
      message: expect.stringContaining('sts:AssumeRole'),
    })
  })

  test('of no credentials anywhere is credentials-missing and points at the Demo', async () => {
    const [account] = await opened()
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: 'No AWS credentials were found: choose a profile that has some, or give it some.',
    })
  })

  test('of a profile without credentials names it', async () => {
    await config('[profile p]\nregion=eu-central-1\n')
    const [account] = await opened({ profile: 'p' })
    await expect(account.identity(never)).rejects.toMatchObject({
      code: 'credentials-missing',
      message: expect.stringContaining('"p"'),
    })
  })
})
