// One ephemeral session: from the recipe of a service to a shell in a task of its own, and to the end of that task.
//
//   recipe, plan -> RunTask -> the exec agent runs -> the beat (its first line proves the watcher) -> the person's shell
//
// The task ends with the shell: by the watcher in the container, and by StopTask here. Aborting or failing at any step stops the task.
// Owns the task, the beat and the clock of the time to live. Disposing ends all of them.

import { randomBytes } from 'node:crypto'
import { formatEcsPlace } from '../../../shared/ecstarget'
import { deferred } from '../../../shared/deferred'
import { AppError, asAppError, asError } from '../../../shared/errors'
import type { EphemeralPlan, EphemeralStep, EphemeralView } from '../../../shared/model/ephemeral'
import type { Forecast } from '../../../shared/model/forecast'
import type { TerminalSize } from '../../../shared/model/terminal'
import type { Environment } from '../environments/environment'
import type { ResumeProgress } from '../sessions/parts'
import type { Shell } from '../sessions/shell'
import { Beat } from './beat'
import { derivedFamily, withShellEntry } from './derive'
import { planEphemeral, type EphemeralLimits } from './plan'
import { prove } from './proof'
import { agentOf, earlyEnd, type StartedTask } from './starting'
import { EphemeralTask, type TaskOptions } from './task'
import { TimeToLive } from './timetolive'
import { beatCommand, wrapperCommand } from './watcher'

const BEAT_REASON = 'the beat of an ephemeral session'

/** What an ephemeral session is opened with. */
export interface EphemeralOptions extends TaskOptions {
  readonly environment: TaskOptions['environment'] & Pick<Environment, 'openShell' | 'requiredReason'>
  readonly limits: EphemeralLimits
  /** 32 hexadecimal digits, for one task. Absent: made here. */
  readonly operationId?: string
  readonly now: () => number
  readonly size: TerminalSize
  /** Told each change. Must not throw, as all of these. */
  readonly changed: (view: EphemeralView) => void
  /** Told before the task is requested. */
  readonly planned?: (plan: EphemeralPlan) => void
  readonly onResuming?: (progress: ResumeProgress | undefined) => void
  readonly onForecast?: (forecast: Forecast) => void
}

/** The shell of an ephemeral session. Disposing it stops its task. */
export interface EphemeralShell extends Shell {
  readonly task: StartedTask
}

/** Opens one. Rejects with the codes of its steps; `entry-point` has an offer in the view unless it was taken. */
export async function openEphemeral(options: EphemeralOptions): Promise<EphemeralShell> {
  const opening = new Opening(options)
  try {
    return await opening.open()
  } catch (error) {
    await opening.undo(error)
    throw error
  }
}

class Opening {
  readonly #options: EphemeralOptions
  readonly #operationId: string
  readonly #nonce = randomBytes(16).toString('hex')
  #view: EphemeralView
  readonly #task: EphemeralTask
  #beat: Beat | undefined
  #isLooking = false
  /** Settled where the task is found to have ended. */
  readonly #gone = deferred<{ readonly text: string; readonly exitCode: undefined }>()
  #family: string | undefined
  #reason: string | undefined

  constructor(options: EphemeralOptions) {
    this.#options = options
    this.#operationId = options.operationId ?? randomBytes(16).toString('hex')
    const { cluster, service, container = '', command = '' } = options.fields
    this.#view = { operationId: this.#operationId, cluster, service, container, command, steps: [] }
    this.#task = new EphemeralTask(options, { operationId: this.#operationId, nonce: this.#nonce })
  }

