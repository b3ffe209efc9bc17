// SSO profiles against a stand-in of IAM Identity Center's two services, over real HTTP and with real files.

import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { callerIdentity, close, listenOnLoopback, startStandIn } from '../../../e2e/kit/aws/awsstandin'
import { openAccount } from '../account'
import type { Account } from '../parts'
import { Renewals } from './renewal'

interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: Record<string, string>
}

const never = new AbortController().signal
const HOUR_MS = 3_600_000
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()
const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Reply => ({
  status,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})
const refusal = (code: string, status: number): Reply => json({ message: 'text' }, status, { 'x-amzn-errortype': code })
const page: Reply = { status: 200, body: '<html>Welcome to the hotel</html>', headers: { 'content-type': 'text/html' } }
const roleKeys = (accessKeyId = 'SSO'): Reply =>
  json({
    roleCredentials: { accessKeyId, secretAccessKey: 's', sessionToken: 't', expiration: Date.now() + HOUR_MS },
  })
const newToken = (accessToken = 'new', refreshToken?: string): Reply =>
  json({ accessToken, tokenType: 'Bearer', expiresIn: 3_600, ...(refreshToken && { refreshToken }) })

let home: string
/** The answers of each service, in order; the last one goes on. */
let answers: { token: Reply[]; portal: Reply[] }
let asked: { readonly path: string; readonly body: string; readonly bearer: unknown }[]
let env: NodeJS.ProcessEnv
let stsUrl: string

async function answer(request: IncomingMessage): Promise<Reply> {
  const path = request.url ?? ''
  asked.push({ path, body: await text(request), bearer: request.headers['x-amz-sso_bearer_token'] })
  const list = path.startsWith('/token') ? answers.token : answers.portal
  return (list.length > 1 ? list.shift() : list[0]) ?? { status: 500, body: '' }
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'culvert-sso-'))
  onTestFinished(() => rm(home, { recursive: true }))
  asked = []
  answers = { token: [newToken()], portal: [roleKeys()] }
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body, headers }) => {
      if (status === 0) request.socket.resetAndDestroy()
      else response.writeHead(status, headers).end(body)
    })
  })
  const url = `http://127.0.0.1:${String(await listenOnLoopback(server))}`
  onTestFinished(() => close(server))
  const sts = await startStandIn(() => callerIdentity)
  onTestFinished(() => sts[Symbol.asyncDispose]())
  stsUrl = sts.url
  env = {
    HOME: home,
    AWS_CONFIG_FILE: join(home, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'credentials'),
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_SSO: url,
    AWS_ENDPOINT_URL_SSO_OIDC: url,
  }
  await writeFile(
    join(home, 'config'),
    '[profile corp]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=dev\n' +
      '[profile other]\nsso_session=corp\nsso_account_id=123456789012\nsso_role_name=ops\n' +
      '[sso-session corp]\nsso_region=eu-central-1\nsso_start_url=https://corp.awsapps.com/start\n',
  )
})

const cache = (): string =>
  join(home, '.aws', 'sso', 'cache', `${createHash('sha1').update('corp').digest('hex')}.json`)

async function loggedIn(endsInMs: number, more: Record<string, unknown> = {}): Promise<void> {
  await mkdir(join(home, '.aws', 'sso', 'cache'), { recursive: true })
  const registration = { clientId: 'c', clientSecret: 'cs', registrationExpiresAt: inMs(24 * HOUR_MS) }
  const token = { accessToken: 'old', expiresAt: inMs(endsInMs), refreshToken: 'r1', ...registration, startUrl: 'kept' }
  await writeFile(cache(), JSON.stringify({ ...token, ...more }))
}

async function opened(profile = 'corp', renewals = new Renewals()): Promise<Account> {
  const account = await openAccount({ profile, endpointUrl: stsUrl, env, renewals })
  onTestFinished(() => account[Symbol.asyncDispose]())
  return account
}

const codeOf = async (account: Account): Promise<unknown> =>
  account.identity(never).then(
    () => 'fine',
    (error: { code: string }) => error.code,
  )

describe('the outlook of the keys of a login', () => {
  test('is lasting while the login refreshes unasked', async () => {
    await loggedIn(HOUR_MS)
    const account = await opened()
    await account.identity(never)
    expect(account.keysOutlook()).toEqual({ kind: 'lasting' })
  })

  test.each([
    ['cannot be refreshed', { refreshToken: undefined }, 2 * HOUR_MS, 2 * HOUR_MS],
    ['has ended for good, and its last keys outlive it', {}, 60_000, HOUR_MS],
  ])('ends as the login does that %s', async (_, more, endsInMs, expectedMs) => {
    answers.token = [refusal('InvalidGrantException', 400)]
    await loggedIn(endsInMs, more)
    const account = await opened()
    await account.identity(never)
    const outlook = account.keysOutlook()
    expect(outlook.kind).toBe('ending')
    expect(Math.abs((outlook.kind === 'ending' ? outlook.endsAt : 0) - Date.now() - expectedMs)).toBeLessThan(10_000)
  })
})

