// A core at the other end of a page's Link, for tests of the page's store: told what to say, and what to answer.

import { noContainers } from '../../../shared/model/container'
import type { EventName, Events } from '../../../shared/api/events'
import type { RequestName, RequestParameters, Responses } from '../../../shared/api/requests'
import type { AppError } from '../../../shared/errors'
import { changedSnapshot, changeOf, changeOfItems, forwardId, ownId } from '../../../shared/model/change'
import type { ForwardView } from '../../../shared/model/forward'
import type { Snapshot, WindowSnapshot } from '../../../shared/model/snapshot'
import type { TerminalView } from '../../../shared/model/terminal'
import { defaultSettings } from '../../../shared/settings'
import { isAnswer } from '../../../renderer/link/answers'
import { Listeners } from '../../../renderer/link/listeners'
import type { Connection, PageLink } from '../../../renderer/link/socket'

/** A request that waits for its answer. */
export interface Asked {
  readonly name: RequestName
  readonly parameters: unknown
  readonly answer: (value: unknown) => void
  readonly refuse: (error: AppError) => void
}

/** A core at the other end: keeps what it is asked until it is told what to answer. */
export class PageCore implements PageLink {
  connection: Connection = 'open'
  readonly asked: Asked[] = []
  readonly #listeners = new Listeners()

  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    return new Promise((resolve, reject) => {
      const answer = (value: unknown): void => {
        if (isAnswer(name, value)) resolve(value)
        else throw new Error(`no answer to ${name}`)
      }
      this.asked.push({ name, parameters, answer, refuse: reject })
    })
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    return this.#listeners.add(name, listener)
  }

  onConnection(watch: (connection: Connection) => void): () => void {
    this.watch = watch
    return () => undefined
  }
  watch: (connection: Connection) => void = () => undefined

  tell<N extends EventName>(name: N, event: Events[N]): void {
    if (name === 'snapshot') this.#state = event as Snapshot
    this.#listeners.tell(name, event)
  }

  /** Tells what these parts of the state have changed. */
  change({ forwards = this.#state.forwards, terminals = this.#state.terminals, ...parts }: Partial<Snapshot>): void {
    const { instances, containers, ...rest } = parts
    const change = {
      ...rest,
      ...(instances === undefined ? {} : { instances: { ...instances, items: {} } }),
      ...(containers === undefined
        ? {}
        : { containers: { ...containers, items: changeOfItems(this.#state.containers, containers) } }),
      forwards: changeOf(this.#state.forwards, forwards, forwardId),
      terminals: changeOf(this.#state.terminals, terminals, ownId),
    }
    this.#state = changedSnapshot(this.#state, change)
    this.#listeners.tell('snapshot.patch', change)
  }
  #state: Snapshot = snapshot

  /** Takes the oldest unanswered request of this name. */
  take(name: RequestName): Asked {
    const index = this.asked.findIndex((asked) => asked.name === name)
    const [taken] = this.asked.splice(index, index < 0 ? 0 : 1)
    if (taken === undefined) throw new Error(`${name} was not asked`)
    return taken
  }
}

/** A state with nothing in it. */
export const snapshot: WindowSnapshot = {
  windowId: 'w',
  environment: { ref: { kind: 'demo' }, name: 'Demo', region: '', state: { kind: 'open' } },
  profiles: [],
  instances: { generation: 0, state: { kind: 'ready' }, items: [], notices: [] },
  forwards: [],
  targets: [],
  drains: [],
  containers: noContainers,
  terminals: [],
  settings: { ...defaultSettings, keepRunning: false },
  notices: [],
  about: { version: '0.0.0', dataDirectory: '/data' },
  questions: [],
}

/** A terminal in the Demo. */
export function terminal(id: string, instanceId = 'i-1', kind: 'open' | 'connecting' = 'open'): TerminalView {
  return {
    id,
    instance: { id: instanceId, name: 'web-1' },
    environment: { kind: 'demo' },
    environmentName: 'Demo',
    size: { cols: 80, rows: 24 },
    state: kind === 'open' ? { kind, sessionId: `session-${id}` } : { kind },
  }
}

/** A forward that is off. */
export function forwardView(id: string): ForwardView {
  return {
    forward: {
      id,
      name: id,
      environment: { kind: 'demo' },
      target: { kind: 'id', instanceId: 'i-1' },
      remotePort: 80,
      startAtLaunch: false,
    },
    isOn: false,
    state: { kind: 'off' },
    localPort: 0,
    openConnections: 0,
  }
}
