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

const NODE_TAGS = 'permissions.ssm:ListTagsForResource'

test('tags of hybrid nodes are tried on one that is listed, or on the one that is asked for', async () => {
  const patient = await makePatient()
  const { id } = patient.simulator.world.instances.find(({ kind }) => kind === 'hybrid')!
  for (const request of [{}, { target: id }]) {
    const { lines, report } = await diagnose(patient, request)
    expect(lines.get(NODE_TAGS)).toMatchObject({
      outcome: 'passed',
      evidence: expect.stringMatching(new RegExp(`^Allowed for ${id}`)),
    })
    expect(report).not.toContain(id)
  }
})

test('tags of hybrid nodes that are denied are told with the action and what to allow, and are no failure', async () => {
  const { lines, failed } = await diagnose(await makePatient({ simulator: denying('ssm:ListTagsForResource') }))
  expect(failed).toEqual([])
  expect(lines.get(NODE_TAGS)).toMatchObject({
    outcome: 'unknown',
    missing: 'ssm:ListTagsForResource',
    next: expect.stringContaining('arn:aws:ssm:*:*:managed-instance/*'),
  })
})

test('tags of hybrid nodes are not needed where none is listed, and not known where nodes may not be listed', async () => {
  // The call would be denied: it is not made.
  const patient = await makePatient({ simulator: denying('ssm:ListTagsForResource') })
  const { world } = patient.simulator
  const node = world.instances.find(({ kind }) => kind === 'hybrid')!
  world.put({ ...node, pingStatus: 'None' })
  expect((await diagnose(patient)).lines.get(NODE_TAGS)).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(/^Not needed/),
  })
  const blind = await makePatient({ simulator: denying('ssm:DescribeInstanceInformation') })
  expect((await diagnose(blind)).lines.get(NODE_TAGS)).toMatchObject({
    outcome: 'unknown',
    evidence: expect.stringContaining('ssm:DescribeInstanceInformation'),
  })
})

test('a hybrid node that is gone has no tags, but the call was allowed', async () => {
  const patient = await makePatient()
  patient.simulator.failNext('ListTagsForResource', { code: 'InvalidResourceId' })
  expect((await diagnose(patient)).lines.get(NODE_TAGS)).toMatchObject({ outcome: 'passed' })
})
