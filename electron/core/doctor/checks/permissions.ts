// The permissions that can be tried without a session: each call once, as a dry run where AWS has one.

import { asAppError } from '../../../../shared/errors'
import type { Examination } from '../../../../shared/examination'
import { identityCheck } from './credentials'
import { examinationOf, findingOf, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const CALL_MS = 35_000

/** Where no instance was named: a target that does not exist has no sessions. */
const NO_TARGET = 'i-00000000000000000'

/** The id of a hybrid node. */
const HYBRID = /^mi-[0-9a-f]{17}$/

const NODES = 'ssm:DescribeInstanceInformation'
const NODE_TAGS = 'ssm:ListTagsForResource'

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

/** The tags of hybrid nodes, which EC2 does not know. Sessions do not need them. */
const nodeTagsCheck: Check = {
  id: `permissions.${NODE_TAGS}`,
  group: 'permissions',
  title: NODE_TAGS,
  needs: [identityCheck.id, `permissions.${NODES}`],
  limitMs: CALL_MS,
  run: async (exam, signal): Promise<Finding> => {
    const { target = '' } = exam.request
    try {
      const id = await examinationOf(exam).tryNodeTags(HYBRID.test(target) ? target : undefined, signal)
      if (id === undefined) return passed('Not needed: Systems Manager lists no hybrid node (mi-…) here.')
      return passed(`Allowed for ${id}. It shows the tags of hybrid nodes.`)
    } catch (error) {
      signal.throwIfAborted()
      const finding = findingOf(error, NODE_TAGS)
      if (asAppError(error).code !== 'access-denied') return finding
      return {
        ...finding,
        outcome: 'unknown',
        evidence: `${finding.evidence} Hybrid nodes are shown and filtered without their tags; sessions work all the same.`,
        next: `Allow ${NODE_TAGS} on arn:aws:ssm:*:*:managed-instance/* to see them.`,
      }
    }
  },
}

/** One line for each action. */
export const permissionChecks: readonly Check[] = [
  permission(
    'ec2:DescribeInstances',
    { why: 'It lists instances with their Names and tags (dry run).', needs: ['network.ec2'] },
    (examination, _exam, signal) => examination.tryMachines(signal),
  ),
  permission(NODES, { why: 'It shows which agents answer.', needs: ['network.ssm'] }, (examination, _exam, signal) =>
    examination.tryNodes(signal),
  ),
  nodeTagsCheck,
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
