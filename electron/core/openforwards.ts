// The forwards that are open in this process, for windows: their views, opening and closing. Owns the tunnels.

import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { ForwardView, TunnelEvent, TunnelState } from '../../shared/model'
import type { Environment } from './environment'
import type { Tunnel } from './tunnel'

/** What a window asks for. */
export interface ForwardRequest {
  readonly instanceId: string
  readonly remotePort: number
  readonly remoteHost?: string | undefined
  readonly localPort?: number | undefined
}

interface Forward {
  view: ForwardView
  tunnel: Tunnel | undefined
  readonly opening: AbortController
  /** Settled once the opening has succeeded, or has failed and left nothing behind. */
  opened: Promise<void>
}

/** The open forwards of one environment; `changed` is called after each change of a view. */
export class OpenForwards implements AsyncDisposable {
  readonly #environment: Environment
  readonly #changed: () => void
  readonly #forwards = new Map<string, Forward>()

  constructor(environment: Environment, changed: () => void) {
    this.#environment = environment
    this.#changed = changed
  }

  get views(): readonly ForwardView[] {
    return [...this.#forwards.values()].map((forward) => forward.view)
  }

  /** Opens a forward; resolves once it can carry data. Rejects with any code of `openTunnel`; then nothing remains. */
  async open(request: ForwardRequest): Promise<{ readonly forwardId: string; readonly localPort: number }> {
    const id = randomUUID()
    const { instanceId, remotePort, remoteHost, localPort } = request
    const forward: Forward = {
      view: {
        id,
        instanceId,
        remotePort,
        ...(remoteHost === undefined ? {} : { remoteHost }),
        localPort: localPort ?? 0,
        state: { kind: 'connecting' },
        openConnections: 0,
      },
      tunnel: undefined,
      opening: new AbortController(),
      opened: Promise.resolve(),
    }
    this.#forwards.set(id, forward)
    this.#changed()
    const opening = this.#openTunnel(forward)
    forward.opened = opening.then(
      () => undefined,
      () => undefined,
    )
    try {
      const tunnel = await opening
      return { forwardId: id, localPort: tunnel.port }
    } catch (error) {
      this.#forwards.delete(id)
      this.#changed()
      throw error
    }
  }

  /** Ends a forward and forgets it. Throws `usage` for an unknown one. */
  async close(forwardId: string): Promise<void> {
    const forward = this.#forwards.get(forwardId)
    if (forward === undefined) throw new AppError('usage', 'This forward is closed already.')
    forward.opening.abort(new AppError('session-ended', 'The forward was closed.'))
    await forward.opened
    await forward.tunnel?.[Symbol.asyncDispose]()
    this.#forwards.delete(forwardId)
    this.#changed()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#forwards.keys()].map((id) => this.close(id)))
  }

  async #openTunnel(forward: Forward): Promise<Tunnel> {
    const { id, instanceId, remotePort, remoteHost, localPort } = forward.view
    const tunnel = await this.#environment.openTunnel({
      target: instanceId,
      remotePort,
      ...(remoteHost === undefined ? {} : { remoteHost }),
      ...(localPort === 0 ? {} : { localPort }),
      signal: forward.opening.signal,
      onListening: (port) => this.#update(id, { localPort: port }),
      onState: (state) => this.#update(id, { state }),
      onEvent: (event) => this.#onEvent(id, event),
    })
    forward.tunnel = tunnel
    return tunnel
  }

  #onEvent(id: string, event: TunnelEvent): void {
    const openConnections = this.#forwards.get(id)?.view.openConnections ?? 0
    switch (event.kind) {
      case 'connection-opened':
        this.#update(id, { openConnections: openConnections + 1 })
        break
      case 'connection-closed':
        this.#update(id, { openConnections: openConnections - 1 })
        break
      case 'connection-failed':
        this.#update(id, { lastError: event.error })
        break
      case 'resumed':
      case 'notice':
        break
      default:
        event satisfies never
    }
  }

  #update(
    id: string,
    change: Partial<Pick<ForwardView, 'localPort' | 'openConnections' | 'lastError'>> & {
      readonly state?: TunnelState
    },
  ): void {
    const forward = this.#forwards.get(id)
    if (forward === undefined) return
    forward.view = { ...forward.view, ...change }
    this.#changed()
  }
}
