// The credentials: where they come from, whose they are, when they end and whether they are renewed.

import { asAppError } from '../../../../shared/errors'
import { environmentOf, examinationOf, failed, findingOf, passed, unknown, type Check, type Finding } from '../parts'

/** Long enough for a person who enters the code of a second factor. */
const IDENTITY_MS = 120_000
/** Where sts was not reached a moment ago, the call is made only to find the keys. */
const UNREACHED_MS = 5_000

const UNNEEDED = 'Sessions need it only where a role has to be assumed.'

/** Who the caller is. Needs no permission, so a failure is one of the credentials or of the network. */
export const identityCheck: Check = {
  id: 'credentials.identity',
  group: 'credentials',
  title: 'Identity',
  needs: ['configuration.profile', 'configuration.endpoints'],
  limitMs: IDENTITY_MS,
  run: async (exam, signal): Promise<Finding> => {
    const source = (): string => examinationOf(exam).keysSource().words
    const isReached = exam.reachings.get('sts')?.kind === 'answered'
    const limit = isReached ? signal : AbortSignal.any([signal, AbortSignal.timeout(UNREACHED_MS)])
    try {
      exam.identity = await environmentOf(exam).identity(limit)
    } catch (error) {
      signal.throwIfAborted()
      const finding = findingOf(error)
      const isLate = limit.aborted && !isReached
      const isNetwork = isLate || ['network', 'timeout', 'throttled', 'service'].includes(asAppError(error).code)
      // A VPC without an endpoint of sts: only roles that have to be assumed need it.
      if (isNetwork && !isReached) {
        return unknown(
          `sts was not reached, so it is not known whose the credentials from ${source()} are. ${UNNEEDED}`,
        )
      }
      return isNetwork
        ? { ...finding, outcome: 'unknown' }
        : { ...finding, evidence: `${finding.evidence} Source: ${source()}.` }
    }
    return passed(`${exam.identity.arn} in account ${exam.identity.accountId}, from ${source()}.`)
  },
}

function minutesWords(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}

/** When the keys end. */
export const expiryCheck: Check = {
  id: 'credentials.expiry',
  group: 'credentials',
  title: 'Expiry and renewal',
  needs: [identityCheck.id],
  limitMs: 5_000,
  run: (exam): Promise<Finding> => {
    const outlook = environmentOf(exam).keysOutlook()
    const { isRenewed } = examinationOf(exam).keysSource()
    const next =
      'Use a profile that Culvert can renew (SSO, a role, credential_process), or set AWS_CREDENTIAL_EXPIRATION so that it can plan ahead.'
    switch (outlook.kind) {
      case 'lasting':
        return Promise.resolve(
          passed(
            isRenewed === true
              ? 'Renewed without a person while the login holds.'
              : 'They do not end, or are renewed without a person.',
          ),
        )
      case 'ending': {
        const leftMs = outlook.endsAt - exam.now()
        const at = new Date(outlook.endsAt).toISOString().slice(0, 16).replace('T', ' ')
        return Promise.resolve(
          leftMs > 0
            ? passed(
                `They end at ${at} UTC, in ${minutesWords(leftMs)}, and cannot be renewed here. A tunnel outlives them by an hour at most.`,
              )
            : failed(`They ended at ${at} UTC.`, { next }),
        )
      }
      case 'unknown':
        return Promise.resolve(
          unknown('They are temporary, cannot be renewed here, and nothing tells when they end.', {
            missing: 'AWS_CREDENTIAL_EXPIRATION',
            next,
          }),
        )
    }
  },
}

/** Both, in order. */
export const credentialChecks: readonly Check[] = [identityCheck, expiryCheck]
