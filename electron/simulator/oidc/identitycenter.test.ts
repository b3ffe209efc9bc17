// How the stand-in refuses, as AWS does, asked over real sockets. What it allows is shown by the login (aws/login/login.test.ts).

import { createHash, randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startIdentityCenter, type IdentityCenter } from './identitycenter'

const ACCOUNT = '111122223333'
const REGISTERED = 'http://127.0.0.1/oauth/callback'
const REDIRECT = 'http://127.0.0.1:4567/oauth/callback'
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

let center: IdentityCenter
let clock: number

beforeEach(async () => {
  clock = Date.now()
  center = await startIdentityCenter({
    accountId: ACCOUNT,
    issue: () => ({ accessKeyId: 'A', secretAccessKey: 's', sessionToken: 't' }),
    now: () => clock,
  })
  onTestFinished(() => center[Symbol.asyncDispose]())
})

type Json = Record<string, unknown>

async function post(path: string, body: Json, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await fetch(center.endpointUrl + path, { method: 'POST', body: JSON.stringify(body), headers })
  return { ...((await answer.json()) as Json), type: answer.headers.get('x-amzn-errortype'), status: answer.status }
}

const forCode = (): Json => ({
  clientName: 'test',
  clientType: 'public',
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: [REGISTERED],
  issuerUrl: center.startUrl,
  scopes: ['sso:account:access'],
})
const forDevice = { clientName: 'test', clientType: 'public', scopes: ['sso:account:access'] }

async function registered(body: Json): Promise<Json> {
  const { clientId, clientSecret } = await post('/client/register', body)
  return { clientId, clientSecret }
}

const verifier = randomBytes(32).toString('base64url')
const query = (client: Json, more: Record<string, string> = {}): URLSearchParams =>
  new URLSearchParams({
    response_type: 'code',
    client_id: String(client['clientId']),
    redirect_uri: REDIRECT,
    state: 'S',
    code_challenge_method: 'S256',
    scopes: 'sso:account:access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    ...more,
  })

const page = (asked: URLSearchParams): Promise<Response> =>
  fetch(`${center.endpointUrl}/authorize?${asked.toString()}`, { redirect: 'manual' })

async function codeFor(client: Json): Promise<string> {
  const ticket = /value="(\w{32})"/.exec(await (await page(query(client))).text())?.[1] ?? ''
  const form = new URLSearchParams({ ticket, decision: 'allow' })
  const answer = await fetch(`${center.endpointUrl}/decide`, { method: 'POST', body: form, redirect: 'manual' })
  const location = new URL(answer.headers.get('location') ?? '')
  expect([location.origin + location.pathname, location.searchParams.get('state')]).toEqual([REDIRECT, 'S'])
  return location.searchParams.get('code') ?? ''
}

const exchange = (client: Json, code: string, more: Json = {}): Promise<Json> =>
  post('/token', {
    ...client,
    grantType: 'authorization_code',
    code,
    codeVerifier: verifier,
    redirectUri: REDIRECT,
    ...more,
  })

describe('a registration', () => {
  test.each([
    [{ clientType: 'confidential' }, 'InvalidClientMetadataException'],
    [{ scopes: ['sso:account:everything'] }, 'InvalidScopeException'],
    [{ grantTypes: ['password'] }, 'UnsupportedGrantTypeException'],
    [{ redirectUris: [] }, 'InvalidRedirectUriException'],
    [{ redirectUris: ['http://evil.example/oauth/callback'] }, 'InvalidRedirectUriException'],
    [{ issuerUrl: 'https://other.awsapps.com/start' }, 'InvalidRequestException'],
    [{ clientName: undefined }, 'InvalidRequestException'],
  ])('with %j is refused', async (change, type) => {
    expect(await post('/client/register', { ...forCode(), ...change })).toMatchObject({ type, status: 400 })
  })

  test('of a web page is refused', async () => {
    expect(await post('/client/register', forCode(), { origin: 'https://evil.example' })).toMatchObject({ status: 403 })
  })
})

describe('an authorization page', () => {
  test('of a client or a redirect URI that is not known redirects nowhere; the port may differ', async () => {
    const client = await registered(forCode())
    const statuses = [
      query(client),
      query({ clientId: 'x' }),
      query(client, { redirect_uri: 'http://127.0.0.1:4567/other' }),
      query(client, { redirect_uri: 'http://evil.example/oauth/callback' }),
      query(await registered(forDevice)),
    ].map(async (asked) => (await page(asked)).status)
    expect(await Promise.all(statuses)).toEqual([200, 400, 400, 400, 400])
  })

  test.each([
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge: '' }, 'invalid_request'],
    [{ scopes: 'codewhisperer:analysis' }, 'invalid_scope'],
  ])('with %j goes back with the refusal', async (change, error) => {
    const location = (await page(query(await registered(forCode()), change))).headers.get('location') ?? ''
    expect(new URL(location).searchParams.get('error')).toBe(error)
  })
})

