import { expect, test } from 'vitest'
import { accountWords, identityWords, principalWords } from './identity'

test('an account id is read in groups of four, from its end', () => {
  expect(accountWords('482011937754')).toBe('4820 1193 7754')
})

test('an ARN is named by its role or user, whatever wraps it', () => {
  const arns = [
    'arn:aws:sts::482011937754:assumed-role/DataEngineer/botocore-session-1',
    'arn:aws:sts::482011937754:assumed-role/AWSReservedSSO_DataEngineer_0123456789abcdef/jo@acme.example',
    'arn:aws:iam::482011937754:user/people/jo',
    'arn:aws:iam::482011937754:root',
    'arn:aws-cn:sts::482011937754:federated-user/jo',
  ]
  expect(arns.map(principalWords)).toEqual(['DataEngineer', 'DataEngineer', 'jo', 'root', 'jo'])
  expect(identityWords({ accountId: '482011937754', arn: arns[0]! })).toBe('4820 1193 7754, DataEngineer')
})
