// The contract between a window and the core: one map of requests, one of events, and the Link that carries both.
//
// Every request is checked by its schema where it enters the core's process. A renderer imports types only from here.

import * as z from 'zod'
import type { WireError } from './errors'
import type { Instance, Snapshot } from './model'

const port = z.number().int().min(1).max(65_535)
const cells = z.number().int().min(1).max(2_000)
const id = z.string().min(1).max(200)
const nothing = z.strictObject({})

/** The schema of every request's parameters, by name. */
export const requestSchemas = {
  /** All instances of the environment. */
  'instances.list': nothing,
  /** The state now; changes follow as `snapshot` events. */
  'snapshot.get': nothing,
  /** Opens a shell. The size is sent to the instance as its first message. */
  'terminal.open': z.strictObject({ instanceId: id, cols: cells, rows: cells }),
  /** What the user typed or pasted, as text. */
  'terminal.write': z.strictObject({ terminalId: id, text: z.string().max(1_048_576) }),
  'terminal.resize': z.strictObject({ terminalId: id, cols: cells, rows: cells }),
  /** The output from byte `fromOffset` on, as far as it is kept: the newest 4 MiB. For windows that come later. */
  'terminal.replay': z.strictObject({ terminalId: id, fromOffset: z.number().int().nonnegative() }),
  /** Ends the session and forgets the terminal. */
  'terminal.close': z.strictObject({ terminalId: id }),
  /** Opens a forward; answered once its listener is bound. `localPort` absent: one is chosen. */
  'forward.open': z.strictObject({
    instanceId: id,
    remotePort: port,
    remoteHost: z.string().min(1).max(255).optional(),
    localPort: port.optional(),
  }),
  /** Ends a forward's session, closes its listener and forgets it. */
  'forward.close': z.strictObject({ forwardId: id }),
} as const

/** The name of a request. */
export type RequestName = keyof typeof requestSchemas

/** The parameters of a request. */
export type RequestParameters<N extends RequestName> = z.infer<(typeof requestSchemas)[N]>

/** What each request answers. */
export interface Responses {
  'instances.list': readonly Instance[]
  'snapshot.get': Snapshot
  'terminal.open': { readonly terminalId: string }
  'terminal.write': null
  'terminal.resize': null
  /** Bytes from `startOffset` to the newest; `startOffset` is larger than what was asked for where bytes are gone. */
  'terminal.replay': { readonly startOffset: number; readonly base64: string }
  'terminal.close': null
  'forward.open': { readonly forwardId: string; readonly localPort: number }
  'forward.close': null
}

/** What the core tells without being asked. */
export interface Events {
  /** The whole state, after each change. */
  snapshot: Snapshot
  /** Output bytes of a terminal, base64, in order; `offset` counts the bytes before them since the terminal began. */
  'terminal.output': { readonly terminalId: string; readonly offset: number; readonly base64: string }
}

/** The name of an event. */
export type EventName = keyof Events

/** The way from a window to the core, whatever carries it. */
export interface Link {
  /** Asks the core. Rejects with an `AppError`. */
  request<N extends RequestName>(name: N, parameters: RequestParameters<N>): Promise<Responses[N]>
  /** Subscribes to an event; returns the unsubscribe. */
  on<N extends EventName>(name: N, listener: (event: Events[N]) => void): () => void
}

/** One request as it crosses a Link; `id` is chosen by the asker and unique on its link. */
export const requestMessage = z.strictObject({ id: z.number().int(), name: z.string(), parameters: z.unknown() })

/** One answer as it crosses a Link. */
export type ResponseMessage =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError }

/** One event as it crosses a Link. */
export interface EventMessage {
  readonly event: EventName
  readonly value: unknown
}
