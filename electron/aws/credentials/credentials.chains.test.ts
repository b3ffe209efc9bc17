// Profiles that lead over others: roles, sources, and chains of both.

import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { assumedRole, callerIdentity, close, listenOnLoopback, type Answering } from '../../../e2e/kit/aws/awsstandin'
import { config, folder, never, opened, stageFiles } from './credentials.kit'

stageFiles()

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
