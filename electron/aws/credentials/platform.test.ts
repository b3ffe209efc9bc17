// Credentials of the place where Culvert runs, against a container's service and an instance's metadata on loopback.

import { createServer, type IncomingMessage } from 'node:http'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { close, listenOnLoopback } from '../../../e2e/kit/aws/awsstandin'
import { containerKeys, environmentKeys, instanceKeys } from './platform'

const KEYS = { AccessKeyId: 'AKID', SecretAccessKey: 's', Token: 't', Expiration: '2040-01-01T00:00:00Z' }

/** A service that answers by path, and what it was asked. A path without an answer is an error of the service. */
async function serving(answers: Readonly<Record<string, string>>) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    const answer = answers[request.url ?? '']
    response.writeHead(answer === undefined ? 500 : 200).end(answer)
  })
  const port = await listenOnLoopback(server)
  onTestFinished(() => close(server))
  return { url: `http://127.0.0.1:${String(port)}`, asked }
}

afterEach(() => void vi.unstubAllEnvs())

test('keys in the environment count only together, and an empty token is none', () => {
  expect(environmentKeys({ AWS_ACCESS_KEY_ID: 'AKID' })).toBeUndefined()
  const keys = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 's' }
  expect(environmentKeys({ ...keys, AWS_SESSION_TOKEN: '' })).toEqual({
    accessKeyId: 'AKID',
    secretAccessKey: 's',
    outlook: { kind: 'lasting' },
  })
  expect(environmentKeys({ ...keys, AWS_SESSION_TOKEN: 't' })?.sessionToken).toBe('t')
})

test('a container is asked where the given environment says, with its token', async () => {
  const { url, asked } = await serving({ '/keys': JSON.stringify(KEYS) })
  expect(await containerKeys({})).toBeUndefined()
  const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/keys`, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pass' }
  // The environment of the process does not count.
  vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${url}/others`)
  vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'other')
  expect(await containerKeys(env)).toMatchObject({ accessKeyId: 'AKID', secretAccessKey: 's', sessionToken: 't' })
  expect(asked.map(({ url: path, headers }) => [path, headers.authorization])).toEqual([['/keys', 'pass']])
})

test('the metadata of an instance are not asked where the environment forbids it', async () => {
  const { url, asked } = await serving({})
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', url)
  expect(await instanceKeys({ AWS_EC2_METADATA_DISABLED: 'TRUE' })).toBeUndefined()
  expect(asked).toEqual([])
})

test('the role of an instance is found, and metadata that fail are asked once', async () => {
  const path = '/latest/meta-data/iam/security-credentials/'
  const good = await serving({
    '/latest/api/token': 'token',
    [path]: 'role',
    [`${path}role`]: JSON.stringify({ Code: 'Success', ...KEYS }),
  })
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', good.url)
  expect(await instanceKeys({})).toMatchObject({ accessKeyId: 'AKID', sessionToken: 't' })
  const bad = await serving({ '/latest/api/token': 'token' })
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', bad.url)
  await expect(instanceKeys({})).rejects.toThrow()
  expect(bad.asked.filter(({ url }) => url === path)).toHaveLength(1)
})
