import { expect, test } from 'vitest'
import { diagnose, makePatient, openSessions } from '../doctor.kit'

const ROLE = 'CulvertDemo'

function denying(...actions: string[]) {
  return {
    policies: {
      [ROLE]: [
        { effect: 'allow', actions: ['*'] },
        { effect: 'deny', actions },
      ],
    },
  } as const
}

test('a denied action is named by name; one that is only convenient is not a failure', async () => {
  const patient = await makePatient({
    simulator: denying('ec2:DescribeInstances', 'ssm:DescribeSessions', 'ssm:GetDocument'),
  })
  const { lines, failed } = await diagnose(patient)
  expect(failed).toEqual(['permissions.ec2:DescribeInstances'])
  expect(lines.get('permissions.ec2:DescribeInstances')).toMatchObject({ missing: 'ec2:DescribeInstances' })
  expect(lines.get('permissions.ssm:DescribeSessions')).toMatchObject({
    outcome: 'unknown',
    missing: 'ssm:DescribeSessions',
  })
  expect(lines.get('permissions.preferences')).toMatchObject({ outcome: 'unknown', missing: 'ssm:GetDocument' })
  expect(lines.get('permissions.kms:GenerateDataKey')).toMatchObject({ outcome: 'unknown' })
})

test('a denied start, a denied resume and a denied end each name their action, and the list goes on', async () => {
  for (const [action, id] of [
    ['ssm:StartSession', 'session.start'],
    ['ssm:ResumeSession', 'session.resume'],
    ['ssm:TerminateSession', 'session.end'],
  ] as const) {
    const { lines, failed } = await diagnose(await makePatient({ simulator: denying(action) }), { target: 'web-2' })
    expect(failed).toEqual([id])
    expect(lines.get(id)).toMatchObject({ missing: action })
  }
})

test('the key of the preferences is tried as a dry run: nothing is made, and a denial is named', async () => {
  const patient = await makePatient({ simulator: { encryption: {} } })
  expect((await diagnose(patient)).lines.get('permissions.kms:GenerateDataKey')).toMatchObject({ outcome: 'passed' })
  expect(patient.simulator.keys.contexts).toEqual([])
  const denied = await makePatient({ simulator: { encryption: {}, ...denying('kms:GenerateDataKey') } })
  const { lines } = await diagnose(denied)
  expect(lines.get('permissions.kms:GenerateDataKey')).toMatchObject({
    outcome: 'failed',
    missing: 'kms:GenerateDataKey',
  })
  expect(openSessions(denied)).toEqual([])
})
