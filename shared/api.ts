// The contract between a window and the core: the Link that carries requests and events, and their form on the wire.
//
// The requests are in api/requests.ts, the events in api/events.ts. Every request is checked by its schema where it enters the
// core's process, every answer and event by its outer shape where it enters the page.

import type { EventName, Events } from './api/events'
import type { RequestName, RequestParameters, Responses } from './api/requests'
import type { WireError } from './errors'

/** The way from a window to the core, whatever carries it. */
export interface Link {
  /** Asks the core. Rejects with an `AppError`. */
  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]>
  /** Subscribes to an event; returns the unsubscribe. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void
}

/** One answer as it crosses a Link. */
export type ResponseMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError }

/** One event as it crosses a Link. */
export interface EventMessage {
  readonly event: EventName
  readonly value: unknown
}

/** What the preload of an Electron window exposes as `window.culvert`: the raw ends of a Link. */
export interface Bridge {
  /** Asks the core. Never rejects for what the core says: that is in the answer. */
  request(
    name: string,
    parameters: unknown,
  ): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }>
  /** Subscribes to all events, the snapshot first; returns the unsubscribe. */
  subscribe(listener: (message: EventMessage) => void): () => void
}
