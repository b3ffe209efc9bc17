import { expect, test } from 'vitest'
import { diagnose, makePatient, openSessions } from '../doctor.kit'

test('everything is measured in a Linux shell of its own, which is ended', async () => {
  const patient = await makePatient()
  const { lines } = await diagnose(patient, { target: 'web-2', isProbing: true })
  const told = (id: string): string => lines.get(`measurements.${id}`)!.evidence
  expect(told('upgrades')).toBe("AWS's own signature: accepted; the signature with %2B: refused; unsigned: accepted.")
  expect(told('download')).toMatch(/^[\d.]+ [kM]B\/s \([\d.]+ MB\)\.$/)
  expect(told('upload')).toMatch(/^[\d.]+ [kM]B\/s \([\d.]+ MB\)\.$/)
  expect(told('resume-open')).toMatch(/^Allowed/)
  expect(told('payload')).toBe('Payloads of 65536 bytes pass.')
  expect(lines.get('measurements.end')).toMatchObject({ outcome: 'passed' })
  expect(patient.simulator.sessions()).toHaveLength(2)
  expect(openSessions(patient)).toEqual([])
})

test('elsewhere nothing is measured, which is no failure', async () => {
  const patient = await makePatient()
  const { lines, failed } = await diagnose(patient, { target: 'reports-win-1', isProbing: true })
  expect(lines.get('measurements.start')).toMatchObject({
    outcome: 'unknown',
    evidence: expect.stringMatching(/^Not measured/),
  })
  expect(lines.get('measurements.upload')).toMatchObject({ outcome: 'unknown' })
  expect(failed).toEqual([])
})

test('a service that takes no large messages is found out', async () => {
  const patient = await makePatient({ simulator: { maxMessageBytes: 10_000 } })
  const { lines } = await diagnose(patient, { target: 'web-2', isProbing: true })
  expect(lines.get('measurements.payload')!.evidence).toBe('Payloads of 8192 bytes pass, of 16384 bytes do not.')
})
