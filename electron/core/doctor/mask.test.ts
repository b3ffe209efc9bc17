import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Mask, type KnownNames } from './mask'

const nothing: KnownNames = { names: [], hosts: [], homes: [], kept: [] }
const mask = (text: string, known: Partial<KnownNames> = {}) => new Mask({ ...nothing, ...known }).text(text)

test('accounts, roles and users of an ARN are masked; its structure, and what names no one, stays', () => {
  expect(mask('arn:aws:sts::123456789012:assumed-role/Ops/ann@corp.example')).toBe(
    'arn:aws:sts::<account-1>:assumed-role/<name-1>/<name-2>',
  )
  expect(mask('arn:aws-cn:ssm:cn-north-1:123456789012:session/${aws:userid}-*, account 123456789012')).toBe(
    'arn:aws-cn:ssm:cn-north-1:<account-1>:session/${aws:userid}-*, account <account-1>',
  )
  expect(mask('arn:aws:ssm:*:*:session/* arn:aws:ssm:eu-west-1::document/AWS-StartSSHSession')).toBe(
    'arn:aws:ssm:*:*:session/* arn:aws:ssm:eu-west-1::document/AWS-StartSSHSession',
  )
  expect(mask('arn:aws:kms:eu-west-1:123456789012:key/1111aaaa-22bb-33cc-44dd-555555eeeeee')).toBe(
    'arn:aws:kms:eu-west-1:<account-1>:key/<name-1>',
  )
  expect(mask('arn:aws:iam::123456789012:instance-profile/team/web-node')).toBe(
    'arn:aws:iam::<account-1>:instance-profile/<name-1>/<name-2>',
  )
})

test('an account in the groups that people read, as sentences have it, is the same account', () => {
  expect(mask('The login of "corp" (account 1234 5678 9012), 1234-5678-9012 and 123456789012')).toBe(
    'The login of "corp" (account <account-1>), <account-1> and <account-1>',
  )
})

test('unique ids of roles and users, and keys of several regions, are masked', () => {
  expect(mask('AROAIDPPEZS35WEXAMPLE:bob AIDACKCEVSQ6C2EXAMPLE mrk-1234abcd12ab34cd56ef1234567890ab')).toBe(
    '<id-1>:bob <id-2> mrk-<id-3>',
  )
})

test('a host of a service of AWS that has the name of something of the account is masked', () => {
  expect(mask('acme-logs.s3.eu-west-1.amazonaws.com abc123.execute-api.eu-west-1.amazonaws.com')).toBe(
    '<host-1> <host-2>',
  )
  expect(mask('device.sso.eu-west-1.amazonaws.com ssm-fips.us-gov-west-1.amazonaws.com ssm.eu-west-1.api.aws')).toBe(
    'device.sso.eu-west-1.amazonaws.com ssm-fips.us-gov-west-1.amazonaws.com ssm.eu-west-1.api.aws',
  )
})

test('ids keep their kind, and the same id its mask', () => {
  expect(mask('i-0123456789abcdef0, mi-0123456789abcdef0, i-0123456789abcdef0, subnet-0a1b2c3d')).toBe(
    'i-<id-1>, mi-<id-2>, i-<id-1>, subnet-<id-3>',
  )
  expect(mask('vpce-0123456789abcdef0-a1b2c3d4.ssm.eu-west-1.vpce.amazonaws.com')).toBe(
    'vpce-<id-1>.ssm.eu-west-1.vpce.amazonaws.com',
  )
  expect(mask('session botocore-session-1753860460-xpqrkpenvzxfs62j8xkoi3he44')).toBe('session <session-1>')
})

test('hosts and addresses are masked; those of AWS, loopback and versions of the agent stay', () => {
  const text =
    'ssmmessages.eu-west-1.amazonaws.com 52.94.5.1 db.corp.example:5432 d-9067.awsapps.com fd12:3456::1 127.0.0.1 3.3.987.0 3.0.196.0'
  expect(mask(text, { kept: ['3.0.196.0'] })).toBe(
    'ssmmessages.eu-west-1.amazonaws.com <address-1> <host-1>:5432 <host-2> <address-2> 127.0.0.1 3.3.987.0 3.0.196.0',
  )
})

test('homes, folders, mail addresses and known names are masked; secrets are gone', () => {
  expect(mask('/home/ann/.aws/config and C:\\Users\\ann\\.aws\\config and /srv/team/x/config')).toBe(
    '<home>/.aws/config and <home>\\.aws\\config and <folder-1>/config',
  )
  expect(mask('/home/ann/clients/acme/config')).toBe('<home>/<folder-1>/config')
  expect(mask('the profile "acme-prod", web-1, for bob@acme.example', { names: ['acme-prod', 'web-1', 'web'] })).toBe(
    'the profile "<name-1>", <name-2>, for <name-3>',
  )
  expect(mask('AKIAIOSFODNN7EXAMPLE x-amz-security-token=FwoGZXIvYXdzEBYaD')).not.toMatch(/IOSFODNN7|FwoGZ/)
})

test('names that say nothing stay', () => {
  expect(mask('default of Demo on localhost', { names: ['default', 'Demo'], hosts: ['localhost'] })).toBe(
    'default of Demo on localhost',
  )
})

test('whatever stands around it, no identifier of the input is in the output', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{17}$/)
  const word = fc.stringMatching(/^[a-z][a-z0-9]{5,11}$/)
  const identifier = fc.oneof(
    fc.stringMatching(/^[1-9]\d{11}$/),
    hex.map((id) => `i-${id}`),
    hex.map((id) => `mi-${id}`),
    fc.uuid(),
    fc.tuple(word, word).map(([user, host]) => `${user}@${host}.example`),
    fc.tuple(word, word).map(([a, b]) => `${a}.${b}.internal`),
    fc.tuple(fc.integer({ min: 10, max: 99 }), fc.integer({ min: 1, max: 254 })).map(([a, b]) => `${a}.7.${b}.9`),
  )
  const around = fc.constantFrom(' ', '"', '(', ')', ', ', '; ', "'", ' = ')
  fc.assert(
    fc.property(fc.array(fc.tuple(around, identifier, around), { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.flat().join('')
      const masked = mask(text)
      return parts.every(([, id]) => !masked.includes(id))
    }),
  )
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (names) => {
      const masked = mask(`profile ${names.join(', ')} (${names.join('/')})`, { names })
      return names.every(
        (name) => !new RegExp(`\\b${name}\\b`).test(masked) || /^(profile|session|account|address|folder)$/.test(name),
      )
    }),
  )
})
