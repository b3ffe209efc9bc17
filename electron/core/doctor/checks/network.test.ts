import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { close, listenOnLoopback } from '../../../../e2e/kit/aws/awsstandin'
import { bundlePath, stageCertificate, startTls } from '../../../aws/checkup/tls.kit'
import { diagnose, makePatient } from '../doctor.kit'

stageCertificate()

/** A server whose clock is wrong by `aheadMs`. */
async function startAt(aheadMs: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString())
    response.end()
  })
  onTestFinished(() => close(server))
  return `http://127.0.0.1:${await listenOnLoopback(server)}`
}

test('a FIPS host that does not exist is told as that', async () => {
  const patient = await makePatient({ env: { AWS_ENDPOINT_URL_EC2: 'https://ec2-fips.nowhere.invalid' } })
  const { lines } = await diagnose(patient)
  expect(lines.get('network.ec2.name')).toMatchObject({
    outcome: 'failed',
    missing: 'AWS_USE_FIPS_ENDPOINT',
    next: expect.stringContaining('whether the region has FIPS endpoints'),
  })
})

test('a proxy that cannot be reached is told as the setting that names it', async () => {
  const patient = await makePatient({
    env: { AWS_ENDPOINT_URL_KMS: 'http://kms.corp.example', HTTP_PROXY: 'http://ann:PASSWORD@127.0.0.1:1' },
  })
  const { lines } = await diagnose(patient)
  expect(lines.get('network.kms')).toMatchObject({
    missing: 'HTTPS_PROXY, NO_PROXY',
    next: expect.stringContaining('Check that the proxy 127.0.0.1:1 runs'),
  })
  expect(JSON.stringify([...lines])).not.toContain('PASSWORD')
})

test('a host that cannot be looked up fails by name, with the setting, and its connection is not tried', async () => {
  const patient = await makePatient({ env: { AWS_ENDPOINT_URL_EC2: 'https://ec2.nowhere.invalid' } })
  const { lines, failed, steps } = await diagnose(patient)
  expect(failed).toEqual(['network.ec2.name'])
  expect(lines.get('network.ec2.name')).toMatchObject({
    missing: 'AWS_ENDPOINT_URL_EC2',
    evidence: expect.stringContaining('ec2.nowhere.invalid'),
  })
  expect(steps).not.toContain('Connection to ec2')
  expect(lines.get('permissions.ec2:DescribeInstances')).toMatchObject({ outcome: 'unknown' })
  expect(lines.get('permissions.ssm:DescribeInstanceInformation')).toMatchObject({ outcome: 'passed' })
})

test('a service that is not reached fails; KMS alone is not known, because only encryption needs it', async () => {
  const patient = await makePatient({
    env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9', AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:9' },
  })
  const { lines, failed } = await diagnose(patient)
  expect(failed).toEqual(['network.sts'])
  expect(lines.get('network.sts')).toMatchObject({
    missing: 'HTTPS_PROXY',
    evidence: expect.stringContaining('ECONNREFUSED'),
  })
  expect(lines.get('network.kms')).toMatchObject({ outcome: 'unknown', evidence: expect.stringContaining('encrypted') })
  expect(lines.get('credentials.identity')).toMatchObject({ outcome: 'unknown' })
})

test('a clock that is 7 minutes behind fails, one that is a minute ahead is told', async () => {
  const behind = await makePatient({ env: { AWS_ENDPOINT_URL_SSM: await startAt(7 * 60_000) } })
  expect((await diagnose(behind)).lines.get('network.clock')).toMatchObject({
    outcome: 'failed',
    evidence: "This computer's clock is 7 min behind AWS's.",
  })
  const ahead = await makePatient({ env: { AWS_ENDPOINT_URL_SSM: await startAt(-60_000) } })
  expect((await diagnose(ahead)).lines.get('network.clock')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(/^This computer's clock is (59|60|61) s ahead of AWS's\.$/),
  })
})

test('a proxy is named without its password', async () => {
  const patient = await makePatient({
    env: { AWS_ENDPOINT_URL_EC2: 'https://ec2.eu-west-1.amazonaws.com', HTTPS_PROXY: 'http://ann:hunter2@127.0.0.1:9' },
  })
  const { lines } = await diagnose(patient)
  expect(lines.get('network.ec2.name')!.evidence).toBe('The proxy 127.0.0.1:9 looks up ec2.eu-west-1.amazonaws.com.')
  expect(lines.get('network.ec2')).toMatchObject({ outcome: 'failed', missing: 'HTTPS_PROXY, NO_PROXY' })
  expect(JSON.stringify([...lines])).not.toContain('hunter2')
})

test('a certificate that is not trusted fails with its issuer and the setting; a trusted one that is not of Amazon is told', async () => {
  const { url } = await startTls()
  const patient = await makePatient({ env: { AWS_ENDPOINT_URL_KMS: url, AWS_ENDPOINT_URL_EC2: url } })
  const { lines, failed } = await diagnose(patient)
  expect(failed).toEqual(['network.ec2'])
  expect(lines.get('network.ec2')).toMatchObject({
    missing: 'AWS_CA_BUNDLE',
    evidence: expect.stringMatching(
      /is issued by "Inspecting Proxy Ltd", which this computer does not trust \(DEPTH_ZERO/,
    ),
  })
  const trusting = await makePatient({ env: { AWS_ENDPOINT_URL_KMS: url, AWS_CA_BUNDLE: bundlePath() } })
  expect((await diagnose(trusting)).lines.get('network.kms')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringContaining('issued by "Inspecting Proxy Ltd", not by Amazon'),
  })
})
