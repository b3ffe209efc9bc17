// The contract between a window and the core: the Link that carries requests and events, and its message formats.
//
// The requests are in api/requests.ts, the events in api/events.ts. Every request is validated by its schema when it enters
// the core's process; every answer and event is checked by its outer shape when it enters the page.

import type { EventName, Events } from './api/events'
import type { RequestName, RequestParameters, Responses } from './api/requests'
import type { WireError } from './errors'

/** The connection from a window to the core, independent of the transport. */
export interface Link {
  /** Sends a request to the core. Rejects with an `AppError`. */
  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]>
  /** Subscribes to an event; returns the unsubscribe. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void
}

/** One answer on a Link. */
export type ResponseMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError }

/** One event on a Link. */
export interface EventMessage {
  readonly event: EventName
  readonly value: unknown
}

/** The object that the preload of an Electron window exposes as `window.culvert`: the raw ends of a Link. */
export interface Bridge {
  /** Sends a request to the core. Does not reject for errors of the core: those are in the answer. */
  request(
    name: string,
    parameters: unknown,
  ): Promise<{ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }>
  /** Subscribes to all events, the snapshot first; returns the unsubscribe. */
  subscribe(listener: (message: EventMessage) => void): () => void
}
