// The sizes of tasks on AWS Fargate: which memory goes with which processor share. Pure.
//
// Source: ECS developer guide, "Task CPU and memory" of "Fargate task definition parameters".

interface Row {
  readonly cpu: number
  readonly from: number
  readonly to: number
  readonly step: number
}

const GB = 1_024
const ROWS: readonly Row[] = [
  { cpu: 512, from: GB, to: 4 * GB, step: GB },
  { cpu: 1_024, from: 2 * GB, to: 8 * GB, step: GB },
  { cpu: 2_048, from: 4 * GB, to: 16 * GB, step: GB },
  { cpu: 4_096, from: 8 * GB, to: 30 * GB, step: GB },
  { cpu: 8_192, from: 16 * GB, to: 60 * GB, step: 4 * GB },
  { cpu: 16_384, from: 32 * GB, to: 120 * GB, step: 8 * GB },
]
const SMALLEST = [512, GB, 2 * GB]

/** What is wrong with a size, in the words of AWS; undefined where Fargate has it. */
export function fargateSizeProblem(cpu: number, memoryMiB: number): string | undefined {
  if (cpu === 256 && SMALLEST.includes(memoryMiB)) return undefined
  const row = ROWS.find((each) => each.cpu === cpu)
  const isRight =
    row !== undefined && memoryMiB >= row.from && memoryMiB <= row.to && (memoryMiB - row.from) % row.step === 0
  return isRight ? undefined : 'No Fargate configuration exists for given values.'
}

/** The memory of a container, as far as it is set. MiB. */
export interface ContainerMemory {
  readonly name: string
  readonly memory?: number | undefined
  readonly memoryReservation?: number | undefined
}

/** What is wrong with the memory of containers in a task of `taskMiB`, in words; undefined where they fit. */
export function memoryProblem(containers: readonly ContainerMemory[], taskMiB: number): string | undefined {
  for (const { name, memory: hard, memoryReservation: soft } of containers) {
    if (hard !== undefined && soft !== undefined && soft > hard) {
      return `Invalid setting for container '${name}'. 'memory' must be greater than 'memoryReservation'.`
    }
    if ((hard ?? soft ?? 0) > taskMiB) return "The 'memory' setting for container is greater than for the task."
  }
  const reserved = containers.reduce(
    (sum, { memory, memoryReservation }) => sum + (memoryReservation ?? memory ?? 0),
    0,
  )
  return reserved > taskMiB
    ? "Invalid 'memory' setting for task. The containers reserve more memory than the task has."
    : undefined
}
