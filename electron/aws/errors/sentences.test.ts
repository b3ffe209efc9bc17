import { expect, test } from 'vitest'
import {
  deniedAction,
  expiredSentence,
  foreignError,
  isClockRight,
  missingSentence,
  sentence,
  wrongCodeSentence,
  type ErrorContext,
  type ForeignError,
} from './sentences'

const context: ErrorContext = {
  action: 'ssm:StartSession',
  region: 'eu-west-1',
  source: { kind: 'profile', name: 'dev' },
}

function foreign(error: Record<string, unknown>): ForeignError {
  return foreignError.parse(error)
}

test('expired credentials are renewed where they came from, and the account is named as people read it', () => {
  const sso = { kind: 'profile', name: 'dev', login: 'aws sso login', account: '123456789012' } as const
  expect(expiredSentence(sso)).toBe(
    'The login of the profile "dev" (account 1234 5678 9012) has expired: log in again.',
  )
  expect(expiredSentence({ kind: 'given' })).toContain('choose "Log in" at the top')
  expect(expiredSentence({ kind: 'environment' })).toContain('set new ones, then start again')
  expect(expiredSentence({ kind: 'handed' })).toBe(
    'The credentials that were handed over have expired or are no longer valid: get new ones, then hand those over.',
  )
  expect(expiredSentence({ kind: 'profile', name: 'dev' })).toBe(
    'The credentials of the profile "dev" have expired or are no longer valid: renew them and try again.',
  )
})

test('a denial names the action and the resource of the answer before those of the call', () => {
  const message =
    'User: arn:aws:iam::1:user/a is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/k with an explicit deny'
  const denied = foreign({ name: 'AccessDeniedException', message })
  expect(deniedAction(denied, context)).toBe('kms:Decrypt')
  expect(sentence('access-denied', denied, context)).toMatch(
    /^The profile "dev" may not perform kms:Decrypt on arn:aws:kms:eu-west-1:1:key\/k \(a policy denies it explicitly\): ask for /,
  )
  const bare = foreign({ name: 'AccessDeniedException' })
  expect(sentence('access-denied', bare, context)).toMatch(
    /^The profile "dev" may not perform ssm:StartSession: ask for /,
  )
})

test('a wrong clock is told by the Date of the answer, and by the stamps in its text where a proxy has set the Date', () => {
  const stamps = 'Signature expired: 20261122T031431Z is now earlier than 20261122T065931Z (20261122T071431Z - 15 min.)'
  const behind = { name: 'SignatureDoesNotMatch', message: stamps }
  expect(sentence('clock-skew', foreign(behind), context)).toContain('is 4 hours behind AWS')
  const now = new Date().toUTCString()
  expect(sentence('clock-skew', foreign({ ...behind, $response: { headers: { date: now } } }), context)).toContain(
    'is 4 hours behind AWS',
  )
  const earlier = new Date(Date.now() - 600_000).toUTCString()
  const ahead = foreign({ ...behind, $response: { headers: { Date: earlier } } })
  expect(sentence('clock-skew', ahead, context)).toContain('is 10 minutes ahead of AWS')
  expect([isClockRight(ahead), isClockRight(foreign({ $response: { headers: { date: now } } }))]).toEqual([false, true])
  expect(sentence('clock-skew', foreign({}), context)).toContain('disagrees with AWS by more than it allows')
})

test('an answer that is none of AWS is blamed on the endpoint, an error of the service on AWS', () => {
  expect(sentence('service', foreign({ name: 'SyntaxError', message: '<html>' }), context)).toBe(
    'What answered ssm:StartSession does not speak like AWS: check the endpoint and the proxy settings.',
  )
  const status = { $metadata: { httpStatusCode: 503 } }
  expect(sentence('service', foreign({ name: 'Error', message: 'busy', ...status }), context)).toBe(
    'AWS answered ssm:StartSession with Error (busy): try again later.',
  )
  expect(sentence('service', foreign({ name: 'Odd', message: 'no' }), context)).toContain(
    'check the request and the account.',
  )
})

test('a refused signature asks for the secret, unknown keys hint at the region', () => {
  expect(sentence('credentials-expired', foreign({ name: 'SignatureDoesNotMatch' }), context)).toContain(
    'check the secret access key',
  )
  expect(sentence('credentials-expired', foreign({ name: 'UnrecognizedClientException' }), context)).toContain(
    'eu-west-1 is not enabled for this account',
  )
  expect(sentence('credentials-expired', foreign({ name: 'ExpiredToken' }), context)).not.toContain('eu-west-1')
})

test.each([
  ['NotFoundException', 'does not exist in eu-west-1'],
  ['DisabledException', 'is disabled: enable it'],
  ['InvalidKeyUsageException', 'is not one for encryption and decryption with ssm:StartSession'],
  ['KMSInternalException', 'cannot be used now (later)'],
])('a key that KMS refuses with %s %s', (name, words) => {
  expect(sentence('key-denied', foreign({ name, message: 'later' }), { ...context, key: 'alias/k' })).toContain(
    `The KMS key alias/k ${words}`,
  )
})

test('what is missing names the profile, but not "default"', () => {
  expect(missingSentence({ kind: 'profile', name: 'dev' })).toContain('found in the profile "dev": choose')
  expect(missingSentence({ kind: 'profile', name: 'default' })).toContain('found: choose')
  expect(wrongCodeSentence({ kind: 'platform' })).toContain("this machine's role")
})

test('the parts of a foreign error are bounded, and parts of another kind are none', () => {
  const error = foreign({ name: 'n'.repeat(500), message: 7, code: 'c'.repeat(500), hostname: 8, $metadata: 'x' })
  expect([error.name.length, error.message, error.code?.length, error.hostname, error.$metadata]).toEqual([
    128,
    '',
    128,
    undefined,
    undefined,
  ])
})
