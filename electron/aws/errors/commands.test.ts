import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { ErrorCode } from '../../../shared/errors'
import { mendingCommand } from './commands'

const corp = { kind: 'profile', name: 'corp' } as const

test('each error of AWS that a command mends or explains has it, with the profile and region that it is about', () => {
  const subject = { source: corp, region: 'eu-west-1', target: 'i-0abc', document: 'Doc', key: 'alias/k' }
  const codes = [
    'credentials-expired',
    'credentials-missing',
    'region-missing',
    'profile-unknown',
    'access-denied',
    'wrong-region',
    'agent-offline',
    'document-missing',
    'key-denied',
    'throttled',
    'network',
  ] as const satisfies readonly ErrorCode[]
  expect(Object.fromEntries(codes.map((code) => [code, mendingCommand(code, subject)]))).toEqual({
    'credentials-expired': 'aws configure --profile corp',
    'credentials-missing': 'aws configure --profile corp',
    'region-missing': 'aws configure --profile corp',
    'profile-unknown': 'aws configure list --profile corp',
    'access-denied': 'aws sts get-caller-identity --profile corp',
    'wrong-region': 'aws ec2 describe-regions --profile corp',
    'agent-offline':
      'aws ssm describe-instance-information --filters Key=InstanceIds,Values=i-0abc --region eu-west-1 --profile corp',
    'document-missing': 'aws ssm describe-document --name Doc --region eu-west-1 --profile corp',
    'key-denied': 'aws kms describe-key --key-id alias/k --region eu-west-1 --profile corp',
    throttled: undefined,
    network: undefined,
  })
  const sso = { ...corp, login: 'aws sso login' } as const
  expect(mendingCommand('credentials-expired', { source: sso })).toBe('aws sso login --profile corp')
  // Keys in the environment of a process cannot be renewed from outside.
  expect(mendingCommand('credentials-expired', { source: { kind: 'environment' } })).toBeUndefined()
})

test.skipIf(process.platform === 'win32')(
  'whatever a profile is called, a shell takes the command as it is meant',
  () => {
    for (const name of ["it's $(touch x) `y`", 'two words', 'a;b', 'über', '%PATH%', 'x"y', "'"]) {
      const command = mendingCommand('access-denied', { source: { kind: 'profile', name } })
      const words = execFileSync('sh', ['-c', `aws() { printf '%s\\n' "$@"; }; ${command}`], { encoding: 'utf8' })
      expect(words.split('\n').slice(0, 4)).toEqual(['sts', 'get-caller-identity', '--profile', name])
    }
    for (const name of ['a\nrm x', 'a\u202eb', 'a\u001bb', '-x', '']) {
      expect(mendingCommand('access-denied', { source: { kind: 'profile', name } })).toBeUndefined()
    }
  },
)
