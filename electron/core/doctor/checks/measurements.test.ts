import { expect, test } from 'vitest'
import { AppError } from '../../../../shared/errors'
import { diagnose, makePatient, openSessions } from '../doctor.kit'
import type { Exam, Finding } from '../parts'
import { measurementChecks } from './measurements'

/** Runs one check on a session that behaves as `probe` says. */
function measured(id: string, probe: object, leftMs = 60_000): Promise<Finding> | undefined {
  const exam = { probe, measuredUntil: performance.now() + leftMs } as unknown as Exam
  return measurementChecks.find((check) => check.id === `measurements.${id}`)?.run(exam, new AbortController().signal)
}

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

test('the session of the measurements has the reason of the other one', async () => {
  const patient = await makePatient()
  const request = { target: 'web-2', isProbing: true, reason: 'ticket 7' }
  const { lines } = await diagnose(patient, request, { settings: { isReasonRequired: true } })
  expect(lines.get('measurements.start')).toMatchObject({ outcome: 'passed' })
})

test('a failure on the way is no refusal of AWS', async () => {
  const network = new AppError('network', 'The network has failed.')
  expect(await measured('resume-open', { resume: () => Promise.reject(network) })).toMatchObject({
    outcome: 'unknown',
    evidence: 'The network has failed.',
  })
  const tryForms = () => Promise.resolve([{ form: 'space' }, { form: 'unsigned', error: network }])
  expect(await measured('upgrades', { tryForms })).toMatchObject({
    evidence: "AWS's own signature: accepted; unsigned: not known (network).",
  })
})

test('the session is ended and told so also when the minute is over', async () => {
  expect(await measured('end', { end: () => Promise.resolve() }, -1)).toMatchObject({ outcome: 'passed' })
})