describe('a code', () => {
  test.each([
    ['another verifier', { codeVerifier: 'x'.repeat(43) }, 'InvalidGrantException'],
    ['the redirect URI without its port', { redirectUri: REGISTERED }, 'InvalidGrantException'],
    ['an unknown client', { clientId: 'x' }, 'InvalidClientException'],
    ['another secret', { clientSecret: 'x' }, 'InvalidClientException'],
  ])('is refused with %s', async (_, change, type) => {
    const client = await registered(forCode())
    expect(await exchange(client, await codeFor(client), change)).toMatchObject({ type })
  })

  test('gives a token once, also where the first try was refused, and not after ten minutes', async () => {
    const client = await registered(forCode())
    const [one, two, three] = [await codeFor(client), await codeFor(client), await codeFor(client)]
    expect(await exchange(client, one)).toMatchObject({ status: 200, expiresIn: 28_800 })
    expect(await exchange(client, one)).toMatchObject({ type: 'InvalidGrantException' })
    await exchange(client, two, { codeVerifier: 'x' })
    expect(await exchange(client, two)).toMatchObject({ type: 'InvalidGrantException' })
    clock += 600_000
    expect(await exchange(client, three)).toMatchObject({ type: 'InvalidGrantException' })
  })

  test('of another client is refused', async () => {
    const [client, other] = [await registered(forCode()), await registered(forCode())]
    expect(await exchange(other, await codeFor(client))).toMatchObject({ type: 'InvalidGrantException' })
  })
})

describe('a device code', () => {
  test('is refused for another start URL, and for a client without that grant', async () => {
    const [device, code] = [await registered(forDevice), await registered(forCode())]
    expect(await post('/device_authorization', { ...device, startUrl: 'https://x.example' })).toMatchObject({
      type: 'InvalidRequestException',
    })
    expect(await post('/device_authorization', { ...code, startUrl: center.startUrl })).toMatchObject({
      type: 'UnauthorizedClientException',
    })
  })

  test('is pending, asked for too often, and ends', async () => {
    const client = await registered(forDevice)
    const { deviceCode } = await post('/device_authorization', { ...client, startUrl: center.startUrl })
    const ask = async (afterMs: number): Promise<unknown> => {
      clock += afterMs
      return (await post('/token', { ...client, grantType: DEVICE, deviceCode }))['error']
    }
    expect([await ask(0), await ask(999), await ask(1_000), await ask(600_000)]).toEqual([
      'authorization_pending',
      'slow_down',
      'authorization_pending',
      'expired_token',
    ])
  })
})

describe('a token', () => {
  const keys = async (token: unknown, role = 'Developer', account = ACCOUNT): Promise<[number, string | null]> => {
    const url = `${center.endpointUrl}/federation/credentials?account_id=${account}&role_name=${role}`
    const answer = await fetch(url, { headers: { 'x-amz-sso_bearer_token': String(token) } })
    return [answer.status, answer.headers.get('x-amzn-errortype')]
  }
  const refreshed = (client: Json, refreshToken: unknown): Promise<Json> =>
    post('/token', { ...client, grantType: 'refresh_token', refreshToken })

  test('gives the keys of roles that are assigned, until it ends', async () => {
    const client = await registered(forCode())
    const { accessToken } = await exchange(client, await codeFor(client))
    expect(await keys(accessToken)).toEqual([200, null])
    expect(await keys(accessToken, 'Admin')).toEqual([403, 'ForbiddenException'])
    expect(await keys(accessToken, 'Developer', '999988887777')).toEqual([403, 'ForbiddenException'])
    expect(await keys('x')).toEqual([401, 'UnauthorizedException'])
    clock += 28_800_000
    expect(await keys(accessToken)).toEqual([401, 'UnauthorizedException'])
  })

  test('is refreshed once with each refresh token, by its own client, until the session is ended', async () => {
    const [client, other] = [await registered(forCode()), await registered(forCode())]
    const first = await exchange(client, await codeFor(client))
    expect(await refreshed(other, first['refreshToken'])).toMatchObject({ type: 'InvalidGrantException' })
    const second = await refreshed(client, first['refreshToken'])
    expect(await keys(second['accessToken'])).toEqual([200, null])
    expect(await refreshed(client, first['refreshToken'])).toMatchObject({ type: 'InvalidGrantException' })
    center.endSession()
    expect(await keys(second['accessToken'])).toEqual([401, 'UnauthorizedException'])
    expect(await refreshed(client, second['refreshToken'])).toMatchObject({ type: 'InvalidGrantException' })
  })
})
