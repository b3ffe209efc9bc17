// The task of one ephemeral session: on record before it is requested, started once, stopped for certain.
//
// Owns the request of RunTask, and the definition that may be derived for it. See session.ts for what happens in between.

import type { ServiceRecipe } from '../../../shared/ecscalls'
import { asAppError, asError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { EphemeralFields } from '../../../shared/model/ephemeral'
import type { Environment } from '../environments/environment'
import { derivedDefinition } from './derive'
import type { Holdings } from './holdings'
import { STARTED_BY, tagsOf } from './marks'
import { watcherFor, type StartPlan } from './plan'
import type { StartedTask } from './starting'
import { stopTask } from './stopping'
import type { EphemeralTiming } from './timing'

/** Codes of a failed RunTask after which the task may exist. */
const UNKNOWN_OUTCOME = new Set<unknown>(['network', 'timeout', 'service', 'internal'])
const DEREGISTER_MS = 10_000

/** What a task is started with. */
export interface TaskOptions {
  readonly environment: Pick<Environment, 'ecs' | 'identity'>
  readonly ref: EnvironmentRef
  readonly fields: EphemeralFields
  /** This installation, as in marks. */
  readonly computer: string
  readonly holdings: Holdings
  readonly timing: EphemeralTiming
  /** A person has agreed to a definition of Culvert's own. */
  readonly isDerived: boolean
  readonly signal: AbortSignal
  /** Sentences for the person: warnings of the end, a beat that is refused, a task that could not be stopped. Must not throw. */
  readonly notice: (text: string) => void
}

/** The task of a session. */
export class EphemeralTask {
  readonly #options: TaskOptions
  readonly #operationId: string
  readonly #nonce: string
  #task: StartedTask | undefined
  /** Whether a task may run: one whose request had no answer may. */
  #mayRun = false

  constructor(options: TaskOptions, { operationId, nonce }: { readonly operationId: string; readonly nonce: string }) {
    this.#options = options
    this.#operationId = operationId
    this.#nonce = nonce
  }

  /** Starts it. The calls repeat a lost request with the same token, which starts no second one. Rejects as they do. */
  async run(
    plan: StartPlan,
    {
      recipe,
      expiresAt,
      requested,
    }: { readonly recipe: ServiceRecipe; readonly expiresAt: number; readonly requested: () => void },
  ): Promise<StartedTask> {
    const { environment, ref, fields, computer, holdings, signal, isDerived, notice } = this.#options
    const { ecs } = environment
    const { cluster, container, leaseMinutes } = plan.told
    const variables = fields.variables ?? {}
    const command = this.#watcher(plan, recipe)
    const { arn: owner } = await environment.identity(signal)
    const holding = { environment: ref, cluster }
    await holdings.hold(this.#operationId, holding).catch((error: unknown) => {
      const why = asError(error).message
      notice(`The session is not on record: if this computer stops, it lives for up to ${leaseMinutes} minutes. ${why}`)
    })
    signal.throwIfAborted()
    this.#mayRun = true
    requested()
    let definitionArn: string | undefined
    try {
      if (isDerived) {
        const own = derivedDefinition(recipe.definition, { container, operationId: this.#operationId })
        definitionArn = await ecs.registerTaskDefinition(own, signal)
        await holdings.hold(this.#operationId, { ...holding, definitionArn }).catch(() => undefined)
      }
      const { taskId } = await ecs.runTask(
        {
          recipe,
          ...(definitionArn === undefined ? {} : { taskDefinitionArn: definitionArn }),
          container,
          command,
          variables,
          size: plan.sizes.size,
          clientToken: this.#operationId,
          startedBy: STARTED_BY,
          tags: tagsOf({ operationId: this.#operationId, owner, computer, expiresAt, service: recipe.service.id }),
        },
        signal,
      )
      this.#task = { cluster, taskId, container }
      return this.#task
    } catch (error) {
      // A task of a request without an answer is looked for by its operation.
      this.#mayRun = signal.aborted || UNKNOWN_OUTCOME.has(asAppError(error).code)
      throw error
    } finally {
      // A task that was started keeps a definition that is inactive.
      if (definitionArn !== undefined) await this.#deregister(definitionArn)
    }
  }

  /** Stops it, if it may run. Never rejects. */
  async stop(reason: string): Promise<void> {
    const { environment, holdings, notice, fields } = this.#options
    const [taskId, operationId] = [this.#task?.taskId, this.#operationId]
    const problem = this.#mayRun
      ? await stopTask(environment.ecs, { cluster: fields.cluster, taskId, operationId, reason })
      : undefined
    if (problem === undefined) await holdings.release(operationId)
    else notice(`The task could not be stopped; it ends by itself once its lease is over. ${problem.message}`)
  }

  #watcher(plan: StartPlan, { definition }: ServiceRecipe): readonly string[] {
    const { timing, fields } = this.#options
    const { container, leaseMinutes, ttlMinutes } = plan.told
    const minutes = (count: number): number => (count * timing.minuteMs) / 1_000
    return watcherFor(plan, {
      nonce: this.#nonce,
      entryPoint: definition.containers.find(({ name }) => name === container)?.entryPoint,
      variables: fields.variables ?? {},
      seconds: {
        first: timing.firstMs / 1_000,
        lease: minutes(leaseMinutes) + timing.slackMs / 1_000,
        ttl: minutes(ttlMinutes),
      },
    })
  }

  async #deregister(arn: string): Promise<void> {
    const { environment, notice } = this.#options
    try {
      await environment.ecs.deregisterTaskDefinition(arn, AbortSignal.timeout(DEREGISTER_MS))
    } catch (error) {
      notice(`The task definition ${arn} could not be deregistered: do it in AWS. ${asError(error).message}`)
    }
  }
}
