import { expect, onTestFinished, test } from 'vitest'
import { openAccount } from '../account'
import type { AwsOptions } from '../parts'

const never = new AbortController().signal

async function places(env: NodeJS.ProcessEnv, options: Partial<AwsOptions> = {}): Promise<string[]> {
  const keys = { AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-west-1', HOME: '/nowhere' }
  const account = await openAccount({ env: { ...keys, ...env }, ...options })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const found = await account.examination.places(never)
  return found.map(
    ({ service, url, isSet, proxy }) =>
      `${service} ${url}${isSet ? ' set' : ''}${proxy === undefined ? '' : ` by ${proxy}`}`,
  )
}

test("without settings they are AWS's own, of the partition of the region", async () => {
  expect(await places({})).toEqual([
    'ssm https://ssm.eu-west-1.amazonaws.com',
    'ssmmessages https://ssmmessages.eu-west-1.amazonaws.com',
    'sts https://sts.eu-west-1.amazonaws.com',
    'ec2 https://ec2.eu-west-1.amazonaws.com',
    'kms https://kms.eu-west-1.amazonaws.com',
  ])
  expect((await places({ AWS_REGION: 'cn-north-1' }))[0]).toBe('ssm https://ssm.cn-north-1.amazonaws.com.cn')
})

test('FIPS and dual-stack names come from the table of the SDK', async () => {
  expect((await places({ AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' }))[0]).toBe(
    'ssm https://ssm-fips.us-east-1.amazonaws.com',
  )
  expect((await places({ AWS_USE_DUALSTACK_ENDPOINT: 'true' }))[0]).toBe('ssm https://ssm.eu-west-1.api.aws')
})

test('endpoints and proxies that are set are told; ssmmessages follows a stand-in for ssm, and AWS for a VPC endpoint', async () => {
  const vpc = 'https://vpce-0abc.ssm.eu-west-1.vpce.amazonaws.com'
  expect((await places({ AWS_ENDPOINT_URL_SSM: vpc })).slice(0, 2)).toEqual([
    `ssm ${vpc} set`,
    'ssmmessages https://ssmmessages.eu-west-1.amazonaws.com',
  ])
  expect((await places({ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }))[1]).toBe('ssmmessages http://127.0.0.1:4566 set')
  expect((await places({}, { messageEndpoint: 'vpce-1.example' }))[1]).toBe('ssmmessages https://vpce-1.example set')
  expect((await places({ HTTPS_PROXY: 'http://ann:pw@proxy.example:3128' }))[0]).toBe(
    'ssm https://ssm.eu-west-1.amazonaws.com by proxy.example:3128',
  )
})