  async open(): Promise<EphemeralShell> {
    const { environment, fields, limits, timing, now, signal, isDerived, planned } = this.#options
    const found = await environment.ecs.serviceRecipe(fields.cluster, fields.service, signal)
    const plan = planEphemeral(found, fields, limits)
    const { told, command } = plan
    if (told.problem !== undefined) throw new AppError(isFull(told) ? 'ephemeral-limit' : 'not-supported', told.problem)
    planned?.(told)
    // Before the task: where a person gives none, nothing is started.
    this.#reason = fields.reason ?? (await environment.requiredReason(signal))
    this.#family = derivedFamily(found.definition.family)
    const expiresAt = now() + told.ttlMinutes * timing.minuteMs
    this.#show({ container: told.container, command, memoryMiB: told.memoryMiB, expiresAt })
    const recipe = isDerived ? withShellEntry(found, told.container) : found
    const task = await this.#task.run(plan, { recipe, expiresAt, requested: () => this.#reached('requested') })
    this.#show({ taskId: task.taskId })
    const started = { ecs: environment.ecs, timing, now, signal, reached: (step: EphemeralStep) => this.#reached(step) }
    const runtimeId = await agentOf(task, started)
    this.#reached('proof')
    const target = formatEcsPlace({ cluster: task.cluster, taskId: task.taskId, runtimeId })
    this.#beat = await this.#openBeat(target, told)
    const shell = await this.#openShell(target, command)
    this.#reached('connected')
    return this.#running(shell, { task, expiresAt, ttlMinutes: told.ttlMinutes })
  }

  /** Ends what was begun. Never rejects. */
  async undo(error: unknown): Promise<void> {
    const { code } = asAppError(error)
    if (code === 'entry-point' && !this.#options.isDerived && this.#family !== undefined) {
      this.#show({ offer: { kind: 'derived-definition', family: this.#family } })
    }
    await this.#stop(
      code === 'entry-point' ? 'Culvert: its watcher was not found.' : 'Culvert: the session was not opened.',
    )
  }

