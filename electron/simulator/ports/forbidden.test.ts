import { expect, test } from 'vitest'
import { isForbiddenAddress } from './forbidden'

const CIDR = '10.20.0.0/16'

test.each([
  ['169.254.169.254', true],
  ['169.254.169.123', true],
  ['169.254.169.1', false],
  ['fd00:ec2::254', true],
  ['fd00:0ec2:0:0:0:0:0:254', true],
  ['fd00:ec2::255', false],
  ['10.20.0.0', true],
  ['10.20.0.3', true],
  ['10.20.0.4', false],
  ['10.20.255.255', true],
  ['10.20.255.254', false],
  ['10.19.255.255', false],
  ['intranet.internal', false],
])('%s: forbidden is %s', (host, isForbidden) => {
  expect(isForbiddenAddress(host, CIDR)).toBe(isForbidden)
})
