import { expect, test } from 'vitest'
import { logLinks } from './consolelinks'

const logs = { bucket: 'acme-logs', prefix: 'ssm/', group: '/aws/ssm/sessions' }

test('the pages of a session are its object of S3 and its log stream of CloudWatch, in the console of the partition', () => {
  expect(logLinks(logs, { id: 'ann-1', region: 'eu-west-1' })).toEqual({
    s3: 'https://eu-west-1.console.aws.amazon.com/s3/object/acme-logs?region=eu-west-1&prefix=ssm%2Fann-1.log',
    cloudWatch:
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Fssm$252Fsessions/log-events/ann-1',
  })
  const hostIn = (region: string): string => new URL(logLinks(logs, { id: 'a', region })!.s3!).host
  expect([hostIn('cn-north-1'), hostIn('us-gov-west-1')]).toEqual([
    'console.amazonaws.cn',
    'console.amazonaws-us-gov.com',
  ])
})

test('there is no page without a log, and none where the console of the partition is not known', () => {
  expect(logLinks(undefined, { id: 'a', region: 'eu-west-1' })).toBeUndefined()
  expect(logLinks({}, { id: 'a', region: 'eu-west-1' })).toBeUndefined()
  expect(logLinks(logs, { id: 'a', region: 'us-iso-east-1' })).toBeUndefined()
  expect(Object.keys(logLinks({ bucket: 'b' }, { id: 'a', region: 'eu-west-1' })!)).toEqual(['s3'])
})

test('names of a far end stay within their part of the address', () => {
  const { s3, cloudWatch } = logLinks(
    { bucket: 'b/../x?y#z', prefix: 'p&q=1', group: 'g#/h' },
    { id: 'a', region: 'eu-west-1' },
  )!
  expect(new URL(s3!).pathname).toBe('/s3/object/b%2F..%2Fx%3Fy%23z')
  expect([...new URL(s3!).searchParams]).toEqual([
    ['region', 'eu-west-1'],
    ['prefix', 'p&q=1/a.log'],
  ])
  expect(cloudWatch).toContain('/log-group/g$2523$252Fh/log-events/a')
})
