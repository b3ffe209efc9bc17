import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { redact } from './redaction'

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const TOKEN =
  'IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDxb0Yq3b7Jk5T9n1cQmW8uZs4pVtXoLkAeRfGhIjKlMnAiBq7rStUvWxYz0123456789AbCdEf=='

test.each([
  // [original text, redacted text]
  ['The key AKIAIOSFODNN7EXAMPLE was disabled.', 'The key AKIA[redacted] was disabled.'],
  ['ASIAIOSFODNN7EXAMPLE has expired', 'ASIA[redacted] has expired'],
  [`the secret ${SECRET} was printed`, 'the secret [redacted] was printed'],
  [`token ${TOKEN}.`, 'token [redacted].'],
  [`aws_secret_access_key = ${SECRET}`, 'aws_secret_access_key = [redacted]'],
  ['AWS_SESSION_TOKEN=short&x=1', 'AWS_SESSION_TOKEN=[redacted]&x=1'],
  [
    'aws_secret_access_key=tiny aws_session_token=tiny',
    'aws_secret_access_key=[redacted] aws_session_token=[redacted]',
  ],
  ['{"SessionId":"ann-1","TokenValue":"AAEAA b\\/c"}', '{"SessionId":"ann-1","TokenValue":"[redacted]"}'],
  [String.raw`"{\"TokenValue\":\"AAEAA\",\"x\":1}"`, String.raw`"{\"TokenValue\":\"[redacted]\",\"x\":1}"`],
  ["{ secretAccessKey: 'abc', sessionToken: 'def' }", "{ secretAccessKey: '[redacted]', sessionToken: '[redacted]' }"],
  [
    '{"Version":1,"SecretAccessKey":"abc","SessionToken":"def"}',
    '{"Version":1,"SecretAccessKey":"[redacted]","SessionToken":"[redacted]"}',
  ],
  [
    'GET https://h.example/v1?X-Amz-Credential=ASIAX%2F20260105%2Feu&X-Amz-Signature=0af1&X-Amz-Security-Token=IQoJ%2F&role=r',
    'GET https://h.example/v1?X-Amz-Credential=[redacted]&X-Amz-Signature=[redacted]&X-Amz-Security-Token=[redacted]&role=r',
  ],
  ['x-amz-security-token: IQoJ', 'x-amz-security-token: [redacted]'],
  [
    'authorization: AWS4-HMAC-SHA256 Credential=A/20260105/eu, SignedHeaders=host, Signature=ab\nhost: h',
    'authorization: [redacted]\nhost: h',
  ],
  ['{"Authorization":"Bearer a b","x":1}', '{"Authorization":"[redacted]","x":1}'],
  ['Proxy-Authorization: Basic dXNlcjpwYXNz', 'Proxy-Authorization: [redacted]'],
  ['signed with Credential=A/2026/eu, Signature=00ff', 'signed with Credential=[redacted], Signature=[redacted]'],
  ['it sent Bearer abcdefghijklmnopqrstuvwxyz', 'it sent Bearer [redacted]'],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln failed', '[redacted] failed'],
  ['connect http://ann:hunter2@proxy.example:3128 failed', 'connect http://ann:[redacted]@proxy.example:3128 failed'],
  ['password=hunter2 {"password":"x y"}', 'password=[redacted] {"password":"[redacted]"}'],
  [`sha256 ${'0a1b2c3d'.repeat(8)}`, 'sha256 [redacted]'],
  [`/var/lib/x/${'0a1b2c3d'.repeat(8)}/merged`, '/var/lib/x/[redacted]/merged'],
  [
    'wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/ann-0123456789abcdef0?role=publish_subscribe&cell-number=AAEJ0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX2yZ3aB4c==',
    'wss://ssmmessages.eu-central-1.amazonaws.com/v1/data-channel/ann-0123456789abcdef0?role=publish_subscribe&cell-number=[redacted]',
  ],
])('%s', (said, kept) => {
  expect(redact(said)).toBe(kept)
  expect(redact(kept)).toBe(kept)
})

test.each([
  'is up on localhost:5432.',
  'i-0123456789abcdef0 and mi-0d5e3a9c71f84b620 are not connected.',
  'Session ann-0123456789abcdef0 has ended; so has botocore-session-1700000000-0a1b2c3d4e5f67890.',
  'Session ann.smith@example.com-abcdefghijklmnopqrstuvwxyz2 was ended by arn:aws:iam::123456789012:user/Ann.',
  'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/ann.smith@example.com may not ssm:StartSession',
  'arn:aws:iam::123456789012:role/AVeryLongRoleNameWithoutASeparatorAndWithThe1Digit',
  'assumed-role/AWSReservedSSO_AdministratorAccess_0a1b2c3d4e5f6789/ann is not allowed',
  'ecs:production-cluster_0123456789abcdef0123456789abcdef_0123456789abcdef0123456789abcdef-1234567890',
  'key 1234abcd-12ab-34cd-56ef-1234567890ab, request 8D5E7F1A-0B2C-4D3E-9F8A-7B6C5D4E3F2A',
  '/Users/ann/Library/Application Support/Culvert/journal.jsonl cannot be written (ENOSPC): free some space on its disk.',
  '/home/ann/projects/customers/Acme2026/infrastructure/production/settings.json',
  '/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/culvert-Ab3dE9/culvert.sock',
  String.raw`C:\Users\Ann\AppData\Roaming\Culvert\forwards.json`,
  'my-database.cluster-ro-abcdefghijkl.eu-central-1.rds.amazonaws.com:5432',
  'vpc-production-logs-abcdefghijklmnopqrstuvwxyz.eu-central-1.es.amazonaws.com',
  'internal-my-very-long-load-balancer-name-1234567890.eu-central-1.elb.amazonaws.com',
  'ec2-203-0-113-25.eu-central-1.compute.amazonaws.com',
  'AWS-StartPortForwardingSessionToRemoteHost is missing.',
  'AROAIOSFODNN7EXAMPLE:ann is who we are.',
  'The credentials have expired: log in again. A token is needed. Wrong password: type it again.',
  'The signature: it does not match. Basic authentication is not supported.',
  'https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-getting-started-instance-profile.html',
  'InvalidSignatureException: Signature expired: 20260105T114200Z is now earlier than 20260105T114700Z',
])('stays: %s', (text) => {
  expect(redact(text)).toBe(text)
})

test('random secrets are found, those of access keys and longer ones in both alphabets', () => {
  const missed: string[] = []
  for (let count = 0; count < 5_000; count += 1) {
    // The same values in every run.
    const noise = createHash('sha512').update(String(count)).digest()
    const key = noise.subarray(0, 30).toString('base64')
    // About 999 of 1,000 contain a digit.
    const secrets = [noise.toString('base64'), noise.toString('base64url'), ...(/[0-9]/.test(key) ? [key] : [])]
    missed.push(...secrets.filter((secret) => redact(`it said ${secret} to us`) !== 'it said [redacted] to us'))
  }
  expect(missed).toEqual([])
})

test('redacting again changes nothing', () => {
  const once = redact(`http://:${SECRET}&@`)
  expect(redact(once)).toBe(once)
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          SECRET,
          TOKEN,
          'TokenValue=',
          'Authorization: ',
          '"',
          '\\',
          ' ',
          'a',
          ':',
          '&',
          '/',
          '@',
          'http://',
          '.',
          '\n',
        ),
      ),
      (parts) => {
        const once = redact(parts.join(''))
        expect(redact(once)).toBe(once)
      },
    ),
  )
})
