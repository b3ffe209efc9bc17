// The way from a profile to credentials, with means that say what they were asked.

import { expect, test } from 'vitest'
import type { Section } from '../profiles/ini'
import { isSso, resolveChain, type ChainMeans } from './chain'

const role = 'arn:aws:iam::123456789012:role/r'
const KEYS = { aws_access_key_id: 'AKID', aws_secret_access_key: 'secret' }

/** The key that `name` leads to; each means gives one that tells how it came to be. */
async function resolved(sections: Readonly<Record<string, Section>>, name = 'p'): Promise<string> {
  const identity = (accessKeyId: string) => Promise.resolve({ accessKeyId, secretAccessKey: 's' })
  const means: ChainMeans = {
    sessionName: (profile, configured) => Promise.resolve(configured ?? `name of ${profile}`),
    process: (profile, command) => identity(`process ${profile} ${command}`),
    sso: (profile) => identity(`sso ${profile}`),
    login: (profile) => identity(`login ${profile}`),
    source: (profile, source) => identity(`source ${profile} ${source}`),
    role: ({ accessKeyId }, { RoleArn, DurationSeconds, SerialNumber = 'no code' }) =>
      identity(`${RoleArn.slice(-1)} for ${String(DurationSeconds)} s, ${SerialNumber} < ${accessKeyId}`),
    roleByToken: ({ RoleArn, RoleSessionName }, file) => identity(`${RoleArn.slice(-1)} ${RoleSessionName} by ${file}`),
  }
  const all = new Map(Object.entries(sections))
  const { accessKeyId } = await resolveChain(
    { name, values: all.get(name)!, sections: all, services: {}, files: { filepath: '', configFilepath: '' } },
    means,
  )
  return accessKeyId
}

const code = { mfa_serial: 'code', duration_seconds: '900' }

test.each<[string, Readonly<Record<string, Section>>, string]>([
  ['its own keys', { p: { ...KEYS, credential_process: 'x' } }, 'AKID'],
  ['a program', { p: { credential_process: 'x y' } }, 'process p x y'],
  ['a sign-in', { p: { sso_session: 's' } }, 'sso p'],
  ['aws login', { p: { login_session: 'arn' } }, 'login p'],
  ['a web identity', { p: { role_arn: role, role_session_name: 'n', web_identity_token_file: '/t' } }, 'r n by /t'],
  ['one without a name', { p: { role_arn: role, web_identity_token_file: '/t' } }, 'r name of p by /t'],
  [
    'a role of the place where it runs',
    { p: { role_arn: role, credential_source: 'Environment' } },
    'r for 3600 s, no code < source p Environment',
  ],
  [
    "a role with another profile's keys and a code",
    { p: { role_arn: role, source_profile: 'q', ...code }, q: KEYS },
    'r for 900 s, code < AKID',
  ],
  [
    'a role that another role may assume',
    { p: { role_arn: role, source_profile: 'q' }, q: { role_arn: role, source_profile: 'q', ...KEYS } },
    'r for 3600 s, no code < AKID',
  ],
  [
    'a role whose source names the place',
    { p: { role_arn: role, source_profile: 'q' }, q: { credential_source: 'EcsContainer' } },
    'r for 3600 s, no code < source q EcsContainer',
  ],
])('a profile leads to %s', async (_, sections, key) => {
  expect(await resolved(sections)).toBe(key)
})

test.each<[string, Readonly<Record<string, Section>>, RegExp]>([
  ['nothing', { p: {} }, /"p" names no credentials/],
  ['a role alone', { p: { role_arn: role } }, /names a role and no credentials/],
  [
    'two sources',
    { p: { role_arn: role, source_profile: 'p', credential_source: 'Environment' } },
    /of which only one can be/,
  ],
  ['a source that is nowhere', { p: { role_arn: role, source_profile: 'q' } }, /"q", which is in none/],
  [
    'a round',
    {
      p: { role_arn: role, source_profile: 'q' },
      q: { role_arn: role, source_profile: 'o' },
      o: { role_arn: role, source_profile: 'q' },
    },
    /"q", which leads back to itself/,
  ],
  [
    'a duration that is none',
    { p: { role_arn: role, source_profile: 'q', duration_seconds: '1h' }, q: KEYS },
    /duration_seconds that is not a number/,
  ],
])('a profile that names %s is told to be corrected', async (_, sections, message) => {
  await expect(resolved(sections)).rejects.toMatchObject({
    code: 'profile-unknown',
    message: expect.stringMatching(message),
  })
})

test('a section says something of SSO by any key of it', () => {
  expect([isSso({ sso_session: 's' }), isSso({ sso_start_url: 'u' }), isSso({ region: 'r' })]).toEqual([
    true,
    true,
    false,
  ])
})
