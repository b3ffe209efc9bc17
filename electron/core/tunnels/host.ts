// The host that the sessions of a tunnel go to: one that is fixed, or one that is picked before each session.
//
// A host is left only where AWS says that it is away: EC2 no longer runs it, or GetConnectionStatus and StartSession (TargetNotConnected)
// have told for `failoverMs` without a break that its agent is not connected. PingStatus is not asked, because it lags. A question
// without an answer, as in an outage of our own network, begins that time anew. A host that a person has named is never left; a session
// to a container that was named ends once its task has stopped.
//
//   session ends -> the same host again -> TargetNotConnected -> wait, ask, wait … -> away for long enough -> another host
//   session up   -> asked once a minute, because a silent session does not show that its host has gone; more often while it is being
//                   resumed and while its messages are sent again. A session whose agent acknowledges a message is kept, whatever AWS says.

import { isEcsText } from '../../../shared/ecstarget'
import { AppError, asAppError, toWireError } from '../../../shared/errors'
import type { HostName, TunnelEvent } from '../../../shared/model/forward'
import type { ConnectionStatus } from '../../../shared/session'
import type { SessionAbout } from '../../../shared/sessionnote'
import { hostWords, spanWords } from '../../../shared/status'
import { monotonicNow } from '../../ssm/channel/clock'
import { judge, Pause } from '../sessions/resume/retry'
import type { Timing } from '../sessions/timing'
import type { HostPick, TunnelService } from './parts'
import type { PortSession } from './session'

/** States in which EC2 runs a machine, or may. Source: EC2 user guide, "Amazon EC2 instance state changes". */
const RUNNING: ReadonlySet<string> = new Set(['pending', 'running', 'unknown'])

/** The longest pause between two questions while a session is up, after several without an answer: denied, or throttled. */
const MAX_ASK_MS = 15 * 60_000

/** An agent acknowledges a message within a second. */
const PROBE_MS = 5_000

/** What the host of a tunnel needs. */
export interface TunnelHostOptions {
  readonly target: string | HostPick
  readonly service: Pick<TunnelService, 'describeTarget' | 'connectionStatus'>
  readonly timing: Timing
  readonly onEvent: (event: TunnelEvent) => void
  readonly about?: SessionAbout
}

/** The host of one tunnel. Owns no timer beyond the promises that it returns. */
export class TunnelHost {
  readonly #options: TunnelHostOptions
  readonly #pick: HostPick | undefined
  #current: HostName | undefined
  /** The host of the session that was up last. */
  #used: HostName | undefined
  /** Why the present host is left; undefined while it is not. */
  #left: AppError | undefined
  /** Why the host before the present one was left. */
  #why: AppError | undefined
  /** When AWS first said that the agent is away, without another answer since. */
  #awaySince: number | undefined
  /** Until then no other host is looked for: the last look has found none, or one that is not up yet. */
  #restsUntil = Number.NEGATIVE_INFINITY

  constructor(options: TunnelHostOptions) {
    const { target } = options
    this.#options = options
    if (typeof target === 'string') this.#current = { id: target, name: '' }
    else this.#pick = target
  }

