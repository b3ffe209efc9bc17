import { expect, test } from 'vitest'
import { operatorOf } from './operator'

const none = { userName: '', userEmail: '' }
const set = { userName: 'Jane', userEmail: 'jane@example.com' }
const sso = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef'

test.each([
  ['the e-mail address of SSO', `${sso}/jo@acme.example`, set, 'jo@acme.example', 'jo@acme.example'],
  ['the user name of SSO, with the address of the settings', `${sso}/jo`, set, 'jo', 'jane@example.com'],
  ['the user name of SSO alone', `${sso}/jo`, none, 'jo', ''],
  ['the settings for any other role', 'arn:aws:sts::1:assumed-role/Deploy/i-0abc', set, 'Jane', 'jane@example.com'],
  ['role and session without settings', 'arn:aws:sts::1:assumed-role/Deploy/i-0abc', none, 'Deploy/i-0abc', ''],
  [
    'an address that names the session of a role',
    'arn:aws:sts::1:assumed-role/Dev/jo@acme.example',
    none,
    'Dev/jo@acme.example',
    'jo@acme.example',
  ],
  ['a user without its path', 'arn:aws-cn:iam::1:user/team/web/jo', none, 'jo', ''],
  ['the root user', 'arn:aws:iam::1:root', none, 'root', ''],
  ['a federated user', 'arn:aws:sts::1:federated-user/jo', none, 'jo', ''],
  ['a name with a colon', 'arn:aws:sts::1:federated-user/a:b', none, 'a:b', ''],
  ['the settings where the identity is not known', undefined, set, 'Jane', 'jane@example.com'],
  ['nothing where nothing is known', undefined, none, '', ''],
  ['nothing for what is no ARN', 'jo', none, '', ''],
])('%s', (...[, arn, settings, name, email]) => {
  expect(operatorOf(arn, settings)).toEqual({ name, email })
})
