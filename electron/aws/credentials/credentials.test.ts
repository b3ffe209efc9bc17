// Where credentials come from, when they are looked up again, and the errors without them.

import { mkdir, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  assumedRole,
  callerIdentity,
  close,
  jsonError,
  listenOnLoopback,
  startedSession,
  stsError,
} from '../../../e2e/kit/aws/awsstandin'
import { config, folder, never, opened, stageFiles } from './credentials.kit'

stageFiles()

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
