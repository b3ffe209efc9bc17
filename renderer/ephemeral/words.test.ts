import { expect, test } from 'vitest'
import type { EphemeralPlan } from '../../shared/model/ephemeral'
import {
  beginWords,
  countdownWords,
  cpuWords,
  isConnected,
  memoryWords,
  sizeWords,
  stepLines,
  tookWords,
  warningsDue,
} from './words'

const steps = [
  { step: 'requested', startAt: 1_000 },
  { step: 'pulling', startAt: 1_400 },
  { step: 'agent', startAt: 13_400 },
] as const

test('a step that was reached tells how long it took, the present one how long it takes, and a skipped one is done', () => {
  const told = stepLines({ steps }, { nowAt: 15_900 }).map(({ step, state, took }) => [step, state, took])
  expect(told).toEqual([
    ['requested', 'done', '0.4 s'],
    ['pulling', 'done', '12 s'],
    ['starting', 'done', undefined],
    ['agent', 'now', '2.5 s'],
    ['proof', 'next', undefined],
    ['connected', 'next', undefined],
  ])
})

test('a start that has failed stops in its last step, and its time stands still', () => {
  const line = stepLines({ steps }, { nowAt: 99_000, endAt: 14_400 })[3]
  expect(line).toMatchObject({ step: 'agent', state: 'failed', took: '1.0 s' })
  expect(isConnected({ steps })).toBe(false)
  expect(isConnected({ steps: [...steps, { step: 'connected', startAt: 20_000 }] })).toBe(true)
  expect(tookWords(125_000)).toBe('2 min 5 s')
})

test('the end is counted down in days, minutes and seconds, and told at 10 minutes and at 1', () => {
  expect(countdownWords(7 * 86_400_000, 0)).toBe('ends in 7 days')
  expect(countdownWords(45_000, 0)).toBe('ends in 45 s')
  expect(countdownWords(5, 5)).toBe('ending')
  const minute = 60_000
  expect([11, 10, 2, 1].map((left) => warningsDue(left * minute, 0))).toEqual([0, 1, 1, 2])
  expect([warningsDue(undefined, 0), warningsDue(5, 6)]).toEqual([0, 0])
})

test('sizes are said beside those of the app', () => {
  expect([memoryWords(512), memoryWords(1_024), memoryWords(4_096)]).toEqual(['512 MB', '1,024 MB', '4 GB'])
  expect([cpuWords(256), cpuWords(2_048)]).toEqual(['0.25 vCPU', '2 vCPU'])
  const plan: EphemeralPlan = {
    cluster: 'shop',
    service: 'web',
    container: 'app',
    taskDefinition: 'web:7',
    launchType: 'FARGATE',
    memoryMiB: 1_024,
    cpuUnits: 256,
    appMemoryMiB: 4_096,
    ttlMinutes: 60,
    leaseMinutes: 20,
    open: 0,
    limit: 5,
    warnings: [],
  }
  expect(sizeWords(plan)).toBe('1,024 MB and 0.25 vCPU, not the app’s 4 GB')
  expect(sizeWords({ ...plan, appMemoryMiB: 1_024 })).toBe('1,024 MB and 0.25 vCPU')
  expect(beginWords({ ...plan, operationId: 'op', command: '/bin/sh', steps: [] })).toMatch(
    /web\/app.*1,024 MB.*this tab/,
  )
})