  /** The id that the next session goes to, with what the ledger shall know of it. Rejects as `HostPick.next` does. */
  async next(signal: AbortSignal): Promise<{ readonly id: string; readonly about: SessionAbout }> {
    const { id, name } = await this.#next(signal)
    return { id, about: { ...(name === '' ? {} : { targetName: name }), ...this.#options.about } }
  }

  async #next(signal: AbortSignal): Promise<HostName> {
    const pick = this.#pick
    if (pick === undefined) return this.#current ?? { id: '', name: '' }
    const before = this.#current
    const isLeft = this.#left !== undefined
    this.#rest()
    const chosen = await pick.next(before, isLeft, signal)
    this.#current = chosen
    if (!isLeft) this.#restsUntil = Number.NEGATIVE_INFINITY
    if (chosen.id === before?.id) return chosen
    this.#why = this.#left
    this.#left = undefined
    this.#awaySince = undefined
    return chosen
  }

  /** A session to the host is up. Tells that it is another host than before. */
  up(cause: AppError | undefined): void {
    const [from, to] = [this.#used, this.#current]
    const why = this.#why ?? cause
    this.#used = to
    this.#why = undefined
    this.#left = undefined
    this.#awaySince = undefined
    this.#restsUntil = Number.NEGATIVE_INFINITY
    if (from === undefined || to === undefined || from.id === to.id || why === undefined) return
    this.#options.onEvent({ kind: 'moved', from, to, cause: toWireError(why) })
  }

  /** Takes the error of an attempt. A host of a set that no longer exists is no final error: there may be others. */
  failed(error: AppError): AppError {
    const host = this.#movable
    if (host === undefined || error.code !== 'unknown-instance') return error
    this.#left = away(`${hostWords(host)} no longer exists.`)
    return this.#left
  }

  /** Whether the host is left after an attempt that failed with `cause`, so that the next attempt goes to another one at once. */
  async isLeft(cause: AppError, signal: AbortSignal): Promise<boolean> {
    const host = this.#movable
    if (host === undefined) return false
    if (cause.code !== 'agent-offline') {
      if (judge(cause) !== 'instance') this.#awaySince = undefined
      return false
    }
    if (this.#left === undefined) await this.#away(host, signal)
    return this.#left !== undefined && !this.#isResting
  }

  /** Whether an attempt is worth making: the agent is back, or another host may be picked. Rejects where it may not be asked. */
  async isReady(signal: AbortSignal): Promise<boolean> {
    const host = this.#movable
    if (host !== undefined) {
      if (await this.#isConnected(host, signal)) return true
      if (this.#left === undefined) await this.#away(host, signal)
      return this.#left !== undefined && !this.#isResting
    }
    // Nothing was picked yet: a host may come into the set.
    if (this.#pick?.canMove === true) return !this.#isResting
    const { id = '' } = this.#current ?? {}
    if (id === '') return true
    const found = await this.#options.service.describeTarget(id, signal)
    // A container that has stopped starts no more: the next attempt fails with that.
    return found === undefined || found.agent.kind === 'online' || (found.kind === 'ecs' && found.state === 'stopped')
  }

  /** Resolves with why a session has ended: by itself, or because its host is left. */
  async endOf(session: PortSession, isUp: () => boolean): Promise<AppError> {
    const over = new AbortController()
    try {
      return await Promise.race([session.ended, this.#guard(session, isUp, over.signal)])
    } finally {
      over.abort()
    }
  }

  /** The host, where it may be left for another. */
  get #movable(): HostName | undefined {
    return this.#pick?.canMove === true ? this.#current : undefined
  }

  /** The host that is asked for while a session is up: one that may be left, or a container, because its end may not end its sessions. */
  get #guarded(): HostName | undefined {
    return this.#movable ?? (isEcsText(this.#current?.id ?? '') ? this.#current : undefined)
  }

  get #isResting(): boolean {
    return monotonicNow() < this.#restsUntil
  }

  #rest(): void {
    const { failoverMs, maxRetryMs } = this.#options.timing
    this.#restsUntil = monotonicNow() + Math.min(failoverMs, maxRetryMs)
  }

  /** Asks for the agent while a session is in doubt. Resolves once the host is left; never, if it is not. */
  async #guard(session: PortSession, isUp: () => boolean, signal: AbortSignal): Promise<AppError> {
    const host = this.#guarded
    const { pollMs, askHostMs } = this.#options.timing
    const pause = new Pause()
    let sentAgain = 0
    let isInDoubt = false
    let askedAt = monotonicNow()
    let everyMs = askHostMs
    while (host !== undefined && !signal.aborted) {
      await pause.wait(pollMs, signal)
      const { retransmissions } = session.counters
      // A doubt stays until AWS says that the agent is there: the pauses between repeated messages grow.
      isInDoubt ||= !isUp() || retransmissions > sentAgain
      sentAgain = retransmissions
      const isDue = monotonicNow() - askedAt >= everyMs
      if ((!isInDoubt && !isDue) || signal.aborted) continue
      const status = await this.#ask(host, signal)
      askedAt = monotonicNow()
      everyMs = isAnswer(status) ? askHostMs : Math.min(everyMs * 2, MAX_ASK_MS)
      isInDoubt = status === 'notconnected' && !(isUp() && (await isAnswered(session, Math.min(PROBE_MS, pollMs))))
      if (isInDoubt) await this.#away(host, signal)
      else this.#awaySince = undefined
      if (this.#left !== undefined) return this.#left
    }
    return new Promise(() => undefined)
  }

  /** Whether the agent is connected, or it is not known. Where the question is denied, StartSession alone tells for how long it is away. */
  async #isConnected(host: HostName, signal: AbortSignal): Promise<boolean> {
    const status = await this.#ask(host, signal)
    if (status === 'notconnected') return false
    if (status !== 'denied') this.#awaySince = undefined
    return true
  }

  /** What AWS says of the agent; undefined where it is not known. */
  #ask({ id }: HostName, signal: AbortSignal): Promise<ConnectionStatus | 'denied' | undefined> {
    return this.#options.service
      .connectionStatus(id, signal)
      .catch((error: unknown) => (asAppError(error).code === 'access-denied' ? 'denied' : undefined))
  }

  /** AWS says that the agent is not connected. Leaves the host if EC2 does not run it, or if that has lasted for long enough. */
  async #away(host: HostName, signal: AbortSignal): Promise<void> {
    const { service, timing } = this.#options
    const now = monotonicNow()
    this.#awaySince ??= now
    const awayMs = now - this.#awaySince
    const found = await service.describeTarget(host.id, signal).catch(() => null)
    if (signal.aborted) return
    if (found === undefined) this.#left = away(`${hostWords(host)} no longer exists.`)
    else if (found !== null && !RUNNING.has(found.state)) this.#left = away(`${hostWords(host)} is ${found.state}.`)
    else if (this.#movable !== undefined && awayMs >= timing.failoverMs) {
      this.#left = away(`The SSM agent on ${hostWords(host)} has been offline for ${spanWords(awayMs)}.`)
    }
  }
}

function isAnswer(status: ConnectionStatus | 'denied' | undefined): status is ConnectionStatus {
  return status === 'connected' || status === 'notconnected'
}

/** Whether the agent acknowledges a message of the session: its connection for sessions can outlive the one that AWS tells of. */
async function isAnswered(session: PortSession, withinMs: number): Promise<boolean> {
  const { agentMs } = await session.probe(withinMs)
  return agentMs !== undefined
}

function away(message: string): AppError {
  return new AppError('agent-offline', message)
}
