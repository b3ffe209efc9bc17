// Carries out orders: what each does to the service.
//
// lasting.ts keeps the faults that last, playing.ts plays scripts; both end with the board. The faults themselves are in the legs,
// relays and lanes, in the injections of the API, in the key ring, in the policies and in the world.
// Source: specification §13 S1, S7, S8.

import { AppError } from '../../../shared/errors'
import { fault, type Injections } from '../api/answers'
import type { EcsAccount } from '../ecs/account'
import { obeyContainerOrder } from '../ecs/orders'
import type { KeyRing } from '../api/keyring'
import type { Policies } from '../iam/policy'
import type { Relay } from '../gateway/relay'
import type { SpoiledToken } from '../gateway/sessions'
import type { ScalingGroups } from '../world/groups'
import type { World } from '../world/world'
import { Dice } from './dice'
import type { FaultCounts } from './kinds'
import { LastingFaults } from './lasting'
import { parseOrder, parseScript, type FaultOrder, type FaultScript, type FullOrder } from './orders'
import { Player } from './playing'
import type { Traffic } from './traffic'

/** An agent whose socket was cut opens another one within its first back-off (§10.3). */
const AGENT_BACK_MS = 200

type Of<Kind extends FullOrder['kind']> = Extract<FullOrder, { readonly kind: Kind }>

/** A running session, as faults see it. */
export interface FaultedSession {
  readonly id: string
  readonly target: string
  readonly relay: Relay
}

/** The parts of the simulator that faults act on. */
export interface FaultStage {
  /** The sessions that run now. */
  readonly sessions: () => readonly FaultedSession[]
  readonly world: World
  readonly ecs: EcsAccount
  readonly groups: ScalingGroups
  readonly keyRing: KeyRing
  readonly policies: Policies
  readonly injections: Injections
  readonly traffic: Traffic
  /** Sets whether everything but orders is refused; see the order `dark`. */
  readonly setDark: (isDark: boolean) => void
  /** How long a minute of the service takes. */
  readonly minuteMs: number
}

/** The faults of one simulator. Dispose it with the simulator. */
export class Faults implements Disposable {
  readonly #stage: FaultStage
  readonly #lasting = new LastingFaults()
  readonly #player = new Player()
  #spoiled: SpoiledToken[] = []

  constructor(stage: FaultStage) {
    this.#stage = stage
  }

  /** How often each kind was injected since the start. */
  get counts(): FaultCounts {
    return this.#stage.traffic.tally.counts
  }

  /**
   * Carries out one order at once. An order that meets no session or instance does nothing. Throws `usage` for an order
   * that is malformed, `session-gone` and `unknown-instance` for a name that is not there.
   */
  apply(given: FaultOrder): void {
    this.#carryOut(parseOrder(given))
  }

  /**
   * Plays a script from its beginning; a script that plays already is stopped. Resolves after its last step, or when it is
   * stopped. An order that names a session or instance which has gone meanwhile does nothing. Throws `usage` before it begins.
   */
  play(given: FaultScript): Promise<void> {
    const { seed, steps } = parseScript(given)
    if (seed !== undefined) this.#stage.traffic.dice = new Dice(seed)
    return this.#player.play(steps, (order) => this.#tryOut(parseOrder(order)))
  }

  /** Ends everything that lasts: agents return, lines are good again, black holes answer with a reset. */
  clear(): void {
    this.#lasting.endAll()
    this.#stage.traffic.clear()
    this.#spoiled = []
  }

  /** The fault of the token that is made now. */
  takeSpoiledToken(): SpoiledToken | undefined {
    const spoiled = this.#spoiled.shift()
    if (spoiled !== undefined) this.#stage.traffic.tally.add('spoiled-token')
    return spoiled
  }

  /** Gives out new credentials; those before have expired. */
  rotateCredentials(): void {
    this.#stage.keyRing.rotate()
    this.#stage.traffic.tally.add('rotated-credentials')
  }

  [Symbol.dispose](): void {
    this.#player.stop()
    this.#lasting[Symbol.dispose]()
  }

