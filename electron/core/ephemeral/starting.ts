// From RunTask to a container whose exec agent runs: the steps, and in words why it was not reached.

import type { EcsCalls, TaskState } from '../../../shared/ecscalls'
import { AppError } from '../../../shared/errors'
import type { EphemeralStep } from '../../../shared/model/ephemeral'
import { spanWords } from '../../../shared/status'
import { Pause } from '../sessions/resume/retry'
import type { EphemeralTiming } from './timing'

/** The growth of the pause between two looks. */
const SLOWER = 1.2

/** A task, and the container in it. */
export interface StartedTask {
  readonly cluster: string
  readonly taskId: string
  readonly container: string
}

/** How the start of a task is watched. */
export interface StartingOptions {
  readonly ecs: Pick<EcsCalls, 'describeTasks'>
  readonly timing: EphemeralTiming
  readonly now: () => number
  /** Told of each step that is reached, in order. */
  readonly reached: (step: EphemeralStep) => void
  readonly signal: AbortSignal
}

/**
 * Resolves with the container's runtime id once its exec agent runs. Rejects with `task-failed`, with `entry-point` where the container has
 * ended by itself or has no sh, and as the calls do.
 */
export async function agentOf(task: StartedTask, options: StartingOptions): Promise<string> {
  const { ecs, timing, now, reached, signal } = options
  const pause = new Pause()
  const startedAt = now()
  let runningAt: number | undefined
  let waitMs = timing.pollMs
  for (;;) {
    const [state] = await ecs.describeTasks(task.cluster, [task.taskId], signal)
    // A task that was started a moment ago may not be known yet.
    if (state !== undefined) {
      const container = state.containers.find(({ name }) => name === task.container)
      if (hasEnded(state)) throw ended(state, task)
      for (const step of stepsOf(state)) reached(step)
      const runs = container?.lastStatus === 'RUNNING'
      if (runs) {
        runningAt ??= now()
        reached('agent')
      }
      if (runs && container.execAgent === 'RUNNING' && container.runtimeId !== undefined) return container.runtimeId
      if (container?.execAgent === 'STOPPED') throw agentStopped(task, container.execAgentReason)
      if (runningAt !== undefined && now() - runningAt >= timing.agentMs) throw agentStopped(task, undefined)
    }
    if (now() - startedAt >= timing.startMs) {
      const said = state === undefined ? 'AWS does not know it' : `it is ${state.lastStatus}`
      throw new AppError(
        'task-failed',
        `The task ${task.taskId} has not started within ${spanWords(timing.startMs)} (${said}): look at the events of its cluster.`,
      )
    }
    await pause.wait(waitMs, signal)
    signal.throwIfAborted()
    waitMs = Math.min(timing.maxPollMs, waitMs * SLOWER)
  }
}

/** Why the task has ended before its session began; undefined: it has not ended. Rejects as the call does. */
export async function earlyEnd(
  task: StartedTask,
  { ecs, signal }: Pick<StartingOptions, 'ecs' | 'signal'>,
): Promise<AppError | undefined> {
  const [state] = await ecs.describeTasks(task.cluster, [task.taskId], signal)
  return state !== undefined && hasEnded(state) ? ended(state, task) : undefined
}

function hasEnded({ lastStatus, desiredStatus }: TaskState): boolean {
  return (
    desiredStatus === 'STOPPED' ||
    ['DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED', 'DELETED'].includes(lastStatus)
  )
}

function stepsOf({ lastStatus, pullStartedAt, pullStoppedAt }: TaskState): readonly EphemeralStep[] {
  if (lastStatus === 'RUNNING' || pullStoppedAt !== undefined) return ['pulling', 'starting']
  return pullStartedAt === undefined ? [] : ['pulling']
}

/** Why a task has ended before its session began. */
function ended(state: TaskState, { taskId, container: name }: StartedTask): AppError {
  const container = state.containers.find((each) => each.name === name)
  const reason = container?.reason ?? ''
  const said = [state.stoppedReason, reason === '' ? undefined : `${name}: ${reason}`].filter(
    (text) => text !== undefined,
  )
  const told = said.length === 0 ? 'AWS says nothing of why' : said.join('; ')
  if (/exec: "?sh"?: .*(not found|no such file)|stat .*\/sh: no such file/i.test(reason)) {
    return new AppError('entry-point', `The image of ${name} has no sh, which an ephemeral session needs (${told}).`)
  }
  if (container?.exitCode !== undefined && state.stopCode === 'EssentialContainerExited') {
    return new AppError(
      'entry-point',
      `The container ${name} has ended by itself with status ${container.exitCode} before its session began (${told}). ` +
        'Its image may have an entry point that does not run the command it is given.',
    )
  }
  return new AppError('task-failed', `The task ${taskId} has not started (${told}). ${nextStep(told)}`)
}

/** Source: ECS developer guide, "Stopped tasks error messages". */
function nextStep(said: string): string {
  if (/CannotPullContainer/i.test(said)) {
    return 'Check that the image exists, that the execution role may read it, and that the subnets reach the registry.'
  }
  if (/ResourceInitializationError/i.test(said)) {
    return 'Check the execution role, the secrets of the task definition, and that the subnets reach the services named.'
  }
  if (/capacity/i.test(said)) return 'AWS has no room for it now: try again in a few minutes.'
  if (/OutOfMemory/i.test(said)) return 'Ask for more memory.'
  return 'Look at the stopped task in its cluster.'
}

function agentStopped({ taskId, container }: StartedTask, reason: string | undefined): AppError {
  return new AppError(
    'exec-blocked',
    `The exec agent of ${container} in task ${taskId} does not run${reason === undefined ? '' : ` (${reason})`}. Its task role has to allow ` +
      'ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel, and its subnets need a way to ssmmessages: ' +
      'internet access or a VPC endpoint.',
  )
}
