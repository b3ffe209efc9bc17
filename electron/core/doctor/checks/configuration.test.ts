import { expect, test } from 'vitest'
import { diagnose, makePatient } from '../doctor.kit'

test('every broken line of both files is named with its number, and nothing else is tried', async () => {
  const patient = await makePatient({
    config: '[default]\nregion = eu-west-1\n[profile prod\nregion = eu-west-2\nnonsense\n',
    credentials: 'aws_access_key_id = AKIDSECRETVALUE\n[default]\n',
  })
  const { lines, failed } = await diagnose(patient, { target: 'web-2' })
  const { evidence, next } = lines.get('configuration.files')!
  expect(failed).toEqual(['configuration.files'])
  expect(evidence).toContain('config line 3: the section has no closing ].')
  expect(evidence).toContain('config line 5: it is not "name = value".')
  expect(evidence).toContain('credentials line 1: it stands before the first [section].')
  expect(evidence).not.toContain('AKIDSECRET')
  expect(next).toContain('AWS_CONFIG_FILE')
  expect(lines.get('session.end')).toMatchObject({
    outcome: 'unknown',
    evidence: expect.stringContaining('has to work first'),
  })
})

test('a profile that does not exist and a region that is not set fail at the profile', async () => {
  const patient = await makePatient({ config: '[profile work]\nregion = eu-west-1\n' })
  const { lines, failed } = await diagnose(patient, {}, { profile: 'wrok' })
  expect(failed).toEqual(['configuration.profile'])
  expect(lines.get('configuration.profile')!.evidence).toContain('work')
  const noRegion = await makePatient({ env: { AWS_REGION: '' } })
  expect((await diagnose(noRegion)).lines.get('configuration.profile')).toMatchObject({
    outcome: 'failed',
    evidence: expect.stringContaining('region'),
  })
})

test('endpoints tells which are set', async () => {
  const patient = await makePatient({ env: { AWS_ENDPOINT_URL_EC2: 'http://127.0.0.1:1' } })
  const { lines } = await diagnose(patient)
  expect(lines.get('configuration.endpoints')!.evidence).toContain('ec2 http://127.0.0.1:1')
})
