import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSettings } from './settings'

let folder: string
let files: NodeJS.ProcessEnv

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'culvert-settings-'))
  files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') }
  await writeFile(
    join(folder, 'config'),
    '[profile p]\nregion=eu-west-3\nendpoint_url=http://profile:1\nservices=s\nuse_fips_endpoint=true\n' +
      '[services s]\nssm =\n  endpoint_url = http://services:2\n[profile bare]\nregion=eu-north-1\n',
  )
})

afterAll(() => rm(folder, { recursive: true }))

const read = (env: NodeJS.ProcessEnv, options: { profile?: string; region?: string; endpointUrl?: string } = {}) =>
  readSettings({ ...options, isSelfContained: false, env: { ...files, ...env } })

describe('the region', () => {
  test('is the option, then AWS_REGION, then AWS_DEFAULT_REGION, then the profile', async () => {
    const env = { AWS_PROFILE: 'p', AWS_REGION: 'r-1', AWS_DEFAULT_REGION: 'r-2' }
    expect((await read(env, { region: 'r-0' })).region).toBe('r-0')
    expect((await read(env)).region).toBe('r-1')
    expect((await read({ ...env, AWS_REGION: '' })).region).toBe('r-2')
    expect((await read({ AWS_PROFILE: 'p' })).region).toBe('eu-west-3')
    expect((await read({ AWS_DEFAULT_PROFILE: 'p' })).region).toBe('eu-west-3')
    expect((await read({ AWS_PROFILE: 'p' }, { profile: 'bare' })).region).toBe('eu-north-1')
  })

  test('that nobody set is region-missing', async () => {
    await expect(read({})).rejects.toMatchObject({ code: 'region-missing' })
  })

  test('that could name a foreign host is wrong-region', async () => {
    await expect(read({}, { region: 'evil.example/' })).rejects.toMatchObject({ code: 'wrong-region' })
    await expect(read({}, { region: 'Frankfurt' })).rejects.toMatchObject({ code: 'wrong-region' })
  })
})

describe('an endpoint', () => {
  const base = { AWS_PROFILE: 'p', AWS_ENDPOINT_URL: 'http://all:3', AWS_ENDPOINT_URL_SSM: 'http://ssm:4' }

  test('is the option, then the service variable, then AWS_ENDPOINT_URL, then the services section, then the profile', async () => {
    const option = await read(base, { endpointUrl: 'http://option:5' })
    const of = (url: string) => ({ ssm: url, ec2: url, ecs: url, sts: url, kms: url, sso: url, sso_oidc: url })
    // The option concerns the account's services, and not where its login is.
    const logins = { sso: 'http://all:3', sso_oidc: 'http://all:3' }
    expect(option.endpoints).toEqual({ ...of('http://option:5'), ...logins })
    expect((await read(base)).endpoints).toEqual({ ...of('http://all:3'), ssm: 'http://ssm:4' })
    expect((await read({ ...base, AWS_ENDPOINT_URL_KMS: 'http://kms:6' })).endpoints.kms).toBe('http://kms:6')
    expect((await read({ AWS_PROFILE: 'p' })).endpoints).toEqual({
      ...of('http://profile:1'),
      ssm: 'http://services:2',
    })
  })

  test("is of the profile named on the command line, not of AWS_PROFILE's", async () => {
    expect((await read({ AWS_PROFILE: 'p' }, { profile: 'bare' })).endpoints.ssm).toBeUndefined()
  })

  test('is ignored when AWS_IGNORE_CONFIGURED_ENDPOINT_URLS says so, but for the option', async () => {
    const env = { ...base, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
    expect((await read(env)).endpoints.ssm).toBeUndefined()
    expect((await read(env, { endpointUrl: 'http://option:5' })).endpoints.ssm).toBe('http://option:5')
  })

  test('that is no http URL is a usage error naming where it came from', async () => {
    await expect(read({ AWS_REGION: 'r-1', AWS_ENDPOINT_URL_EC2: '127.0.0.1:4566' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('AWS_ENDPOINT_URL_EC2'),
    })
  })
})

test('given credentials see neither profiles nor the endpoints of the environment', async () => {
  const env = { ...files, AWS_PROFILE: 'missing', AWS_ENDPOINT_URL: 'http://all:3', AWS_CA_BUNDLE: '/missing' }
  const settings = await readSettings({ region: 'r-1', isSelfContained: true, env })
  expect(settings).toMatchObject({ profile: undefined, caBundle: undefined, endpoints: { ssm: undefined } })
})

test('FIPS and dual-stack endpoints are asked for by variable or profile', async () => {
  expect(await read({ AWS_PROFILE: 'p' })).toMatchObject({ useFipsEndpoint: true, useDualstackEndpoint: false })
  const env = { AWS_PROFILE: 'p', AWS_USE_FIPS_ENDPOINT: 'false', AWS_USE_DUALSTACK_ENDPOINT: 'true' }
  expect(await read(env)).toMatchObject({ useFipsEndpoint: false, useDualstackEndpoint: true })
})
