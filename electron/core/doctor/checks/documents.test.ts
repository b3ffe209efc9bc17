import { expect, test } from 'vitest'
import { diagnose, makePatient } from '../doctor.kit'

test('the preferences are told with their limits', async () => {
  const { lines } = await diagnose(await makePatient({ simulator: { idleMinutes: 7, maxMinutes: 90 } }))
  expect(lines.get('permissions.preferences')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringMatching(/^Idle limit 7 min, longest session 90 min, not encrypted by KMS/),
  })
})

test('an account without preferences has the defaults; a document that is missing fails', async () => {
  const patient = await makePatient()
  patient.simulator.failNext('GetDocument', { code: 'InvalidDocument' })
  patient.simulator.failNext('GetDocument', { code: 'InvalidDocument' })
  const { lines } = await diagnose(patient, { target: 'web-2', port: 80 })
  expect(lines.get('permissions.preferences')).toMatchObject({ outcome: 'passed' })
  expect(lines.get('permissions.document')).toMatchObject({
    outcome: 'failed',
    evidence: expect.stringContaining('AWS-StartPortForwardingSession'),
  })
})