  // A script does not know which sessions are left.
  #tryOut(order: FullOrder): void {
    try {
      this.#carryOut(order)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
    }
  }

  #carryOut(order: FullOrder): void {
    switch (order.kind) {
      case 'cut':
        return order.leg === 'client' ? this.#cutClient(order) : this.#cutAgent(order)
      case 'refuse-upgrades':
        return this.#refuseUpgrades(order)
      case 'dark':
        return this.#goDark(order)
      case 'traffic':
        return this.#addRule(order)
      case 'malformed':
        return this.#addTwins(order)
      case 'api-error':
        return this.#failCalls(order)
      case 'expire-credentials':
        this.#stage.keyRing.expire(order.status)
        if (order.forMs !== undefined) this.#lasting.add(() => this.#stage.keyRing.revive(), order.forMs)
        return
      case 'policy':
        return this.#stage.policies.set(order.identity, order.statements)
      case 'rotate-credentials':
        return this.rotateCredentials()
      case 'spoil-token':
        for (let time = 0; time < order.count; time += 1) this.#spoiled.push(order.how)
        return
      case 'kill-agent':
        return this.#killAgent(order)
      case 'restart-agent':
        return this.#restartAgent(order.instance)
      case 'replace':
        return this.#replace(order)
      case 'pause':
        for (const { relay } of this.#chosen(order.session, (each) => each.relay.hasClient)) {
          relay.pauseClient()
          this.#stage.traffic.tally.add('pause-without-start')
        }
        return
      case 'deploy':
      case 'scale':
      case 'stop-exec-agent':
      case 'fail-run-task':
        return obeyContainerOrder(order, this.#stage.ecs)
      case 'clear':
        return this.clear()
    }
  }

  #cutClient({ session, how, forMs }: Of<'cut'>): void {
    for (const { relay } of this.#chosen(session, (each) => each.relay.hasClient)) {
      relay.cut(how)
      this.#stage.traffic.tally.add(`client-${how}`)
      // A peer that has forgotten the connection answers the next packet with a reset.
      if (how === 'black-hole') this.#lasting.add(() => relay.liftBlackHole(), forMs)
    }
  }

  #cutAgent({ session, how, forMs }: Of<'cut'>): void {
    const isSilent = how === 'black-hole'
    const why = isSilent ? 'black-hole' : 'cut'
    // An agent notices a dead socket at its read deadline of a minute (§2).
    const awayMs = forMs ?? (isSilent ? this.#stage.minuteMs : AGENT_BACK_MS)
    for (const { relay } of this.#chosen(session, () => true)) {
      relay.setAgentPresent(false, why)
      this.#stage.traffic.tally.add(`agent-${how}`)
      this.#lasting.add(() => relay.setAgentPresent(true, why), awayMs)
    }
  }

  #refuseUpgrades({ status, by, forMs }: Of<'refuse-upgrades'>): void {
    const { injections, traffic } = this.#stage
    const end = injections.stand('OpenDataChannel', () => {
      traffic.tally.add('refused-upgrade')
      const refusal = fault('Refused', 'The data channel is refused by order.', status)
      return by === 'proxy' ? { ...refusal, isByProxy: true } : refusal
    })
    this.#lasting.add(end, forMs)
  }

  #goDark({ forMs }: Of<'dark'>): void {
    this.#stage.setDark(true)
    for (const { relay } of this.#chosen('all', (each) => each.relay.hasClient)) {
      relay.cut('rst')
      this.#stage.traffic.tally.add('client-rst')
    }
    this.#lasting.add(() => this.#stage.setDark(false), forMs)
  }

  #addRule({ session, forMs, ...effects }: Of<'traffic'>): void {
    const { traffic } = this.#stage
    if (session === 'all') {
      this.#lasting.add(traffic.add(effects), forMs)
      return
    }
    for (const { id } of this.#chosen(session, () => true))
      this.#lasting.add(traffic.add({ ...effects, session: id }), forMs)
  }

  #addTwins({ session, how, count }: Of<'malformed'>): void {
    for (const { id } of this.#chosen(session, () => true)) {
      for (let time = 0; time < count; time += 1) this.#stage.traffic.addTwin(id, how)
    }
  }

  #failCalls(order: Of<'api-error'>): void {
    const { injections, traffic } = this.#stage
    const { operation, code, status, message, rate, forMs } = order
    let left = order.count ?? Number.POSITIVE_INFINITY
    const end = injections.stand(operation, () => {
      if (left === 0 || !traffic.dice.chance(rate)) return undefined
      left -= 1
      if (left === 0) end()
      traffic.tally.add('api-error')
      return fault(code, message ?? `${code} by order.`, status)
    })
    this.#lasting.add(end, forMs)
  }

  #killAgent({ instance, sessions, forMs }: Of<'kill-agent'>): void {
    const { world, traffic, minuteMs } = this.#stage
    const running = this.#stage.sessions()
    const id = instance === 'any' ? traffic.dice.pick(running)?.target : instance
    if (id === undefined || world.instance(id)?.pingStatus === 'ConnectionLost') return
    if (world.instance(id) === undefined) throw new AppError('unknown-instance', `The Demo has no instance ${id}.`)
    world.setPingStatus(id, 'ConnectionLost')
    traffic.tally.add('agent-kill')
    for (const { relay } of running.filter(({ target }) => target === id)) {
      if (sessions === 'end') relay.killAgent()
      else relay.setAgentPresent(false, 'machine')
    }
    this.#lasting.add(() => {
      // It may have been replaced meanwhile.
      if (world.instance(id)?.state === 'running') this.#restartAgent(id)
    }, forMs ?? minuteMs)
  }

  #restartAgent(id: string): void {
    const { world, traffic } = this.#stage
    if (world.instance(id) === undefined) throw new AppError('unknown-instance', `The Demo has no instance ${id}.`)
    if (world.instance(id)?.pingStatus === 'Online') return
    world.setPingStatus(id, 'Online')
    traffic.tally.add('agent-restart')
    for (const { relay } of this.#stage.sessions().filter(({ target }) => target === id)) {
      relay.reviveAgent()
      relay.setAgentPresent(true, 'machine')
    }
  }

  #replace({ instance, sessions }: Of<'replace'>): void {
    const { groups, traffic } = this.#stage
    const id = instance === 'any' ? traffic.dice.pick(groups.running)?.id : instance
    if (id !== undefined) groups.replace(id, sessions)
  }

  #chosen(session: string, isFit: (session: FaultedSession) => boolean): readonly FaultedSession[] {
    const running = this.#stage.sessions()
    const fit = running.filter(isFit)
    if (session === 'all') return fit
    if (session !== 'any') {
      const named = running.find(({ id }) => id === session)
      if (named === undefined) throw new AppError('session-gone', `The Demo runs no session ${session}.`)
      return fit.filter(({ id }) => id === session)
    }
    const one = this.#stage.traffic.dice.pick(fit)
    return one === undefined ? [] : [one]
  }
}
