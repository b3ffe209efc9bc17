import { expect, test } from 'vitest'
import { diagnose, makePatient, type Patient } from '../doctor.kit'

type WorldInstance = Patient['simulator']['world']['instances'][number]

/** A patient in whose world the instance `name` differs. */
async function patientWith(name: string, differences: Partial<WorldInstance>): Promise<Patient> {
  const patient = await makePatient()
  const { world } = patient.simulator
  const instance = world.instances.find(({ tags }) => tags['Name'] === name)
  world.put({ ...instance!, ...differences })
  return patient
}

test('an attached profile is told by its name, which the report masks', async () => {
  const patient = await patientWith('web-2', { instanceProfile: 'acme-prod-node' })
  const { lines, report, exam } = await diagnose(patient, { target: 'web-2' })
  expect(exam.instance).toMatchObject({ instanceProfile: 'acme-prod-node' })
  expect(lines.get('instance.profile')).toMatchObject({ outcome: 'passed', evidence: '"acme-prod-node" is attached.' })
  expect(report).not.toContain('acme-prod-node')
  expect(report).toMatch(/Instance profile\n *"<name-\d+>" is attached/)
})

test('an agent that is online needs none: Default Host Management Configuration works without one', async () => {
  const { lines, failed } = await diagnose(await makePatient(), { target: 'cache-warmer' })
  expect(failed).toEqual([])
  expect(lines.get('instance.profile')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(/^None is attached.*Default Host Management Configuration/),
  })
})

test('no profile and no agent that answers: the line fails and says what to attach', async () => {
  for (const pingStatus of ['None', 'ConnectionLost'] as const) {
    const patient = await patientWith('web-2', { instanceProfile: '', pingStatus })
    const { lines, failed, exam } = await diagnose(patient, { target: 'web-2' })
    expect(failed).toEqual(['instance.agent', 'instance.profile'])
    expect(lines.get('instance.profile')).toMatchObject({
      missing: 'AmazonSSMManagedInstanceCore',
      next: expect.stringContaining('Attach an instance profile with AmazonSSMManagedInstanceCore'),
      command: `aws ec2 associate-iam-instance-profile --instance-id ${exam.instance!.id} --iam-instance-profile Name=PROFILE --region eu-west-1`,
    })
  }
})

test('a profile is attached and the agent does not answer: what else to look at, and not to attach one', async () => {
  for (const pingStatus of ['None', 'ConnectionLost'] as const) {
    const patient = await patientWith('web-2', { instanceProfile: 'acme-node', pingStatus })
    const { lines, failed } = await diagnose(patient, { target: 'web-2' })
    expect(failed).toEqual(['instance.agent'])
    expect(lines.get('instance.profile')).toMatchObject({
      outcome: 'unknown',
      evidence: expect.stringMatching(/^"acme-node" is attached/),
      next: expect.stringMatching(/role of the profile.*AmazonSSMManagedInstanceCore.*ssmmessages/),
      command: 'aws iam get-instance-profile --instance-profile-name acme-node',
    })
    const agent = lines.get('instance.agent')!
    expect(agent.next).not.toContain('Attach')
    expect(agent.missing).toBeUndefined()
  }
})

test('a name that a shell would read otherwise is in no command', async () => {
  const patient = await patientWith('web-2', { instanceProfile: 'a$(b)', pingStatus: 'None' })
  const line = (await diagnose(patient, { target: 'web-2' })).lines.get('instance.profile')!
  expect(line.evidence).toContain('a$(b)')
  expect(line.command).toBeUndefined()
})

test('a hybrid node needs none, also where its agent does not answer', async () => {
  const online = await diagnose(await makePatient(), { target: 'warehouse-gateway' })
  expect(online.lines.get('instance.profile')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringContaining('activation'),
  })
  const lost = await diagnose(await patientWith('warehouse-gateway', { pingStatus: 'ConnectionLost' }), {
    target: 'warehouse-gateway',
  })
  expect(lost.failed).toEqual(['instance.agent'])
  expect(lost.lines.get('instance.agent')!.next).not.toContain('instance profile')
})

test('an instance that EC2 may not describe: not known, with the action that is missing', async () => {
  const patient = await makePatient({
    simulator: {
      policies: {
        CulvertDemo: [
          { effect: 'allow', actions: ['*'] },
          { effect: 'deny', actions: ['ec2:DescribeInstances'] },
        ],
      },
    },
  })
  const { id } = patient.simulator.world.instances.find(({ tags }) => tags['Name'] === 'web-2')!
  expect((await diagnose(patient, { target: id })).lines.get('instance.profile')).toMatchObject({
    outcome: 'unknown',
    missing: 'ec2:DescribeInstances',
  })
})
