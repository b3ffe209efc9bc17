// What the account of a denied caller tells of its own sessions, over the simulator's policies.

import { expect, onTestFinished, test } from 'vitest'
import { asAppError } from '../../../shared/errors'
import { startSimulator, type Simulator } from '../../simulator/simulator'
import type { StatementInput } from '../../simulator/iam/policy'
import { openAccount } from '../account'
import type { Account } from '../parts'

const never = new AbortController().signal
const PATTERN = 'arn:aws:ssm:*:*:session/${aws:userid}-*'
const startOnly: StatementInput = { effect: 'allow', actions: ['ssm:StartSession'] }

async function opened(): Promise<{ simulator: Simulator; account: Account; sessionId: string }> {
  const simulator = await startSimulator()
  onTestFinished(() => simulator[Symbol.asyncDispose]())
  const account = await openAccount({ ...simulator, env: {} })
  onTestFinished(() => account[Symbol.asyncDispose]())
  const { sessionId } = await account.startSession({ target: simulator.world.instances[0]!.id }, never)
  simulator.faults.apply({ kind: 'policy', identity: 'CulvertDemo', statements: [startOnly] })
  return { simulator, account, sessionId }
}

const refusal = (call: Promise<unknown>) =>
  call.then(
    () => expect.fail('it was allowed'),
    (error: unknown) => asAppError(error),
  )

test('a session that may not be resumed is gone, with the action and the pattern of its ARN', async () => {
  const { account, sessionId } = await opened()
  const error = await refusal(account.resumeSession(sessionId, never))
  expect([error.code, error.message]).toEqual([
    'session-gone',
    'These credentials may not perform ssm:ResumeSession on arn:aws:ssm:eu-west-1:111122223333:session/' +
      `${sessionId}: ask for an IAM policy that allows it on ${PATTERN}. Until then each lost connection to AWS costs a session.`,
  ])
})

test('one that may not be ended says which action on which pattern is missing', async () => {
  const { account, sessionId } = await opened()
  const error = await refusal(account.terminateSession(sessionId, never))
  expect(error.code).toBe('access-denied')
  expect(error.message).toContain(`may not perform ssm:TerminateSession on arn:aws:ssm:eu-west-1:`)
  expect(error.message).toContain(`allows it on ${PATTERN}.`)
})

test('one whose resume is denied for another action keeps its code: its keys could not be had', async () => {
  const { simulator, account, sessionId } = await opened()
  await account[Symbol.asyncDispose]()
  const other = await openAccount({
    ...simulator,
    credentials: undefined,
    env: {
      AWS_ACCESS_KEY_ID: 'x',
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/missing',
      AWS_WEB_IDENTITY_TOKEN_FILE: import.meta.filename,
    },
  })
  onTestFinished(() => other[Symbol.asyncDispose]())
  const error = await refusal(other.resumeSession(sessionId, never))
  expect(error.code).toBe('access-denied')
  expect(error.message).toContain('sts:AssumeRoleWithWebIdentity')
})
