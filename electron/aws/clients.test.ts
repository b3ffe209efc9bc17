// What the SDK's clients are made with, against a stand-in.

import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, onTestFinished, test, vi } from 'vitest'
import { callerIdentity, startStandIn, type Answering } from '../../e2e/kit/aws/awsstandin'
import { Clients, type IdentityProvider } from './clients'
import { openNetwork } from './network'
import { readSettings, type Settings } from './profiles/settings'

const KEYS = { accessKeyId: 'AKID', secretAccessKey: 's' }

/** Clients of an account without an endpoint of its own, unless one is given. */
async function clientsOf(
  options: { readonly endpointUrl?: string; readonly settings?: Partial<Settings> } = {},
  provider: IdentityProvider = () => Promise.resolve(KEYS),
): Promise<Clients> {
  const { endpointUrl, settings: changed } = options
  const settings = await readSettings({
    region: 'eu-central-1',
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    isSelfContained: true,
    env: {},
  })
  const network = await openNetwork({ env: {}, caBundle: undefined })
  onTestFinished(() => network.destroy())
  return new Clients({ settings: { ...settings, ...changed }, network }, provider)
}

async function standingIn(answering: Answering) {
  const standIn = await startStandIn(answering)
  onTestFinished(() => standIn[Symbol.asyncDispose]())
  return standIn
}

test('keys without expiry are asked for at each request, so that rewritten ones are seen', async () => {
  const { url, asked } = await standingIn(() => callerIdentity)
  let count = 0
  const clients = await clientsOf({ endpointUrl: url }, () => {
    count += 1
    return Promise.resolve({ ...KEYS, accessKeyId: `K${count}` })
  })
  const sts = await clients.sts()
  await sts.send(new GetCallerIdentityCommand({}))
  await sts.send(new GetCallerIdentityCommand({}))
  const [first, second] = asked.map(({ accessKeyId }) => accessKeyId)
  expect(first).toMatch(/^K\d$/)
  expect(second).not.toBe(first)
})

test('each client is made once, that of KMS once for each region', async () => {
  const clients = await clientsOf()
  expect(await clients.ec2()).toBe(await clients.ec2())
  expect(await clients.ecs()).toBe(await clients.ecs())
  expect(await clients.ssm()).toBe(await clients.ssm())
  expect(await clients.kms('eu-west-1')).toBe(await clients.kms('eu-west-1'))
  expect(await clients.kms('eu-west-1')).not.toBe(await clients.kms('eu-central-1'))
  const { config } = await clients.kms('eu-west-1')
  expect([await config.region(), await config.maxAttempts()]).toEqual(['eu-west-1', 3])
})

test('an endpoint of the user is used as it is, also where FIPS and dual stack are wanted', async () => {
  const { url, asked } = await standingIn(() => callerIdentity)
  const wanted = { useFipsEndpoint: true, useDualstackEndpoint: true }
  const own = await (await clientsOf({ endpointUrl: url, settings: wanted })).sts()
  await own.send(new GetCallerIdentityCommand({}))
  expect(asked).toHaveLength(1)
  const { config } = await (await clientsOf({ settings: wanted })).sts()
  expect([await config.useFipsEndpoint(), await config.useDualstackEndpoint()]).toEqual([true, true])
})

test('the environment of the process is left as it was', async () => {
  onTestFinished(() => void vi.unstubAllEnvs())
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'
  vi.stubEnv(name, undefined)
  await (await clientsOf()).ssm()
  expect(name in process.env).toBe(false)
  vi.stubEnv(name, 'own')
  await (await clientsOf()).ssm()
  expect(process.env[name]).toBe('own')
})
