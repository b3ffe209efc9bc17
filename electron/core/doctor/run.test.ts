import { expect, test } from 'vitest'
import { diagnose, makePatient, openSessions } from './doctor.kit'

test('stopping in the middle of the session ends it before the run rejects', async () => {
  const patient = await makePatient()
  const stop = new AbortController()
  const run = diagnose(
    patient,
    { target: 'web-2' },
    {
      signal: stop.signal,
      onLine: ({ id }) => {
        if (id === 'session.channel') stop.abort(new Error('stopped'))
      },
    },
  )
  await expect(run).rejects.toThrow('stopped')
  expect(patient.simulator.sessions()).toHaveLength(1)
  expect(openSessions(patient)).toEqual([])
})

test('stopping while StartSession is under way ends the session that it has started', async () => {
  const patient = await makePatient()
  const stop = new AbortController()
  void patient.simulator.delayNext('StartSession', 300).then(() => stop.abort(new Error('stopped')))
  await expect(diagnose(patient, { target: 'web-2' }, { signal: stop.signal })).rejects.toThrow('stopped')
  expect(patient.simulator.sessions()).toHaveLength(1)
  expect(openSessions(patient)).toEqual([])
})

test('no line has a secret, and the report names neither account, ids, host, user nor the home', async () => {
  const patient = await makePatient({ simulator: { secretMark: 'HUSHHUSH' } })
  const { lines, report, exam } = await diagnose(patient, { target: 'web-2', port: 5_432, host: 'db.corp.example' })
  expect(JSON.stringify([...lines])).not.toContain('HUSHHUSH')
  expect(JSON.stringify([...lines])).not.toContain('wss://')
  const secrets = [
    '111122223333',
    exam.instance!.id,
    'web-2',
    'db.corp.example',
    'demo-operator',
    'CulvertDemo',
    patient.home,
  ]
  for (const name of secrets) expect(report).not.toContain(name)
  expect(report).toMatch(/^```\nculvert [\d.]+ doctor, .*, region eu-west-1\n/)
  expect(report).toContain('arn:aws:sts::<account-1>:assumed-role/<name-')
})

test('an error that lists the profiles of this computer tells none of them in the report', async () => {
  const patient = await makePatient({
    config: '[profile acme-prod]\nregion = eu-west-1\n[sso-session corp-login]\nsso_region = x\n',
  })
  const { lines, report } = await diagnose(patient, {}, { profile: 'wrok' })
  expect(lines.get('configuration.profile')!.evidence).toContain('acme-prod')
  expect(report).not.toMatch(/acme-prod|wrok/)
})
