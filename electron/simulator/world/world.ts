// The Demo world: its instances, what listens on their virtual ports, and the hosts that only they can reach.
//
// A dial goes to the instance itself, to another instance by its private address, or to a named host. What is not in a
// port table is refused, what is not a host cannot be resolved. Tests add ports, real TCP destinations and hosts.

import { once } from 'node:events'
import { connect, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { standardPorts, type PortHandler } from '../ports/destinations'
import { isForbiddenAddress } from '../ports/forbidden'
import { serveIntranetPage } from './pages'
import { createPipe } from './pipe'
import type { Computer } from '../agent/plugin'
import { serveRedis } from './redis'
import { VPC_CIDR, makeRoster, type PingStatus, type WorldInstance } from './roster'

/** How a destination is reached; rejects when it refuses, and when `signal` is aborted. */
export type Dial = (signal: AbortSignal) => Promise<Duplex>

const INTRANET = 'intranet.internal'
const CACHE = 'cache.internal'
/** A host that is there and on which nothing listens. */
const DEAF_HOST = 'orders-db.internal'
const SELF = new Set(['localhost', '127.0.0.1', '::1'])

function dialHandler(handler: PortHandler): Dial {
  return () => {
    const [near, far] = createPipe()
    // A handler whose peer goes away is no error of the simulator.
    far.on('error', () => undefined)
    handler(far)
    return Promise.resolve(near)
  }
}

function dialTcp(port: number): Dial {
  return async (signal) => {
    // The agent decides what a half-close means, so the socket must not end itself.
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true })
    // Before the dialling side listens and after it has left: an 'error' event without a listener ends the process.
    socket.on('error', () => undefined)
    try {
      await once(socket, 'connect', { signal })
    } catch (error) {
      socket.destroy()
      throw error
    }
    return socket
  }
}

function refused(address: string, port: number): Error {
  return new Error(`dial tcp ${address}:${port}: connect: connection refused`)
}

/** What has ports of its own and reaches the rest of the network: an instance, or a task of Amazon ECS. */
export interface Machine {
  readonly id: string
  readonly name: string
  readonly privateIp: string
  readonly isWindows?: boolean
}

function machineOf({ id, tags, privateIp, platform }: WorldInstance): Machine {
  return { id, name: tags['Name'] ?? id, privateIp, isWindows: platform === 'Windows' }
}

/** The instances and their networks. Lives as long as the simulator; owns nothing that needs closing. */
export class World {
  readonly #instances = new Map<string, WorldInstance>()
  readonly #ports = new Map<string, Map<number, Dial>>()
  readonly #hosts = new Map<string, Map<number, Dial>>()

  /** The state of an agent as it was told before its connection was lost, and when it was. */
  readonly #told = new Map<string, { readonly pingStatus: PingStatus; readonly lostAt: number }>()
  readonly #pingLagMs: number

  /** `pingLagMs`: how long Systems Manager tells a lost agent as Online. */
  constructor(extraInstances: number, pingLagMs = 0) {
    this.#pingLagMs = pingLagMs
    for (const instance of makeRoster(extraInstances, Date.now())) this.#instances.set(instance.id, instance)
    this.addHost(INTRANET, 80, serveIntranetPage())
    this.addHost(CACHE, 6_379, serveRedis())
    this.#hosts.set(DEAF_HOST, new Map())
  }

