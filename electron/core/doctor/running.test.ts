import { expect, onTestFinished, test, vi } from 'vitest'
import type { DoctorView } from '../../../shared/model/doctor'
import { Environments } from '../environments/environments'
import { openEnvironment } from '../environments/open'
import { processBudgets } from '../tunnels/budgets'
import { makePatient, openSessions, type Patient } from './doctor.kit'
import { Doctor } from './running'

const REF = { kind: 'aws' } as const

/** A doctor over a patient, and everything that it tells. */
function stage({ env }: Patient): { doctor: Doctor; told: DoctorView[] } {
  const spawnDemo = (): Promise<never> => Promise.reject(new Error('no Demo'))
  const environments = new Environments(() => openEnvironment({ env, budgets: processBudgets(), spawnDemo }))
  const told: DoctorView[] = []
  const doctor = new Doctor({ env, environments, changed: (view) => told.push(view) })
  onTestFinished(async () => {
    await doctor[Symbol.asyncDispose]()
    await environments[Symbol.asyncDispose]()
  })
  return { doctor, told }
}

test('a run is told step by step and line by line, and ends with a masked report', async () => {
  const patient = await makePatient()
  const { doctor, told } = stage(patient)
  const runId = doctor.run(REF, {})
  await vi.waitFor(() => expect(told.at(-1)?.state.kind).toBe('done'))
  expect(new Set(told.map((view) => view.runId))).toEqual(new Set([runId]))
  const counts = told.map(({ lines }) => lines.length)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(told[0]).toMatchObject({ state: { kind: 'working', step: 'AWS configuration files' }, lines: [] })
  expect(told.at(-1)!.report).toContain('<account-1>')
  expect(told.slice(0, -1).every(({ report }) => report === undefined)).toBe(true)
})

test('stopping ends the session; a new run takes the place of the one before, which tells nothing any more', async () => {
  const patient = await makePatient()
  const { doctor, told } = stage(patient)
  const first = doctor.run(REF, { target: 'web-2' })
  await vi.waitFor(() => expect(told.at(-1)?.lines.some(({ id }) => id === 'session.start')).toBe(true))
  doctor.stop(first)
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ runId: first, state: { kind: 'stopped' } }))
  expect(openSessions(patient)).toEqual([])
  doctor.stop(first)
  const second = doctor.run(REF, {})
  const third = doctor.run(REF, {})
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ runId: third, state: { kind: 'done' } }))
  expect(told.filter(({ runId, state }) => runId === second && state.kind !== 'working')).toEqual([])
})

test('disposing waits until the session has been ended', async () => {
  const patient = await makePatient()
  const { doctor, told } = stage(patient)
  doctor.run(REF, { target: 'web-2' })
  await vi.waitFor(() => expect(told.at(-1)?.lines.some(({ id }) => id === 'session.start')).toBe(true))
  await doctor[Symbol.asyncDispose]()
  expect(openSessions(patient)).toEqual([])
})
