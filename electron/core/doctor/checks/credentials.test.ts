import { expect, test } from 'vitest'
import type { Examination } from '../../../../shared/examination'
import { serviceOf } from '../../../../e2e/kit/aws/service'
import { createEnvironment } from '../../environments/environment'
import { processBudgets } from '../../tunnels/budgets'
import { diagnose, makePatient } from '../doctor.kit'
import type { Exam } from '../parts'
import { expiryCheck } from './credentials'

test('the identity names account and source; keys of unknown end name the variable that is missing', async () => {
  const { lines } = await diagnose(await makePatient())
  expect(lines.get('credentials.identity')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(
      /assumed-role\/CulvertDemo\/demo-operator in account 111122223333, from environment/,
    ),
  })
  expect(lines.get('credentials.expiry')).toMatchObject({ outcome: 'unknown', missing: 'AWS_CREDENTIAL_EXPIRATION' })
})

test('keys that end are told with the time that is left, and keys that have ended fail', async () => {
  const now = Date.parse('2026-11-29T12:00:00Z')
  const expiry = (endsAt: number) => {
    const environment = createEnvironment({
      name: 'work',
      isDemo: false,
      service: serviceOf({ keysOutlook: () => ({ kind: 'ending', endsAt }) }),
      budgets: processBudgets(),
      examination: { keysSource: () => ({ words: 'variables', isRenewed: false }) } as Examination,
    })
    const exam = { environment, now: () => now } as Exam
    return expiryCheck.run(exam, new AbortController().signal)
  }
  expect(await expiry(now + 3_600_000)).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(/^They end at 2026-11-29 13:00 UTC, in 60 min, and cannot be renewed here/),
  })
  expect(await expiry(now - 1)).toMatchObject({ outcome: 'failed', evidence: 'They ended at 2026-11-29 11:59 UTC.' })
})

test('an SSO login that has ended is told with the login that needs no AWS CLI', async () => {
  const config =
    '[profile corp]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = dev\n' +
    '[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.awsapps.com/start\n'
  const { lines, report } = await diagnose(await makePatient({ config }), {}, { profile: 'corp' })
  expect(lines.get('credentials.identity')).toMatchObject({
    outcome: 'failed',
    next: 'Log in with Culvert: culvert login --profile corp',
    command: 'aws sso login --profile corp',
  })
  expect(report).not.toMatch(/1234 5678 9012|corp/)
})

test('keys that AWS refuses fail with their source, and nothing is tried with them', async () => {
  const patient = await makePatient({ env: { AWS_SECRET_ACCESS_KEY: 'wrong' } })
  const { lines, failed } = await diagnose(patient, { target: 'web-2' })
  expect(failed).toEqual(['credentials.identity'])
  expect(lines.get('credentials.identity')!.evidence).toContain('Source: environment variables')
  expect(lines.get('session.start')).toMatchObject({ outcome: 'unknown' })
})

test('where sts cannot be reached, as in a VPC without its endpoint, all else is examined', async () => {
  const patient = await makePatient({ env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' } })
  const { lines, failed } = await diagnose(patient, { target: 'web-2' })
  expect(failed).toEqual(['network.sts'])
  expect(lines.get('credentials.identity')).toMatchObject({
    outcome: 'unknown',
    evidence: expect.stringMatching(/^sts was not reached, so .* environment variables/),
  })
  expect(lines.get('credentials.expiry')).toMatchObject({ missing: 'AWS_CREDENTIAL_EXPIRATION' })
  expect(lines.get('session.end')).toMatchObject({ outcome: 'passed' })
})
