// The Link of a page in an Electron window: like socket.ts, over the object that the preload exposes as `window.culvert`.
//
// The core runs in the same program, so it cannot be lost while the window exists. Owns only the subscription.

import type { Bridge } from '../../shared/api'
import type { EventName, Events } from '../../shared/api/events'
import type { RequestName, RequestParameters, Responses } from '../../shared/api/requests'
import { isRecord } from '../../shared/api/shape'
import { AppError, fromWireError, toWireError } from '../../shared/errors'
import { isAnswer } from './answers'
import { answerError, type Connection, type PageLink } from './socket'
import { Listeners } from './listeners'

/** Whether `value` is a bridge, as `window.culvert` is in our Electron windows. */
export function isBridge(value: unknown): value is Bridge {
  return isRecord(value) && typeof value['request'] === 'function' && typeof value['subscribe'] === 'function'
}

/** A Link over a bridge. Subscribes at once, until `dispose`; it is open from the first event on. */
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

  /** The state of the Link. */
  get connection(): Connection {
    return this.#connection
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  /** Sends a request to the core. Rejects with the core's error, or with `protocol` for an answer of an unexpected shape. */
  async request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]> {
    let answer: Awaited<ReturnType<Bridge['request']>>
    try {
      answer = await this.#bridge.request(name, parameters)
    } catch (error) {
      // The bridge itself has failed: Electron rejects with a text meant for developers.
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
