// The permissions that can be tried without a session: each call once, as a dry run where AWS has one.

import { asAppError } from '../../../../shared/errors'
import type { Examination } from '../../../../shared/examination'
import { identityCheck } from './credentials'
import { examinationOf, findingOf, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const CALL_MS = 35_000

/** Where no instance was named: a target that does not exist has no sessions. */
const NO_TARGET = 'i-00000000000000000'

function permission(
  action: string,
  what: { readonly why: string; readonly needs: readonly string[]; readonly optional?: true },
  attempt: (examination: Examination, exam: Exam, signal: AbortSignal) => Promise<unknown>,
): Check {
  return {
    id: `permissions.${action}`,
    group: 'permissions',
    title: action,
    needs: [identityCheck.id, ...what.needs],
    limitMs: CALL_MS,
    run: async (exam, signal): Promise<Finding> => {
      try {
        await attempt(examinationOf(exam), exam, signal)
        return passed(`Allowed. ${what.why}`)
      } catch (error) {
        signal.throwIfAborted()
        const finding = findingOf(error, action)
        const isDenied = asAppError(error).code === 'access-denied'
        if (!isDenied) return finding
        return {
          ...finding,
          evidence: `${finding.evidence} ${what.why}`,
          ...(what.optional === true ? { outcome: 'unknown' } : {}),
        }
      }
    },
  }
}

async function tryKey(examination: Examination, kmsKeyId: string, signal: AbortSignal): Promise<Finding> {
  try {
    await examination.tryKey(kmsKeyId, signal)
    return passed('Allowed (dry run) for the key that the preferences name.')
  } catch (error) {
    signal.throwIfAborted()
    return findingOf(error, 'kms:GenerateDataKey')
  }
}

/** The key of encrypted sessions. Runs behind the preferences, which name it. */
export const keyCheck: Check = {
  id: 'permissions.kms:GenerateDataKey',
  group: 'permissions',
  title: 'kms:GenerateDataKey',
  needs: [identityCheck.id],
  limitMs: CALL_MS,
  run: async (exam, signal): Promise<Finding> => {
    const { kmsKeyId } = exam
    if (kmsKeyId === undefined) return unknown('The preferences could not be read, so no key is known.')
    if (kmsKeyId === '') return passed('Not needed: the preferences name no key.')
    return tryKey(examinationOf(exam), kmsKeyId, signal)
  },
}

/** One line for each action. */
export const permissionChecks: readonly Check[] = [
  permission(
    'ec2:DescribeInstances',
    { why: 'It lists instances with their Names and tags (dry run).', needs: ['network.ec2'] },
    (examination, _exam, signal) => examination.tryMachines(signal),
  ),
  permission(
    'ssm:DescribeInstanceInformation',
    { why: 'It shows which agents answer.', needs: ['network.ssm'] },
    (examination, _exam, signal) => examination.tryNodes(signal),
  ),
  permission(
    'ssm:DescribeSessions',
    {
      why: 'It finds sessions that a crash has left open; nothing else needs it.',
      needs: ['network.ssm'],
      optional: true,
    },
    (examination, { instance }, signal) => examination.trySessions(instance?.id ?? NO_TARGET, signal),
  ),
]
