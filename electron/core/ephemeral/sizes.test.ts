import { describe, expect, test } from 'vitest'
import type { ContainerDefinition, TaskDefinition } from '../../../shared/ecscalls'
import { fargatePair, isFargatePair, planSize } from './sizes'

/** All pairs, as the developer guide lists them. */
const PAIRS: readonly (readonly [number, readonly number[]])[] = [
  [256, [512, 1_024, 2_048]],
  [512, range(1_024, 4_096, 1_024)],
  [1_024, range(2_048, 8_192, 1_024)],
  [2_048, range(4_096, 16_384, 1_024)],
  [4_096, range(8_192, 30_720, 1_024)],
  [8_192, range(16_384, 61_440, 4_096)],
  [16_384, range(32_768, 122_880, 8_192)],
]

function range(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step)
}

function definition(
  containers: readonly Partial<ContainerDefinition>[],
  more: Partial<TaskDefinition> = {},
): TaskDefinition {
  return {
    arn: 'arn',
    family: 'web',
    whole: {},
    containers: containers.map((container, index) => ({
      name: index === 0 ? 'app' : `side${index}`,
      isEssential: true,
      isRootReadOnly: false,
      image: 'web',
      ...container,
    })),
    ...more,
  }
}

describe('a pair of Fargate', () => {
  test('is valid, at least what was asked for, and the smallest such one: for every size of memory and units', () => {
    const all = PAIRS.flatMap(([cpuUnits, memories]) => memories.map((memoryMiB) => ({ cpuUnits, memoryMiB })))
    for (let memory = 6; memory <= 122_880; memory += 251) {
      for (const cpu of [0, 1, 256, 257, 512, 1_000, 2_048, 5_000, 16_384]) {
        const fits = all.filter(({ cpuUnits, memoryMiB }) => cpuUnits >= cpu && memoryMiB >= memory)
        const [least] = fits.toSorted((a, b) => a.cpuUnits - b.cpuUnits || a.memoryMiB - b.memoryMiB)
        expect([memory, cpu, fargatePair(memory, cpu)]).toEqual([memory, cpu, least])
      }
    }
    for (const { cpuUnits, memoryMiB } of all) expect(isFargatePair(memoryMiB, cpuUnits)).toBe(true)
    expect([isFargatePair(1_536, 256), isFargatePair(5_120, 512), isFargatePair(20_480, 8_192)]).toEqual([
      false,
      false,
      true,
    ])
  })

  test('beyond the largest is refused with the largest', () => {
    expect(() => fargatePair(122_881, 256)).toThrow('122,880 MiB and 16,384 CPU units at most')
    expect(() => fargatePair(512, 16_385)).toThrow('Ask for less')
  })
})

describe('the size of a task', () => {
  const fargate = { container: 'app', launchType: 'FARGATE' } as const

  test('is 1,024 MiB, and not that of the app', () => {
    expect(planSize(definition([{}], { memoryMiB: 8_192, cpuUnits: 2_048 }), { ...fargate, wanted: {} })).toEqual({
      size: { task: { memoryMiB: 1_024, cpuUnits: 256 }, container: { memoryMiB: 1_024, cpuUnits: 256 } },
      memoryMiB: 1_024,
      cpuUnits: 256,
      appMemoryMiB: 8_192,
    })
  })

  test('has room for the other containers, and their units', () => {
    const web = definition([
      { memoryReservationMiB: 4_096, cpuUnits: 1_024 },
      { memoryReservationMiB: 256, cpuUnits: 300 },
    ])
    expect(planSize(web, { ...fargate, wanted: { cpuUnits: 256 } }).size).toEqual({
      task: { memoryMiB: 2_048, cpuUnits: 1_024 },
      container: { memoryMiB: 1_024, memoryReservationMiB: 1_024, cpuUnits: 724 },
    })
    // A limit above the reservation has to fit too.
    const hungry = definition([{}, { memoryReservationMiB: 64, memoryMiB: 3_000 }])
    expect(planSize(hungry, { ...fargate, wanted: {} }).size.task).toEqual({ memoryMiB: 3_072, cpuUnits: 512 })
  })

  test('gives the whole of a rounded task to the only container', () => {
    expect(planSize(definition([{}]), { ...fargate, wanted: { memoryMiB: 2_100 } })).toMatchObject({
      memoryMiB: 3_072,
      size: { container: { memoryMiB: 3_072 } },
    })
  })

  test('on an instance is that of the container, and of the task only where its definition has one', () => {
    const on = { container: 'app', launchType: 'EC2' } as const
    expect(planSize(definition([{ memoryMiB: 300 }]), { ...on, wanted: { memoryMiB: 777 } })).toEqual({
      size: { container: { memoryMiB: 777 } },
      memoryMiB: 777,
      cpuUnits: 0,
      appMemoryMiB: 300,
    })
    const sized = definition([{}, { memoryMiB: 100 }], { memoryMiB: 600, cpuUnits: 512 })
    expect(planSize(sized, { ...on, wanted: { cpuUnits: 128 } }).size).toEqual({
      task: { memoryMiB: 1_124, cpuUnits: 128 },
      container: { memoryMiB: 1_024, cpuUnits: 128 },
    })
  })
})
