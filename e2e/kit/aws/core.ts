// The whole core on a data directory of its own, over a simulator in this process.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore } from '../../../electron/core/core'
import type { Core, CoreOptions } from '../../../electron/core/coreparts'
import type { Timing } from '../../../electron/core/sessions/timing'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../electron/simulator/simulator'
import type { EventName, Events } from '../../../shared/api/events'
import type { RequestName, RequestParameters, Responses } from '../../../shared/api/requests'
import { changedSnapshot, type SnapshotChange } from '../../../shared/model/change'
import type { ForwardView, TunnelState } from '../../../shared/model/forward'
import type { JournalEntry } from '../../../shared/model/journal'
import type { Snapshot } from '../../../shared/model/snapshot'

/** A core as a window sees it. */
export class Window implements AsyncDisposable {
  readonly core: Core
  readonly journal: JournalEntry[] = []
  readonly output = new Map<string, string>()
  readonly eventNames: EventName[] = []
  #state: Snapshot | undefined
  readonly #watchers = new Set<() => void>()

  constructor(core: Core) {
    this.core = core
    core.subscribe((name, event) => this.#hear(name, event))
  }

  get state(): Snapshot {
    return this.#state!
  }

  ask<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    return this.core.handle(name, parameters) as Promise<Responses[N]>
  }

  /** Resolves with what `look` finds, as soon as it finds something. */
  until<T>(look: (state: Snapshot) => T | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = look(this.state)
        if (found === undefined || found === false) return
        this.#watchers.delete(check)
        resolve(found)
      }
      this.#watchers.add(check)
      check()
    })
  }

  forward(id: string): ForwardView {
    return this.state.forwards.find(({ forward }) => forward.id === id)!
  }

  /** Waits until a forward stands so. */
  async reach<K extends TunnelState['kind']>(id: string, kind: K): Promise<Extract<TunnelState, { kind: K }>> {
    const state = await this.until(() => {
      const now = this.forward(id).state
      return now.kind === kind ? now : undefined
    })
    return state as Extract<TunnelState, { kind: K }>
  }

  /** Waits until the instances are listed; resolves with the id of the one of this name. */
  async instance(name: string): Promise<string> {
    const { items } = await this.until(({ instances }) => instances.state.kind === 'ready' && instances)
    return items.find((each) => each.name === name)!.id
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.core[Symbol.asyncDispose]()
  }

  #hear<N extends EventName>(name: N, event: Events[N]): void {
    this.eventNames.push(name)
    if (name === 'snapshot') this.#state = event as Snapshot
    if (name === 'snapshot.patch') this.#state = changedSnapshot(this.state, event as SnapshotChange)
    if (name === 'journal.entry') this.journal.push(event as JournalEntry)
    if (name === 'terminal.output') {
      const { terminalId, bytes } = event as Events['terminal.output']
      const said = this.output.get(terminalId) ?? ''
      this.output.set(terminalId, said + Buffer.from(bytes).toString('utf8'))
    }
    for (const check of this.#watchers) check()
  }
}

/** A simulator, a home and a data directory. `close` ends them; a core on them is disposed before. */
export interface Place {
  readonly simulator: Simulator
  readonly home: string
  readonly dataDirectory: string
  /** Opens a core there: on the simulator as the Demo, or as an AWS account by keys in the environment. */
  open(as?: 'demo' | 'account', change?: Partial<CoreOptions>): Promise<Window>
  /** Ids of sessions that have not ended. */
  active(): string[]
  close(): Promise<void>
}

/** Makes a place. Shells start at once and nothing is paced unless asked for. */
export async function makePlace(options: SimulatorOptions = {}, timing?: Timing): Promise<Place> {
  const simulator = await startSimulator({ isPaced: false, shellDelayMs: 0, ...options })
  const home = await mkdtemp(join(tmpdir(), 'culvert-core-'))
  const dataDirectory = join(home, 'data')
  const { endpointUrl, region, credentials } = simulator
  return {
    simulator,
    home,
    dataDirectory,
    open: async (as = 'demo', change = {}) => {
      const keys = {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
        AWS_REGION: region,
      }
      const core = await createCore({
        dataDirectory,
        door: 'test',
        ...(timing === undefined ? {} : { timing }),
        env: { HOME: home, ...(as === 'demo' ? {} : keys) },
        ...(as === 'demo' ? { demo: true } : { endpointUrl }),
        spawnDemo: () =>
          Promise.resolve({ endpointUrl, region, credentials, [Symbol.asyncDispose]: () => Promise.resolve() }),
        ...change,
      })
      return new Window(core)
    },
    active: () =>
      simulator
        .sessions()
        .filter(({ status }) => status !== 'Terminated' && status !== 'Failed')
        .map(({ id }) => id),
    close: async () => {
      await simulator[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}