describe('a login that is valid', () => {
  test('gets the keys of the role from the portal, with its token', async () => {
    await loggedIn(HOUR_MS)
    expect(await codeOf(await opened())).toBe('fine')
    expect(asked).toEqual([
      { path: '/federation/credentials?account_id=123456789012&role_name=dev', body: '', bearer: 'old' },
    ])
  })

  test.each([
    ['429', { status: 429, body: '' }, 'throttled'],
    ['a throttling code', refusal('TooManyRequestsException', 400), 'throttled'],
    ['503', { status: 503, body: '<html>' }, 'service'],
    ['a reset connection', { status: 0, body: '' }, 'network'],
    ['the page of a captive portal', page, 'network'],
    ['a redirect', { status: 302, body: '', headers: { location: 'http://hotel.example/' } }, 'network'],
    ['a page that forbids', { status: 403, body: '<html>', headers: { 'content-type': 'text/html' } }, 'network'],
    ['a proxy that wants a login', { status: 407, body: '' }, 'network'],
    ['a token that AWS does not accept', refusal('UnauthorizedException', 401), 'credentials-expired'],
    ['a role that is not the login’s', refusal('ForbiddenException', 403), 'access-denied'],
    ['an account that makes no sense', refusal('InvalidRequestException', 400), 'profile-unknown'],
    ['200 without credentials', json({}), 'service'],
  ] satisfies [string, Reply, string][])('%s of the portal is told as that', async (_, reply, code) => {
    await loggedIn(HOUR_MS)
    answers.portal = [reply]
    expect(await codeOf(await opened())).toBe(code)
  })

  test('survives two hiccups of the portal within one call', async () => {
    await loggedIn(HOUR_MS)
    answers.portal = [{ status: 429, body: '' }, { status: 0, body: '' }, roleKeys()]
    expect(await codeOf(await opened())).toBe('fine')
  })

  test('a host that cannot be found is the network, never a region that does not exist', async () => {
    await loggedIn(HOUR_MS)
    env['AWS_ENDPOINT_URL_SSO'] = 'https://portal.sso.eu-central-1.amazonaws.com.invalid'
    expect(await codeOf(await opened())).toBe('network')
  })
})

describe('a login that is about to end', () => {
  test('is refreshed by CreateToken and written back, with what else the file holds', async () => {
    await loggedIn(60_000)
    answers.token = [newToken('new', 'r2')]
    expect(await codeOf(await opened())).toBe('fine')
    expect(asked.map(({ path, bearer }) => [path.split('?')[0], bearer])).toEqual([
      ['/token', undefined],
      ['/federation/credentials', 'new'],
    ])
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      clientId: 'c',
      clientSecret: 'cs',
      refreshToken: 'r1',
      grantType: 'refresh_token',
    })
    const kept: unknown = JSON.parse(await readFile(cache(), 'utf8'))
    expect(kept).toMatchObject({ accessToken: 'new', refreshToken: 'r2', startUrl: 'kept', clientId: 'c' })
    expect((await lstat(cache())).mode & 0o777).toBe(0o600)
    expect(await readdir(join(home, '.aws', 'sso', 'cache'))).toHaveLength(1)
  })

  test('is refreshed once for two profiles that share it', async () => {
    await loggedIn(60_000)
    const renewals = new Renewals()
    const [one, two] = [await opened('corp', renewals), await opened('other', renewals)]
    await Promise.all([one.identity(never), two.identity(never)])
    expect(asked.filter(({ path }) => path === '/token')).toHaveLength(1)
  })

  test('is refreshed by one process: another one waits, and takes its token', async () => {
    await loggedIn(-1_000)
    // Nothing but files is shared, as by the app and the command line. A second refresh with the same token would be refused.
    answers.token = [newToken('new', 'r2'), refusal('InvalidGrantException', 400)]
    const accounts = [await opened('corp', new Renewals()), await opened('corp', new Renewals())]
    expect(await Promise.all(accounts.map((account) => codeOf(account)))).toEqual(['fine', 'fine'])
    expect(asked.filter(({ path }) => path === '/token')).toHaveLength(1)
  })

  test('is refreshed with the refresh token that another process has written while this one waited', async () => {
    await loggedIn(-1_000)
    answers.token = [json({ accessToken: 'short', expiresIn: 120, refreshToken: 'r2' }), newToken('new', 'r3')]
    const accounts = [await opened('corp', new Renewals()), await opened('corp', new Renewals())]
    expect(await Promise.all(accounts.map((account) => codeOf(account)))).toEqual(['fine', 'fine'])
    const refreshes = asked.filter(({ path }) => path === '/token').map(({ body }): unknown => JSON.parse(body))
    expect(refreshes).toMatchObject([{ refreshToken: 'r1' }, { refreshToken: 'r2' }])
  })

  test('is used as it is while the refresh fails', async () => {
    await loggedIn(60_000)
    answers.token = [refusal('InvalidGrantException', 400)]
    expect(await codeOf(await opened())).toBe('fine')
    expect(asked.at(-1)?.bearer).toBe('old')
  })

  test('whose file is a symbolic link is refreshed without replacing the link', async () => {
    await loggedIn(-1)
    const elsewhere = join(home, 'elsewhere.json')
    await writeFile(elsewhere, await readFile(cache()))
    await rm(cache())
    await symlink(elsewhere, cache())
    answers.token = [newToken('new', 'r2'), refusal('InvalidGrantException', 400)]
    const renewals = new Renewals()
    expect(await codeOf(await opened('corp', renewals))).toBe('fine')
    expect((await lstat(cache())).isSymbolicLink()).toBe(true)
    // The new token is remembered, because the old refresh token may be spent.
    expect(await codeOf(await opened('other', renewals))).toBe('fine')
  })
})

