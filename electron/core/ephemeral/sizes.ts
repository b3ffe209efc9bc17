// The size of the task of an ephemeral session. Pure.
//
// The chosen container has the wanted memory. Its task has that and what the other containers have, rounded up to what the platform takes.
// Source: ECS developer guide, "Troubleshoot Amazon ECS task definition invalid CPU or memory errors" (the pairs of Fargate), and "Task
// definition parameters": the memory of a task is more than its containers reserve, and a reservation is at most a container's memory.

import type { ContainerDefinition, TaskDefinition, TaskSize } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { LaunchType } from '../../../shared/model/container'

/** What a person gets who asks for no size, whatever the size of the app is. */
const USUAL_MEMORY_MIB = 1_024

/** What Fargate takes: for so many CPU units memory from, to and in steps of so many MiB. */
const FARGATE = [
  { cpuUnits: 256, from: 512, to: 1_024, step: 512 },
  // 256 units take 512, 1,024 and 2,048 MiB, but not 1,536.
  { cpuUnits: 256, from: 2_048, to: 2_048, step: 1_024 },
  { cpuUnits: 512, from: 1_024, to: 4_096, step: 1_024 },
  { cpuUnits: 1_024, from: 2_048, to: 8_192, step: 1_024 },
  { cpuUnits: 2_048, from: 4_096, to: 16_384, step: 1_024 },
  { cpuUnits: 4_096, from: 8_192, to: 30_720, step: 1_024 },
  { cpuUnits: 8_192, from: 16_384, to: 61_440, step: 4_096 },
  { cpuUnits: 16_384, from: 32_768, to: 122_880, step: 8_192 },
] as const

/** What a person asks for. */
export interface WantedSize {
  readonly memoryMiB?: number
  readonly cpuUnits?: number
}

/** The sizes to start with, and what the person's container has after rounding. */
export interface SizePlan {
  readonly size: TaskSize
  readonly memoryMiB: number
  /** Of the whole task on Fargate; else of the container, 0 where it has no share of its own. */
  readonly cpuUnits: number
  /** What the service's own tasks give to this container, or have altogether. */
  readonly appMemoryMiB?: number
}

/** The smallest pair of Fargate with at least so much of both. Throws `usage` where there is none. */
export function fargatePair(
  memoryMiB: number,
  cpuUnits: number,
): { readonly memoryMiB: number; readonly cpuUnits: number } {
  for (const { cpuUnits: units, from, to, step } of FARGATE) {
    if (units < cpuUnits || memoryMiB > to) continue
    return { cpuUnits: units, memoryMiB: from + Math.ceil(Math.max(0, memoryMiB - from) / step) * step }
  }
  throw new AppError(
    'usage',
    `Fargate has no task with ${memoryMiB} MiB and ${cpuUnits} CPU units: it has 122,880 MiB and 16,384 CPU units at most, for all ` +
      'containers of the task together. Ask for less.',
  )
}

/** Plans the sizes of a task in which `container` is the person's. Throws `usage` where the platform has no such size. */
export function planSize(
  definition: TaskDefinition,
  {
    container,
    launchType,
    wanted,
  }: { readonly container: string; readonly launchType: LaunchType; readonly wanted: WantedSize },
): SizePlan {
  const own = definition.containers.find(({ name }) => name === container)
  const others = definition.containers.filter(({ name }) => name !== container)
  const needed = sum(others.map((other) => Math.max(other.memoryReservationMiB ?? other.memoryMiB ?? 0)))
  const largest = Math.max(0, ...others.map(({ memoryMiB = 0 }) => memoryMiB))
  const shares = sum(others.map(({ cpuUnits = 0 }) => cpuUnits))
  const memory = wanted.memoryMiB ?? USUAL_MEMORY_MIB
  const app = own?.memoryMiB ?? definition.memoryMiB ?? own?.memoryReservationMiB
  const told = app === undefined ? {} : { appMemoryMiB: app }
  const together = Math.max(memory + needed, largest)
  if (launchType === 'FARGATE') {
    const pair = fargatePair(together, shares + (wanted.cpuUnits ?? 0))
    const memoryMiB = others.length === 0 ? pair.memoryMiB : memory
    // The units of the definition may be more than the smaller task has.
    const size = { task: pair, container: { ...containerMemory(memoryMiB, own), cpuUnits: pair.cpuUnits - shares } }
    return { size, memoryMiB, cpuUnits: pair.cpuUnits, ...told }
  }
  // On an instance a task needs no size. Where its definition has one, that has to hold its containers.
  const task = definition.memoryMiB === undefined ? {} : { task: { memoryMiB: together } }
  const cpuUnits = wanted.cpuUnits ?? own?.cpuUnits ?? 0
  return {
    size: {
      ...(wanted.cpuUnits === undefined || definition.cpuUnits === undefined
        ? task
        : { task: { memoryMiB: together, cpuUnits: shares + wanted.cpuUnits } }),
      container: {
        ...containerMemory(memory, own),
        ...(wanted.cpuUnits === undefined ? {} : { cpuUnits: wanted.cpuUnits }),
      },
    },
    memoryMiB: memory,
    cpuUnits,
    ...told,
  }
}

/** Whether Fargate takes a pair. */
export function isFargatePair(memoryMiB: number, cpuUnits: number): boolean {
  return FARGATE.some(
    (row) =>
      row.cpuUnits === cpuUnits &&
      memoryMiB >= row.from &&
      memoryMiB <= row.to &&
      (memoryMiB - row.from) % row.step === 0,
  )
}

/** A reservation of the definition that is greater than the new memory is lowered with it. */
function containerMemory(memoryMiB: number, own: ContainerDefinition | undefined): TaskSize['container'] {
  const { memoryReservationMiB } = own ?? {}
  return {
    memoryMiB,
    ...(memoryReservationMiB === undefined || memoryReservationMiB <= memoryMiB
      ? {}
      : { memoryReservationMiB: memoryMiB }),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
