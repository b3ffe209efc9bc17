// The Auto Scaling groups of the account: they replace an instance by a new one.
//
//   old   shutting-down -> terminated after a minute -> forgotten by EC2 after an hour; its agent and its sessions are gone at once
//   new   running, with another id and the same tags; its agent is online after `agentMinutes`
//
// Minutes are those of the service's clock. Source: EC2 user guide, "Amazon EC2 instance state changes" (a terminated instance stays
// visible for a while); EC2 Auto Scaling user guide, "Replace the instances in your Auto Scaling group".

import { AppError } from '../../../shared/errors'
import { GROUP_TAG, makeGroupInstance, type WorldInstance } from './roster'
import type { World } from './world'

const TERMINATED_AFTER_MINUTES = 1
const FORGOTTEN_AFTER_MINUTES = 60
const AGENT_MINUTES = 1

/** What becomes of the sessions to an instance: they end with it, or the service does not learn that it is gone. */
export type SessionsOfReplaced = 'end' | 'lose'

/** The options of the groups. Minutes of the service's clock. */
export interface GroupOptions {
  /** An instance is replaced so often; never by itself unless given. */
  readonly replaceEveryMinutes?: number
  /** From the launch of an instance until its agent is online; 1 unless given. */
  readonly agentMinutes?: number
  /** How long Systems Manager tells a lost agent as Online; 0 unless given. */
  readonly pingLagMinutes?: number
}

/** What the groups need. */
interface GroupsStage {
  readonly world: World
  readonly minuteMs: number
  readonly options: GroupOptions
  /** An instance is gone. */
  readonly onGone: (instance: WorldInstance, sessions: SessionsOfReplaced) => void
}

/** The groups of one simulator. Owns the timers of what happens later. */
export class ScalingGroups implements Disposable {
  readonly #stage: GroupsStage
  readonly #timers = new Set<NodeJS.Timeout>()
  #interval: NodeJS.Timeout | undefined
  #launched: number

  constructor(stage: GroupsStage) {
    this.#stage = stage
    this.#launched = this.running.length
    const { replaceEveryMinutes } = stage.options
    if (replaceEveryMinutes === undefined) return
    this.#interval = setInterval(() => this.#replaceOldest(), replaceEveryMinutes * stage.minuteMs)
  }

  /** The instances of all groups that run. */
  get running(): readonly WorldInstance[] {
    return this.#stage.world.instances.filter(({ tags, state }) => state === 'running' && GROUP_TAG in tags)
  }

  /** Replaces an instance and returns the new one. Throws `unknown-instance` for one that is not of a group, or does not run. */
  replace(id: string, sessions: SessionsOfReplaced = 'end'): WorldInstance {
    const { world, options, onGone } = this.#stage
    const old = this.running.find((instance) => instance.id === id)
    if (old === undefined) throw new AppError('unknown-instance', `No Auto Scaling group of the Demo runs ${id}.`)
    const made = makeGroupInstance(old.tags, this.#launched, Date.now())
    this.#launched += 1
    if (old.pingStatus === 'Online') world.setPingStatus(id, 'ConnectionLost')
    world.put({ ...old, pingStatus: 'ConnectionLost', state: 'shutting-down' })
    world.put({ ...made, pingStatus: 'None' })
    onGone(old, sessions)
    this.#after(TERMINATED_AFTER_MINUTES, () =>
      world.put({ ...old, pingStatus: 'ConnectionLost', state: 'terminated' }),
    )
    this.#after(FORGOTTEN_AFTER_MINUTES, () => world.forget(id))
    this.#after(options.agentMinutes ?? AGENT_MINUTES, () => {
      if (world.instance(made.id)?.state === 'running') world.setPingStatus(made.id, 'Online')
    })
    return made
  }

  [Symbol.dispose](): void {
    clearInterval(this.#interval)
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #replaceOldest(): void {
    const [oldest] = [...this.running].sort((a, b) => a.launchedAt - b.launchedAt)
    if (oldest !== undefined) this.replace(oldest.id)
  }

  #after(minutes: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, minutes * this.#stage.minuteMs)
    this.#timers.add(timer)
  }
}