describe('a login that has ended', () => {
  test.each([
    ['429', { status: 429, body: '' }, 'throttled'],
    ['500', refusal('InternalServerException', 500), 'service'],
    ['a reset connection', { status: 0, body: '' }, 'network'],
    ['the page of a captive portal', page, 'network'],
    ['a spent refresh token', refusal('InvalidGrantException', 400), 'credentials-expired'],
    ['a code in the body only', json({ error: 'invalid_grant' }, 400), 'credentials-expired'],
    ['a client that is not authorized', refusal('UnauthorizedClientException', 400), 'credentials-expired'],
    ['a refusal of another kind', refusal('InvalidScopeException', 400), 'service'],
  ] satisfies [string, Reply, string][])('%s of CreateToken is told as that', async (_, reply, code) => {
    await loggedIn(-1_000)
    answers.token = [reply]
    const account = await opened()
    expect(await codeOf(account)).toBe(code)
    expect(JSON.parse(await readFile(cache(), 'utf8'))).toMatchObject({ accessToken: 'old', refreshToken: 'r1' })
    answers.token = [newToken()]
    expect(await codeOf(account)).toBe('fine')
  })

  test.each([
    ['a refresh token', { refreshToken: undefined }],
    ['a registration that still holds', { registrationExpiresAt: inMs(-1_000) }],
  ])('without %s wants a login, and AWS is not asked', async (_, more) => {
    await loggedIn(-1_000, more)
    await expect((await opened()).identity(never)).rejects.toMatchObject({
      code: 'credentials-expired',
      message: 'The login of the profile "corp" (account 1234 5678 9012) has expired: log in again.',
      command: 'aws sso login --profile corp',
    })
    expect(asked).toEqual([])
  })

  test('because its file is broken wants a login', async () => {
    await loggedIn(HOUR_MS)
    await writeFile(cache(), '{"accessToken":')
    expect(await codeOf(await opened())).toBe('credentials-expired')
  })
})

describe('a profile that is written wrong is final, and says which key', () => {
  test.each([
    ['sso_session=corp\nsso_account_id=1\n', 'has no sso_role_name: add it to the profile'],
    ['sso_start_url=https://x.example\nsso_account_id=1\nsso_role_name=a\n', 'has no sso_region'],
    [
      'sso_session=corp\nsso_region=us-east-1\nsso_account_id=1\nsso_role_name=a\n',
      'two values of sso_region: remove it',
    ],
    [
      'sso_start_url=https://x.example\nsso_region=a.evil.example/\nsso_account_id=1\nsso_role_name=a\n',
      'which is not an AWS region',
    ],
  ])('%j', async (values, said) => {
    await writeFile(
      join(home, 'config'),
      `[profile corp]\n${values}[sso-session corp]\nsso_region=eu-central-1\nsso_start_url=https://corp.awsapps.com/start\n`,
    )
    await expect((await opened()).identity(never)).rejects.toMatchObject({
      code: 'profile-unknown',
      message: expect.stringContaining(said),
    })
  })
})
