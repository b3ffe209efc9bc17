import { expect, test } from 'vitest'
import { diagnose, makePatient, openSessions } from '../doctor.kit'

const OK = ['session.start', 'session.channel', 'session.roundtrip', 'session.resume', 'session.end']

test('a session is opened, answers, is resumed once and ended: a shell without a port, a port session with one', async () => {
  const patient = await makePatient()
  for (const request of [{ target: 'web-2' }, { target: 'web-2', port: 8080 }]) {
    const { lines } = await diagnose(patient, request)
    for (const id of OK) expect([id, lines.get(id)]).toEqual([id, expect.objectContaining({ outcome: 'passed' })])
  }
  expect(patient.simulator.sessions().map(({ documentName, resumes }) => [documentName, resumes])).toEqual([
    ['SSM-SessionManagerRunShell', 1],
    ['AWS-StartPortForwardingSession', 1],
  ])
  expect(openSessions(patient)).toEqual([])
})

test('a port on which nothing listens fails; the session goes on', async () => {
  const { lines, failed } = await diagnose(await makePatient(), { target: 'web-2', port: 4_444 })
  expect(failed).toEqual(['session.destination'])
  expect(lines.get('session.destination')!.next).toContain('port 4444 of the instance')
  expect(lines.get('session.resume')).toMatchObject({ outcome: 'passed' })
})

test('a refused upgrade names its action, and the session is ended all the same', async () => {
  const patient = await makePatient({
    simulator: {
      policies: {
        CulvertDemo: [
          { effect: 'allow', actions: ['*'] },
          { effect: 'deny', actions: ['ssmmessages:OpenDataChannel'] },
        ],
      },
      upgradePolicy: 'signed-only',
    },
  })
  const { lines } = await diagnose(patient, { target: 'web-2' })
  expect(lines.get('session.channel')).toMatchObject({ outcome: 'failed', missing: 'ssmmessages:OpenDataChannel' })
  expect(lines.get('session.end')).toMatchObject({ outcome: 'passed' })
  expect(openSessions(patient)).toEqual([])
})
