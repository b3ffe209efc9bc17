// Roles assumed at a stand-in of STS.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { assumedRole, startStandIn, stsError, type Answering, type StandIn } from '../../../e2e/kit/aws/awsstandin'
import { openNetwork } from '../network'
import { readSettings } from '../profiles/settings'
import { Roles } from './roles'

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 's' }
const REQUEST = { RoleArn: 'arn:aws:iam::123456789012:role/admin', RoleSessionName: 'ann' }
const END = new Date(Date.UTC(2040, 0, 1))
const WRONG = stsError('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', 403)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-roles-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** The roles of an account whose STS is a stand-in. */
async function rolesAt(answering: Answering): Promise<[Roles, StandIn]> {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  const settings = await readSettings({
    region: 'eu-central-1',
    endpointUrl: standIn.url,
    isSelfContained: true,
    env: {},
  })
  const network = await openNetwork({ env: {}, caBundle: undefined })
  onTestFinished(() => network.destroy())
  return [new Roles({ settings, network }, () => ({ kind: 'profile', name: 'dev' })), standIn]
}

test('a role is assumed with the keys of its source, and its keys end when STS says', async () => {
  const [roles, { asked }] = await rolesAt(() => assumedRole('AssumeRole', 'ROLE', END))
  expect(await roles.assume(KEYS, REQUEST)).toEqual({
    accessKeyId: 'ROLE',
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: END,
  })
  expect(asked.map(({ action, accessKeyId, input }) => [action, accessKeyId, input['RoleArn']])).toEqual([
    ['AssumeRole', 'AKID', REQUEST.RoleArn],
  ])
})

test('an answer without keys is an error of the service, a denial names the action and the source', async () => {
  const empty = '<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>'
  const [roles] = await rolesAt(() => ({ xml: empty }))
  await expect(roles.assume(KEYS, REQUEST)).rejects.toMatchObject({ code: 'service' })
  const [denied] = await rolesAt(() => stsError('AccessDenied', 'no', 403))
  await expect(denied.assume(KEYS, REQUEST)).rejects.toMatchObject({
    code: 'access-denied',
    message: expect.stringContaining('The profile "dev" may not perform sts:AssumeRole'),
  })
})

test('a wrong code is asked for again, and each call is limited without the person', async () => {
  const answers = [WRONG, assumedRole('AssumeRole', 'ROLE', END)]
  const [roles, { asked }] = await rolesAt(() => answers.shift() ?? WRONG)
  const events: unknown[] = []
  const identity = await roles.assumeWithCode(
    KEYS,
    { ...REQUEST, SerialNumber: 'arn:mfa' },
    (isRepeated) => {
      events.push(isRepeated)
      return Promise.resolve(isRepeated ? '222222' : '111111')
    },
    (act) => {
      events.push('call')
      return act()
    },
  )
  expect(identity.accessKeyId).toBe('ROLE')
  expect(events).toEqual([false, 'call', true, 'call'])
  expect(asked.map(({ input }) => input['TokenCode'])).toEqual(['111111', '222222'])
})

test('three wrong codes are enough, and another refusal is not the fault of the code', async () => {
  let asks = 0
  const ask = (): Promise<string> => {
    asks += 1
    return Promise.resolve('111111')
  }
  const [roles] = await rolesAt(() => WRONG)
  await expect(roles.assumeWithCode(KEYS, REQUEST, ask, (act) => act())).rejects.toMatchObject({
    code: 'credentials-expired',
    message: expect.stringContaining('AWS did not accept the code of the second factor of the profile "dev"'),
  })
  expect(asks).toBe(3)
  const [denied] = await rolesAt(() => stsError('AccessDenied', 'no', 403))
  await expect(denied.assumeWithCode(KEYS, REQUEST, ask, (act) => act())).rejects.toMatchObject({
    code: 'access-denied',
  })
  expect(asks).toBe(4)
})

test('the token of a web identity is read anew each time, and one that cannot be read is told with its settings', async () => {
  const [roles, { asked }] = await rolesAt(() => assumedRole('AssumeRoleWithWebIdentity', 'WEB', END))
  const file = join(folder, 'token')
  for (const token of ['one', 'two']) {
    await writeFile(file, `${token}\n`)
    expect((await roles.assumeWithToken(REQUEST, file)).accessKeyId).toBe('WEB')
  }
  expect(asked.map(({ input }) => input['WebIdentityToken'])).toEqual(['one', 'two'])
  await expect(roles.assumeWithToken(REQUEST, join(folder, 'none'))).rejects.toMatchObject({
    code: 'credentials-missing',
    message: expect.stringMatching(/none .*correct web_identity_token_file or AWS_WEB_IDENTITY_TOKEN_FILE\.$/),
  })
})
