// The session documents: the account's preferences, and the document of the session that is asked for.

import * as z from 'zod'
import { asAppError } from '../../../../shared/errors'
import { PORT_DOCUMENT, REMOTE_HOST_DOCUMENT } from '../../sessions/request/awsdocuments'
import { identityCheck } from './credentials'
import type { DocumentUse } from '../../../../shared/model/document'
import { environmentOf, examinationOf, findingOf, passed, unknown, type Check, type Exam, type Finding } from '../parts'

const CALL_MS = 35_000

/** The account-owned document that holds the preferences. Source: specification §1.5. */
const PREFERENCES = 'SSM-SessionManagerRunShell'

const MAX_TEXT = 100

/** The parts that are told. "" counts as unset. */
const preferences = z.object({
  inputs: z
    .object({
      kmsKeyId: z.string().max(2_048).catch(''),
      idleSessionTimeout: z.union([z.string(), z.number()]).transform(String).catch(''),
      maxSessionDuration: z.union([z.string(), z.number()]).transform(String).catch(''),
      runAsEnabled: z.boolean().catch(false),
      runAsDefaultUser: z.string().catch(''),
      s3BucketName: z.string().catch(''),
      cloudWatchLogGroupName: z.string().catch(''),
    })
    .partial(),
})

function parse(text: string): z.infer<typeof preferences>['inputs'] | undefined {
  try {
    return preferences.safeParse(JSON.parse(text)).data?.inputs
  } catch {
    return undefined
  }
}

function words(inputs: z.infer<typeof preferences>['inputs']): string {
  const { kmsKeyId, idleSessionTimeout, maxSessionDuration, runAsEnabled, s3BucketName, cloudWatchLogGroupName } =
    inputs
  return [
    `Idle limit ${idleSessionTimeout || '20'} min`,
    `longest session ${maxSessionDuration ? `${maxSessionDuration} min` : 'without a limit'}`,
    kmsKeyId ? 'encrypted with a KMS key' : 'not encrypted by KMS',
    `${runAsEnabled === true ? 'Run As is on' : 'Run As is off'}`,
    s3BucketName || cloudWatchLogGroupName ? 'shells are logged' : 'shells are not logged',
  ]
    .join(', ')
    .slice(0, 10 * MAX_TEXT)
}

const NOT_READ = 'Sessions work all the same; Culvert then expects the defaults (idle limit 20 min).'

/** The account's preferences. */
const preferencesCheck: Check = {
  id: 'permissions.preferences',
  group: 'permissions',
  title: 'Session preferences (ssm:GetDocument)',
  needs: [identityCheck.id, 'network.ssm'],
  limitMs: CALL_MS,
  run: async (exam, signal): Promise<Finding> => {
    try {
      const inputs = parse(await examinationOf(exam).documentText(PREFERENCES, signal))
      if (inputs === undefined) return unknown(`The document ${PREFERENCES} is not one of preferences. ${NOT_READ}`)
      exam.kmsKeyId = inputs.kmsKeyId ?? ''
      return passed(`${words(inputs)}.`)
    } catch (error) {
      signal.throwIfAborted()
      if (asAppError(error).code === 'document-missing') {
        exam.kmsKeyId = ''
        return passed("The account has none: AWS's defaults apply (idle limit 20 min, no encryption by KMS).")
      }
      const finding = findingOf(error, 'ssm:GetDocument')
      return { ...finding, outcome: 'unknown', evidence: `${finding.evidence} ${NOT_READ}` }
    }
  },
}

function wantedUse({ request: { port, host } }: Exam): DocumentUse {
  if (port === undefined) return 'shell'
  return host === undefined ? 'port' : 'remoteHost'
}

/** Undefined: a shell without a document of its own. Source: specification §1.5. */
function documentOf(exam: Exam): string | undefined {
  const use = wantedUse(exam)
  const own = { shell: undefined, port: PORT_DOCUMENT, remoteHost: REMOTE_HOST_DOCUMENT, ssh: undefined }[use]
  return environmentOf(exam).documentFor(use) ?? own
}

/** The document of the session that is asked for. */
const documentCheck: Check = {
  id: 'permissions.document',
  group: 'permissions',
  title: 'Session document',
  needs: [identityCheck.id, 'network.ssm'],
  limitMs: CALL_MS,
  run: async (exam, signal): Promise<Finding> => {
    const name = documentOf(exam)
    exam.document = name ?? ''
    if (name === undefined) return passed(`A shell uses the account's own document ${PREFERENCES}.`)
    try {
      await examinationOf(exam).documentText(name, signal)
      return passed(`${name} exists here.`)
    } catch (error) {
      signal.throwIfAborted()
      const finding = findingOf(error, 'ssm:GetDocument')
      if (asAppError(error).code !== 'access-denied') return finding
      return unknown(`${name} may not be read. Only a session shows whether it may be used.`, {
        missing: 'ssm:GetDocument',
      })
    }
  },
}

/** Both, in order. */
export const documentChecks: readonly Check[] = [preferencesCheck, documentCheck]
