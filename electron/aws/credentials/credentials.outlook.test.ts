// What an account knows of the end of its keys, by where they come from.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assumedRole, callerIdentity } from '../../../e2e/kit/aws/awsstandin'
import { config, folder, never, opened, stageFiles } from './credentials.kit'

stageFiles()

const inEnvironment = { AWS_ACCESS_KEY_ID: 'ASIA', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }
const END = '2030-01-01T14:32:00Z'
const END_AT = Date.parse(END)
const ROLE_END = new Date(END_AT - 3_600_000)
const ROLE = 'role_arn=arn:aws:iam::123456789012:role/x'

const assuming = (action: string) =>
  action.startsWith('AssumeRole') ? assumedRole(action, 'ROLE', ROLE_END) : callerIdentity

test.each([
  ['temporary keys of the environment', {}, inEnvironment, { kind: 'unknown' }],
  [
    'those with a variable of their end',
    {},
    { ...inEnvironment, AWS_CREDENTIAL_EXPIRATION: END },
    { kind: 'ending', endsAt: END_AT },
  ],
  ['permanent keys of the environment', {}, { ...inEnvironment, AWS_SESSION_TOKEN: '' }, { kind: 'lasting' }],
  ['keys with a token in a profile', { profile: 'token' }, {}, { kind: 'unknown' }],
  ['permanent keys in a profile', { profile: 'base' }, {}, { kind: 'lasting' }],
  ['a role over permanent keys', { profile: 'role' }, {}, { kind: 'lasting' }],
  ['a role over keys with a token', { profile: 'over' }, {}, { kind: 'unknown' }],
  [
    'a role over keys of the environment that end',
    { profile: 'env' },
    { ...inEnvironment, AWS_SESSION_EXPIRATION: END },
    { kind: 'ending', endsAt: END_AT },
  ],
  [
    'a role that wants a code',
    { profile: 'mfa', askCode: () => Promise.resolve('123456') },
    {},
    { kind: 'ending', endsAt: ROLE_END.getTime() },
  ],
  ['a web identity', { profile: 'web' }, {}, { kind: 'lasting' }],
])('%s', async (_, options, env, expected) => {
  await writeFile(join(folder, 'token'), 'jwt')
  const keys = (name: string): string => `[profile ${name}]\naws_access_key_id=A\naws_secret_access_key=s\n`
  await config(
    `${keys('base')}${keys('token')}aws_session_token=t\n[profile role]\n${ROLE}\nsource_profile=base\n` +
      `[profile over]\n${ROLE}\nsource_profile=token\n[profile env]\n${ROLE}\ncredential_source=Environment\n` +
      `[profile mfa]\n${ROLE}\nsource_profile=base\nmfa_serial=arn:aws:iam::123456789012:mfa/ann\n` +
      `[profile web]\n${ROLE}\nweb_identity_token_file=${join(folder, 'token')}\n`,
  )
  const [account] = await opened({ ...options, env }, ({ action }) => assuming(action))
  expect(account.keysOutlook()).toEqual({ kind: 'lasting' })
  await account.identity(never)
  expect(account.keysOutlook()).toEqual(expected)
})

test('a variable that is no time is told once', async () => {
  const notices: string[] = []
  const env = { ...inEnvironment, AWS_SESSION_EXPIRATION: 'soon' }
  const [account] = await opened({ env, onNotice: (text) => notices.push(text) })
  await account.identity(never)
  await account.identity(never)
  expect(account.keysOutlook()).toEqual({ kind: 'unknown' })
  expect(notices).toEqual([expect.stringContaining('AWS_SESSION_EXPIRATION is "soon"')])
})

test('a role that can no longer be renewed without a person ends with its last keys', async () => {
  let isOver = false
  const endsAt = Math.ceil(Date.now() / 1_000) * 1_000 + 60_000
  await config(
    `[profile base]\naws_access_key_id=A\naws_secret_access_key=s\n[profile role]\n${ROLE}\nsource_profile=base\n`,
  )
  const [account] = await opened({ profile: 'role' }, ({ action }) => {
    if (action !== 'AssumeRole') return callerIdentity
    const ended = '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>over</Message></Error></ErrorResponse>'
    return isOver ? { xml: ended, status: 403 } : assumedRole(action, 'ROLE', new Date(endsAt))
  })
  await account.identity(never)
  expect(account.keysOutlook()).toEqual({ kind: 'lasting' })
  isOver = true
  // Due for renewal: they end within 5 minutes.
  await account.identity(never)
  expect(account.keysOutlook()).toEqual({ kind: 'ending', endsAt })
})
