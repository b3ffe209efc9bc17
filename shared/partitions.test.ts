import { expect, it } from 'vitest'
import { isFipsHost, isLoginHost, isRegionalHost, isServiceHost, publicHost } from './partitions'

it('names the public host of a service in every partition', () => {
  const regions = [
    'eu-west-1',
    'cn-north-1',
    'us-gov-west-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'us-isof-south-1',
    'eu-isoe-west-1',
    'eusc-de-east-1',
  ]
  expect(regions.map((region) => publicHost('ssm', region))).toEqual([
    'ssm.eu-west-1.amazonaws.com',
    'ssm.cn-north-1.amazonaws.com.cn',
    'ssm.us-gov-west-1.amazonaws.com',
    'ssm.us-iso-east-1.c2s.ic.gov',
    'ssm.us-isob-east-1.sc2s.sgov.gov',
    'ssm.us-isof-south-1.csp.hci.ic.gov',
    'ssm.eu-isoe-west-1.cloud.adc-e.uk',
    'ssm.eusc-de-east-1.amazonaws.eu',
  ])
  for (const region of regions) expect(isServiceHost(publicHost('ssm', region), 'ssm', region)).toBe(true)
})

it('knows FIPS, dual-stack and VPC endpoints of the service, and no other names', () => {
  const is = (host: string, region = 'us-east-1') => isServiceHost(host, 'ssmmessages', region)
  const good = [
    'ssmmessages-fips.us-east-1.amazonaws.com',
    'ssmmessages.us-west-2.api.aws',
    'ssmmessages-fips.us-east-1.api.aws',
    'vpce-0a1b-2c3d.ssmmessages.us-east-1.vpce.amazonaws.com',
    'vpce-0a1b-2c3d-us-east-1a.ssmmessages-fips.us-east-1.vpce.amazonaws.com',
  ]
  expect(good.filter((host) => !is(host))).toEqual([])
  const bad = [
    'ssm.us-east-1.amazonaws.com',
    'evilssmmessages.us-east-1.amazonaws.com',
    'ssmmessages.us-east-1.amazonaws.com.evil.example',
    'ssmmessages.us-east-1.amazonaws.com.cn',
    'ssmmessages.us-east-1.vpce.amazonaws.com',
    'vpce-0a1b-2c3d.ssmmessages.us-east-1.amazonaws.com',
    'bucket.s3.us-east-1.amazonaws.com',
    'amazonaws.com',
  ]
  expect(bad.filter((host) => is(host))).toEqual([])
  expect(is('ssmmessages.cn-north-1.api.amazonwebservices.com.cn', 'cn-northwest-1')).toBe(true)
  expect(is('ssmmessages.us-iso-east-1.c2s.ic.gov', 'us-isob-east-1')).toBe(false)
})

it('tells hosts of one region, and FIPS hosts', () => {
  expect(isRegionalHost('ec2.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1')).toBe(true)
  expect(isRegionalHost('ec2.us-east-1.amazonaws.com', 'us-east-2')).toBe(false)
  expect(isRegionalHost('ec2.us-east-1.example', 'us-east-1')).toBe(false)
  const hosts = ['ssm-fips.ca-central-1.amazonaws.com', 'ssm.ca-central-1.amazonaws.com', 'my-fips-proxy.example']
  expect(hosts.map((host) => isFipsHost(host))).toEqual([true, false, false])
})

it('knows the pages of a login in the region and the portals of its partition, and no other host of AWS', () => {
  const good: [string, string][] = [
    ['oidc.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['oidc-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['oidc.eu-west-1.api.aws', 'eu-west-1'],
    ['device.sso.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
    ['corp.awsapps.com', 'eu-west-1'],
    ['start.us-gov-home.awsapps.com', 'us-gov-west-1'],
    ['start.home.awsapps.cn', 'cn-north-1'],
    ['ssoins-1a2b.eusc-de-east-1.portal.amazonaws.eu', 'eusc-de-east-1'],
    ['ssoins-1a2b.portal.us-east-1.app.aws', 'us-east-1'],
  ]
  expect(good.filter(([host, region]) => !isLoginHost(host, region))).toEqual([])
  const bad: [string, string][] = [
    ['oidc.eu-west-2.amazonaws.com', 'eu-west-1'],
    ['oidc.s3.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['corp.s3-website.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['awsapps.com.evil.example', 'eu-west-1'],
    ['evilawsapps.com', 'eu-west-1'],
    ['awsapps.com', 'eu-west-1'],
    ['corp.awsapps.com', 'cn-north-1'],
    ['corp.awsapps.com', 'us-iso-east-1'],
    ['a.b.eu-west-1.portal.amazonaws.com', 'eu-west-1'],
    ['device.sso.eu-west-1.amazonaws.com.evil.example', 'eu-west-1'],
  ]
  expect(bad.filter(([host, region]) => isLoginHost(host, region))).toEqual([])
})
