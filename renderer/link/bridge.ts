// The Link of a page in an Electron window: the same as socket.ts over what the preload exposes as `window.culvert`.
//
// The core lives in the same program: it cannot be lost without the window. Nothing is owned but the subscription.

import type { Bridge } from '../../shared/api'
import type { EventName, Events } from '../../shared/api/events'
import type { RequestName, RequestParameters, Responses } from '../../shared/api/requests'
import { isRecord } from '../../shared/api/shape'
import { AppError, fromWireError, toWireError } from '../../shared/errors'
import { isAnswer } from './answers'
import { answerError, type Connection, type PageLink } from './socket'
import { Listeners } from './listeners'

/** Whether `value` is a bridge: `window.culvert` is, in a window of ours. */
export function isBridge(value: unknown): value is Bridge {
  return isRecord(value) && typeof value['request'] === 'function' && typeof value['subscribe'] === 'function'
}

/** A Link over a bridge. Subscribes at once, until `dispose`; open from the first event on. */
export class BridgeLink implements PageLink {
  readonly #bridge: Bridge
  readonly #listeners = new Listeners()
  readonly #watchers = new Set<(connection: Connection) => void>()
  readonly #unsubscribe: () => void
  #connection: Connection = 'connecting'

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    this.#unsubscribe = bridge.subscribe(({ event, value }) => {
      if (this.#connection !== 'open') {
        this.#connection = 'open'
        for (const watcher of this.#watchers) watcher('open')
      }
      this.#listeners.tell(event, value)
    })
  }

  /** How the Link stands now. */
  get connection(): Connection {
    return this.#connection
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  /** Asks the core. Rejects with what the core says; with `protocol` for an answer of another shape. */
  async request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    let answer: Awaited<ReturnType<Bridge['request']>>
    try {
      answer = await this.#bridge.request(name, parameters)
    } catch (error) {
      // The bridge itself broke: Electron rejects with a text that only we can read.
      throw new AppError('internal', toWireError(error).message, { cause: error })
    }
    if (!answer.ok) throw fromWireError(answer.error)
    if (!isAnswer(name, answer.value)) throw answerError(name)
    return answer.value
  }

  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void {
    return this.#listeners.add(name, listener)
  }

  /** Ends the subscription. */
  dispose(): void {
    this.#unsubscribe()
  }
}
