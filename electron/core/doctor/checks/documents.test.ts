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

test('the document that the settings name is looked at in place of the one of AWS, and the report masks its name', async () => {
  const settings = { documents: { port: 'Acme-Port', shell: 'Acme-Shell' } }
  const patient = await makePatient()
  const port = await diagnose(patient, { target: 'web-2', port: 80 }, { settings })
  const shell = await diagnose(patient, { target: 'web-2' }, { settings })
  for (const [{ lines, report }, name] of [
    [port, 'Acme-Port'],
    [shell, 'Acme-Shell'],
  ] as const) {
    expect(lines.get('permissions.document')).toMatchObject({
      outcome: 'failed',
      evidence: expect.stringContaining(name),
    })
    expect(report).not.toContain(name)
  }
})
