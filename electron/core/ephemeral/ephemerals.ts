// The ephemeral sessions of the app: what would be started, which are open, and the place of a terminal that is one.

import { randomBytes } from 'node:crypto'
import { settingsOf } from '../../../shared/environmentsettings'
import { asAppError, toWireError, type AppError } from '../../../shared/errors'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type {
  EphemeralFields,
  EphemeralListing,
  EphemeralPlan,
  EphemeralView,
  OpenEphemeral,
} from '../../../shared/model/ephemeral'
import type { Settings } from '../../../shared/settings'
import type { Environment } from '../environments/environment'
import type { Environments } from '../environments/environments'
import type { Journal } from '../store/journal'
import type { EphemeralTerminal, TerminalPlace } from '../terminals/parts'
import type { Holdings } from './holdings'
import { countOf, limitError, limitsOf, openIn } from './limits'
import { capturedAs } from './marks'
import { planEphemeral, type EphemeralLimits } from './plan'
import { openEphemeral } from './session'
import type { EphemeralTiming } from './timing'

/** What they need. */
export interface EphemeralsOptions {
  readonly environments: Environments
  readonly holdings: Holdings
  /** This installation, as in marks. */
  readonly computer: string
  readonly settings: () => Settings
  readonly journal: Pick<Journal, 'add'>
  readonly timing: EphemeralTiming
  readonly now: () => number
  /** Ends what is asked of AWS. */
  readonly signal: AbortSignal
}

/** See above. Owns nothing: a session belongs to its terminal. */
export class Ephemerals {
  readonly #options: EphemeralsOptions

  constructor(options: EphemeralsOptions) {
    this.#options = options
  }

  /** What would be started. Rejects as the calls do, and with `usage` for wishes that do not fit the service. */
  async plan(ref: EnvironmentRef, fields: EphemeralFields): Promise<EphemeralPlan> {
    const { environments, signal } = this.#options
    const environment = await environments.get(ref)
    const recipe = await environment.ecs.serviceRecipe(fields.cluster, fields.service, signal)
    const { limits } = await this.#limits(environment, fields.cluster)
    return planEphemeral(recipe, fields, limits).told
  }

  /** The open ones of an environment, as AWS tells of them. Never rejects for what AWS refuses. */
  async list(ref: EnvironmentRef): Promise<EphemeralListing> {
    const environment = await this.#options.environments.get(ref)
    const { open, limits, problem } = await this.#limits(environment)
    return { sessions: open, limit: limits.limit, ...(problem === undefined ? {} : { problem: toWireError(problem) }) }
  }

  /** Stops the task of one that a person has chosen. */
  async stop(ref: EnvironmentRef, cluster: string, taskId: string): Promise<void> {
    const { environments, signal } = this.#options
    const { ecs } = await environments.get(ref)
    await ecs.stopTask(cluster, taskId, 'Culvert: ended by a person.', signal)
  }

  /** The place of a terminal whose every session is a new task. Starts nothing. `changed` is called at each change of its view. */
  place(ref: EnvironmentRef, environmentName: string, fields: EphemeralFields): TerminalPlace {
    const { environments } = this.#options
    const ephemeral = new Session(this.#options, {
      ref,
      fields,
      limits: (environment) => this.#startLimits(environment, fields),
    })
    const { target, targetName } = capturedAs(fields)
    return {
      ref,
      environmentName,
      environment: () => environments.get(ref),
      // No instance: a terminal without one is not brought back by the next start.
      instance: { id: '', name: targetName },
      captured: { kind: 'ephemeral', target, operationId: () => ephemeral.operationId },
      ephemeral,
    }
  }

  async #startLimits(environment: Environment, { cluster }: EphemeralFields): Promise<EphemeralLimits> {
    const { open, limits } = await this.#limits(environment, cluster)
    if (limits.limit > 0 && open.length >= limits.limit) throw limitError(open, limits.limit, this.#options.now())
    return limits
  }

  async #limits(
    environment: Environment,
    cluster?: string,
  ): Promise<{ open: readonly OpenEphemeral[]; limits: EphemeralLimits; problem?: AppError }> {
    const { settings, holdings, computer, signal } = this.#options
    const all = await holdings.all()
    const held = new Set(all.filter(({ isAlive }) => isAlive).map(({ operationId }) => operationId))
    const { environments, ...saved } = settings()
    const limits = limitsOf(saved, settingsOf(environments, environment.name, environment.region))
    const who = { computer, isHeld: (id: string) => held.has(id), signal }
    try {
      const counted = await openIn(environment.ecs, cluster, who)
      return { ...counted, limits: { ...limits, open: countOf(counted) } }
    } catch (error) {
      return { open: [], limits: { ...limits, open: undefined }, problem: asAppError(error) }
    }
  }
}

/** What the sessions of one terminal are started with. */
interface What {
  readonly ref: EnvironmentRef
  readonly fields: EphemeralFields
  readonly limits: (environment: Environment) => Promise<EphemeralLimits>
}

/** The sessions of one terminal, one task after the other. */
class Session implements EphemeralTerminal {
  readonly #options: EphemeralsOptions
  readonly #what: What
  #isDerived = false
  operationId = randomBytes(16).toString('hex')
  view: EphemeralView

  constructor(options: EphemeralsOptions, what: What) {
    this.#options = options
    this.#what = what
    const { cluster, service, container = '', command = '' } = what.fields
    this.view = { operationId: this.operationId, cluster, service, container, command, steps: [] }
  }

  derive(): void {
    this.#isDerived = true
  }

  async open(
    environment: Environment,
    options: Parameters<EphemeralTerminal['open']>[1],
  ): ReturnType<EphemeralTerminal['open']> {
    const { holdings, computer, timing, now, journal } = this.#options
    const { ref, fields } = this.#what
    const { changed, ...rest } = options
    // A further session of the terminal is a further task.
    const renew = (): void => {
      this.operationId = randomBytes(16).toString('hex')
    }
    const opening = openEphemeral({
      ...rest,
      environment,
      ref,
      fields,
      limits: await this.#what.limits(environment),
      computer,
      holdings,
      timing,
      now,
      operationId: this.operationId,
      isDerived: this.#isDerived,
      changed: (view) => {
        this.view = view
        changed()
      },
      notice: (text) =>
        void journal.add({
          tone: 'waiting',
          subject: { kind: 'environment', name: environment.name },
          text: `${fields.service}: ${text}`,
        }),
    })
    opening.then(({ ended }) => ended.then(renew, renew), renew).catch(() => undefined)
    return opening
  }
}
