import { expect, test } from 'vitest'
import { fargateSizeProblem, memoryProblem } from './sizes'

test.each([
  [256, 512, true],
  [256, 2_048, true],
  [256, 3_072, false],
  [512, 1_024, true],
  [512, 1_536, false],
  [1_024, 1_024, false],
  [1_024, 8_192, true],
  [8_192, 20_480, true],
  [8_192, 18_432, false],
  [16_384, 122_880, true],
  [300, 1_024, false],
])('Fargate has %d CPU units with %d MiB: %s', (cpu, memory, isThere) => {
  expect(fargateSizeProblem(cpu, memory) === undefined).toBe(isThere)
})

test.each([
  ['a container larger than its task', [{ name: 'a', memory: 2_000 }], 'greater than for the task'],
  [
    'reservations above the task',
    [
      { name: 'a', memoryReservation: 600 },
      { name: 'b', memory: 600 },
    ],
    'reserve more memory',
  ],
  ['a limit below its reservation', [{ name: 'a', memory: 100, memoryReservation: 200 }], "'memory' must be greater"],
])('%s is refused', (_, containers, words) => {
  expect(memoryProblem(containers, 1_024)).toContain(words)
  expect(
    memoryProblem(
      containers.map(({ name }) => ({ name })),
      1_024,
    ),
  ).toBeUndefined()
})
