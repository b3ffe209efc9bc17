import { describe, expect, it } from 'vitest'
import { callerFrom, kinship } from './caller'

const role = (name: string, id = 'AROAOPS', account = '111122223333') => ({
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/ops/${name}`,
  userId: `${id}:${name}`,
})
const user = (id: string) => ({ accountId: '111122223333', arn: 'arn:aws:iam::111122223333:user/ann', userId: id })

describe('the owner of other keys', () => {
  it.each([
    ['the same session name of the same role', role('ann'), role('ann'), 'same'],
    ['another session name of the same role', role('ann'), role('bob'), 'other-session'],
    ['a role of the same name that was made anew', role('ann'), role('ann', 'AROANEW'), 'other'],
    ['the same ids in another account', role('ann'), role('ann', 'AROAOPS', '444455556666'), 'other'],
    ['the same user', user('AIDAANN'), user('AIDAANN'), 'same'],
    ['another user', user('AIDAANN'), user('AIDABOB'), 'other'],
    ['a role in place of a user', user('AIDAANN'), role('ann'), 'other'],
    ['an answer without an account', callerFrom({}), callerFrom({}), 'other'],
  ])('%s', (_, before, after, expected) => {
    expect(kinship(before, after)).toBe(expected)
  })
})
