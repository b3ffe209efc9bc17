import { expect, test } from 'vitest'
import type { DoctorGroup, DoctorLine, DoctorOutcome } from '../../shared/model/doctor'
import { groupsOf, outcomeOf } from './listing'

const line = (id: string, group: DoctorGroup, outcome: DoctorOutcome = 'passed'): DoctorLine => ({
  id,
  group,
  title: id,
  outcome,
  evidence: '',
})

test('lines are grouped in the order in which the groups begin', () => {
  const groups = groupsOf([line('a', 'configuration'), line('b', 'network'), line('c', 'network')])
  expect(groups.map(({ title, lines }) => [title, lines.map(({ id }) => id)])).toEqual([
    ['Configuration', ['a']],
    ['Network', ['b', 'c']],
  ])
})

test('the outcome counts failures first, and says nothing while it works', () => {
  const lines = [line('a', 'network'), line('b', 'network', 'failed'), line('c', 'network', 'unknown')]
  const of = (own: readonly DoctorLine[], kind: 'done' | 'stopped' = 'done') =>
    outcomeOf({ runId: 'r', state: { kind }, lines: own })
  expect(of(lines)).toEqual({ tone: 'failed', text: '1 check failed, 1 passed. 1 not known.' })
  expect(of([line('a', 'network')])).toEqual({ tone: 'up', text: 'Nothing failed, 1 passed.' })
  expect(of(lines, 'stopped')?.tone).toBe('idle')
  expect(outcomeOf({ runId: 'r', state: { kind: 'working', step: 'Clock' }, lines })).toBeUndefined()
})
