import { expect, test } from 'vitest'
import { diagnose, makePatient } from '../doctor.kit'

test('an instance that does not exist, is stopped, or whose agent is silent: each fails at its own line, and no session starts', async () => {
  const patient = await makePatient()
  for (const [target, ids, words] of [
    ['nobody', ['instance.found'], 'nobody'],
    ['load-generator', ['instance.found'], 'is stopped'],
    ['search-indexer', ['instance.agent'], 'has not answered'],
  ] as const) {
    const { lines, failed } = await diagnose(patient, { target })
    expect(failed).toEqual(ids)
    expect(lines.get(ids[0])!.evidence).toContain(words)
    expect(lines.get('session.start')).toMatchObject({ outcome: 'unknown' })
  }
  expect(patient.simulator.sessions()).toEqual([])
})

test('an old agent fails for a remote host, and is told for several connections', async () => {
  const patient = await makePatient()
  const { lines } = await diagnose(patient, { target: 'legacy-billing', port: 80, host: 'db.internal' })
  expect(lines.get('instance.version')).toMatchObject({
    outcome: 'failed',
    evidence: expect.stringContaining('3.1.1374.0'),
    next: expect.stringContaining('AWS-UpdateSSMAgent'),
  })
  expect((await diagnose(patient, { target: 'legacy-billing' })).lines.get('instance.version')).toMatchObject({
    outcome: 'passed',
    evidence: expect.stringContaining('3.0.196.0'),
  })
})