  /** Opens the beat, which proves the watcher. Undefined where it is refused: then the shell is opened without one. */
  async #openBeat(target: string, { leaseMinutes }: EphemeralPlan): Promise<Beat | undefined> {
    const { timing, now, notice, signal } = this.#options
    const open = (aborted: AbortSignal): Promise<Shell> =>
      // Not a person's session: where a reason is required, a person is asked once and not for this one.
      this.#exec(target, beatCommand(this.#nonce, timing.proofMs / 1_000), aborted, { reason: BEAT_REASON })
    let shell: Shell
    try {
      shell = await open(signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!isRefusal(error)) throw error
      this.#alone(asError(error).message)
      return undefined
    }
    await this.#prove(shell)
    return new Beat(shell, {
      open,
      nonce: this.#nonce,
      beatMs: timing.beatMs,
      leaseMs: leaseMinutes * timing.minuteMs + timing.slackMs,
      now,
      lost: (orphanUntil, cause) => {
        const { orphanUntil: _, ...rest } = this.#view
        this.#view = rest
        this.#show(orphanUntil === undefined ? {} : { orphanUntil })
        if (cause !== undefined && isRefusal(cause)) notice(`The container ends without a beat. ${cause.message}`)
      },
    })
  }

  /** No beat is carried: the container may live as long as it is allowed to. */
  #alone(why: string): void {
    const { expiresAt } = this.#view
    this.#show(expiresAt === undefined ? {} : { orphanUntil: expiresAt })
    this.#options.notice(
      `Culvert cannot tell the container that it is there: if this computer stops, the container lives until its time is over. ${why}`,
    )
  }

  /** Opens the person's shell. Where the container takes one session only, it is this one. */
  async #openShell(target: string, command: string): Promise<Shell> {
    const { timing, size, signal, onResuming, onForecast } = this.#options
    const open = async (isAlone: boolean): Promise<Shell> => {
      const wrapper = wrapperCommand(this.#nonce, { command, isAlone, proofSeconds: timing.proofMs / 1_000 })
      const shell = await this.#exec(target, wrapper, signal, {
        size,
        onResuming: (progress) => {
          onResuming?.(progress)
          // The agent goes with its container and says nothing: a resume would go on for its whole deadline.
          if (progress !== undefined) void this.#lookAfter()
        },
        ...(onForecast === undefined ? {} : { onForecast }),
      })
      await this.#prove(shell)
      return shell
    }
    try {
      return await open(this.#beat === undefined)
    } catch (error) {
      if (this.#beat === undefined || asAppError(error).code !== 'container-full') throw error
      await this.#beat[Symbol.asyncDispose]()
      this.#beat = undefined
      this.#alone(asError(error).message)
      return open(true)
    }
  }

  #exec(
    target: string,
    command: string,
    signal: AbortSignal,
    more: Partial<Parameters<Environment['openShell']>[0]> = {},
  ): Promise<Shell> {
    const { environment, fields } = this.#options
    const { cluster, taskId = '', container } = this.#view
    return environment.openShell({
      ...(this.#reason === undefined ? {} : { reason: this.#reason }),
      ...more,
      target,
      exec: { cluster, taskId, container, command },
      about: { targetName: `${fields.service}/${container}` },
      signal,
    })
  }

  #prove(shell: Shell): Promise<void> {
    const { timing, isDerived, signal } = this.#options
    const { container } = this.#view
    const earlyEnd = (): Promise<AppError | undefined> => this.#earlyEnd()
    return prove(shell, { nonce: this.#nonce, container, timing, isDerived, earlyEnd, signal })
  }

  /** Looks whether the task of a lost session has ended. Never rejects. */
  async #lookAfter(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const end = await this.#earlyEnd().catch(() => undefined)
    this.#isLooking = false
    if (end !== undefined) this.#gone.resolve({ text: 'The container of the session has ended.', exitCode: undefined })
  }

  /** Why the task has ended by itself, which ends its sessions too. */
  async #earlyEnd(): Promise<AppError | undefined> {
    const { environment, signal } = this.#options
    const { cluster, taskId = '', container } = this.#view
    return earlyEnd({ cluster, taskId, container }, { ecs: environment.ecs, signal })
  }

  #running(
    shell: Shell,
    {
      task,
      expiresAt,
      ttlMinutes,
    }: { readonly task: StartedTask; readonly expiresAt: number; readonly ttlMinutes: number },
  ): EphemeralShell {
    const { timing, now, notice } = this.#options
    const life = new TimeToLive({ expiresAt, ttlMinutes, timing, now, notice })
    const ended = Promise.race([shell.ended, life.over, this.#gone.promise])
    ended.catch(() => undefined)
    let ending: Promise<void> | undefined
    const end = async (): Promise<void> => {
      life[Symbol.dispose]()
      await Promise.all([shell[Symbol.asyncDispose](), this.#stop('Culvert: its session has ended.')])
    }
    const endOnce = (): Promise<void> => (ending ??= end())
    // However it ends, its task is stopped.
    ended.then(endOnce, endOnce).catch(() => undefined)
    return {
      task,
      get sessionId() {
        return shell.sessionId
      },
      output: shell.output,
      stderr: shell.stderr,
      ended,
      write: (bytes) => shell.write(bytes),
      wake: () => {
        shell.wake()
        this.#beat?.wake()
      },
      get forecast() {
        return shell.forecast
      },
      resize: (size) => shell.resize(size),
      [Symbol.asyncDispose]: endOnce,
    }
  }

  /** Ends the beat and stops the task. Never rejects. */
  async #stop(reason: string): Promise<void> {
    await this.#beat?.[Symbol.asyncDispose]()
    await this.#task.stop(reason)
  }

  #reached(step: EphemeralStep): void {
    const { steps } = this.#view
    if (steps.some((each) => each.step === step)) return
    this.#show({ steps: [...steps, { step, startAt: this.#options.now() }] })
  }

  #show(change: Partial<EphemeralView>): void {
    this.#view = { ...this.#view, ...change }
    this.#options.changed(this.#view)
  }
}

function isFull({ open, limit, problem }: EphemeralPlan): boolean {
  return problem !== undefined && limit > 0 && open >= limit
}

/** Whether a session of ExecuteCommand was refused, and not just not reached. */
function isRefusal(error: unknown): boolean {
  return ['container-full', 'access-denied', 'exec-blocked', 'usage'].includes(asAppError(error).code)
}