  /** Every instance, in the order of the roster. */
  get instances(): readonly WorldInstance[] {
    return [...this.#instances.values()]
  }

  instance(id: string): WorldInstance | undefined {
    return this.#instances.get(id)
  }

  /** Moves an instance's agent online or offline. Throws for an unknown id. */
  setPingStatus(id: string, pingStatus: PingStatus): void {
    const instance = this.#instances.get(id)
    if (instance === undefined) throw new Error(`The Demo has no instance ${id}.`)
    if (pingStatus === 'ConnectionLost' && instance.pingStatus === 'Online') {
      this.#told.set(id, { pingStatus: 'Online', lostAt: Date.now() })
    }
    this.#instances.set(id, { ...instance, pingStatus })
  }

  /**
   * The instances as DescribeInstanceInformation tells of them: the PingStatus of a lost agent lags, even where its instance is gone.
   * StartSession and GetConnectionStatus know at once. `now` is epoch ms.
   */
  toldInstances(now: number): readonly WorldInstance[] {
    return this.instances.flatMap((instance) => {
      const told = instance.pingStatus === 'ConnectionLost' ? this.#told.get(instance.id) : undefined
      const isLate = told !== undefined && now - told.lostAt < this.#pingLagMs
      const pingStatus = isLate ? told.pingStatus : instance.pingStatus
      return pingStatus === 'None' || (instance.state !== 'running' && !isLate) ? [] : [{ ...instance, pingStatus }]
    })
  }

  /** Takes an instance out of the world. */
  forget(id: string): void {
    this.#instances.delete(id)
    this.#ports.delete(id)
    this.#told.delete(id)
  }

  /** Puts an instance in the place of the one with its id, or adds it. */
  put(instance: WorldInstance): void {
    this.#instances.set(instance.id, instance)
  }

  /** Puts a handler on a virtual port of an instance, instead of what was there. */
  addPort(instanceId: string, port: number, handler: PortHandler): void {
    this.addDial(instanceId, port, dialHandler(handler))
  }

  /** Lets a virtual port of an instance lead to a real port on 127.0.0.1. */
  addTcp(instanceId: string, port: number, realPort: number): void {
    this.addDial(instanceId, port, dialTcp(realPort))
  }

  /** Lets a virtual port of an instance be reached as `dial` says: slowly, or never. */
  addDial(instanceId: string, port: number, dial: Dial): void {
    const instance = this.#instances.get(instanceId)
    if (instance === undefined) throw new Error(`The Demo has no instance ${instanceId}.`)
    this.#portsOf(machineOf(instance)).set(port, dial)
  }

  /** Puts a handler on a port of a host that instances reach by name. */
  addHost(host: string, port: number, handler: PortHandler): void {
    const table = this.#hosts.get(host) ?? new Map<number, Dial>()
    this.#hosts.set(host, table.set(port, dialHandler(handler)))
  }

  /** The instance as an agent on it sees the world. */
  computerOf(instance: WorldInstance): Computer {
    return {
      name: instance.tags['Name'] ?? instance.id,
      ...(instance.platform === 'Windows' ? { windows: { privateIp: instance.privateIp } } : {}),
      dial: (host, port, signal) => this.#dial(machineOf(instance), host, { port, signal }),
      forbiddenAddress: (host) => (isForbiddenAddress(host, VPC_CIDR) ? host : undefined),
    }
  }

  /** A machine that is no instance, on the same network: it has the usual ports, and those that are added by its id. */
  computerAt(machine: Machine): Pick<Computer, 'name' | 'dial' | 'forbiddenAddress'> {
    return {
      name: machine.name,
      dial: (host, port, signal) => this.#dial(machine, host, { port, signal }),
      forbiddenAddress: (host) => (isForbiddenAddress(host, VPC_CIDR) ? host : undefined),
    }
  }

  async #dial(
    from: Machine,
    host: string | undefined,
    { port, signal }: { readonly port: number; readonly signal: AbortSignal },
  ): Promise<Duplex> {
    signal.throwIfAborted()
    const name = host?.toLowerCase()
    if (name === undefined || SELF.has(name) || name === from.privateIp) {
      const dial = this.#portsOf(from).get(port)
      if (dial === undefined) throw refused('127.0.0.1', port)
      return dial(signal)
    }
    const neighbour = this.instances.find((instance) => instance.privateIp === name)
    const table = neighbour === undefined ? this.#hosts.get(name) : this.#portsOf(machineOf(neighbour))
    if (table === undefined && isIP(name) === 0) throw new Error('dial tcp: missing address')
    const dial = neighbour !== undefined && neighbour.state !== 'running' ? undefined : table?.get(port)
    if (dial === undefined) throw refused(name, port)
    return dial(signal)
  }

  // Made when first needed: a Demo of thousands of instances has few that anyone connects to.
  #portsOf({ id, name, isWindows }: Machine): Map<number, Dial> {
    const known = this.#ports.get(id)
    if (known !== undefined) return known
    const handlers = standardPorts({ id, name }, isWindows !== true)
    const table = new Map([...handlers].map(([port, handler]) => [port, dialHandler(handler)]))
    this.#ports.set(id, table)
    return table
  }
}
