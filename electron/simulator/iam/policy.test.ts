import { describe, expect, test } from 'vitest'
import { roleIdentity, userIdentity } from './identity'
import { Policies, policyStatement, refusalWords, type StatementInput } from './policy'

const ACCOUNT = '111122223333'
const ops = roleIdentity(ACCOUNT, 'ops', 'ann')
const bob = userIdentity(ACCOUNT, 'bob')
const SESSION = `arn:aws:ssm:eu-west-1:${ACCOUNT}:session/ann-1`
const OWN = `arn:aws:ssm:eu-west-1:${ACCOUNT}:session/${ops.userId}-1`
const resume = { action: 'ssm:ResumeSession', resources: [[SESSION, OWN]] } as const

const words = (given: readonly StatementInput[], caller = ops, demand: Parameters<typeof refusalWords>[2] = resume) =>
  refusalWords(
    given.map((one) => policyStatement.parse(one)),
    caller,
    demand,
  )

describe('a policy', () => {
  test('allows what one statement allows and no statement denies, and says which of both is missing', () => {
    const all = { effect: 'allow', actions: ['*'] } as const
    expect(words([all])).toBeUndefined()
    expect(words([{ effect: 'allow', actions: ['SSM:resume*'], resources: ['arn:aws:ssm:*:*:session/*'] }])).toBe(
      undefined,
    )
    const none = `User: ${ops.arn} is not authorized to perform: ssm:ResumeSession on resource: ${SESSION}`
    expect(words([{ effect: 'allow', actions: ['ssm:StartSession'] }])).toBe(
      `${none} because no identity-based policy allows the ssm:ResumeSession action`,
    )
    expect(words([all, { effect: 'deny', actions: ['ssm:Resume?ession'] }])).toBe(
      `${none} with an explicit deny in an identity-based policy`,
    )
  })

  test('knows its caller by aws:userid, which another session name does not have, and by aws:username, which roles do not have', () => {
    const own = { effect: 'allow', actions: ['ssm:*'], resources: ['arn:aws:ssm:*:*:session/${aws:userid}-*'] } as const
    expect(words([own])).toBeUndefined()
    expect(words([own], roleIdentity(ACCOUNT, 'ops', 'ann-renewed'))).toContain('ssm:ResumeSession')
    const named = { ...own, resources: ['arn:aws:ssm:*:*:session/${aws:username}-*'] }
    expect(words([named])).toContain('ssm:ResumeSession')
    const bobs = { action: 'ssm:ResumeSession', resources: [[SESSION.replace('ann', 'bob')]] } as const
    expect(words([named], bob, bobs)).toBeUndefined()
  })

  test('has to allow each resource of a call', () => {
    const [node, document] = ['arn:aws:ec2:eu-west-1:1:instance/i-1', 'arn:aws:ssm:eu-west-1::document/AWS-X']
    const demand = { action: 'ssm:StartSession', resources: [[node], [document]] } as const
    const nodeOnly = { effect: 'allow', actions: ['ssm:StartSession'], resources: ['arn:aws:ec2:*'] } as const
    expect(words([nodeOnly], ops, demand)).toContain(`on resource: ${document} because`)
    expect(words([nodeOnly, { ...nodeOnly, resources: [document] }], ops, demand)).toBeUndefined()
  })
})

test('an identity without statements may do everything, until it is given some, and again when they are taken away', () => {
  const policies = new Policies({ bob: [{ effect: 'deny', actions: ['*'] }] })
  expect(policies.refusal(bob, resume)).toContain('explicit deny')
  expect(policies.refusal(ops, resume)).toBeUndefined()
  policies.set('ops', [])
  expect(policies.refusal(ops, resume)).toContain('no identity-based policy')
  policies.set('ops', undefined)
  expect(policies.refusal(ops, resume)).toBeUndefined()
  expect(() => policies.set('ops', [{ effect: 'allow', actions: [] }])).toThrow()
})
