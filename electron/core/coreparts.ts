// The core as its doors see it: its options, and the methods for a door and for a window. Types only.

import type { JournalEntry } from '../../shared/model/journal'
import type { DrainOptions } from './drainparts'
import type { EnvironmentOptions } from './environments/open'
import type { ReadyForward } from './forwards/ready'
import type { EventListener } from './publisher'

/** The options of a core. */
export interface CoreOptions extends Omit<EnvironmentOptions, 'budgets'>, Pick<DrainOptions, 'findKeyStore'> {
  /** Created when it is missing; see `dataDirectoryPath`. */
  readonly dataDirectory: string
  /** The kind of process, for the message of a later start that finds the directory locked: "window", "web page". */
  readonly door: string
  /** Forwards that are saved when the Demo is shown for the first time in a data directory. Absent: none. */
  readonly demoForwards?: readonly ReadyForward[]
  /** How long `dispose` waits for sessions to end, ms. Absent: 4.5 s, which doors allow. */
  readonly sessionsEndMs?: number
}

/** The core as one window uses it. */
export interface Client {
  /** Answers a request by name. Rejects with `usage` for what no schema allows, and with the codes of what it does. */
  handle(name: string, parameters: unknown): Promise<unknown>
  /** Calls `listener` with the whole state now and with all events from then on; returns the unsubscribe. */
  subscribe(listener: EventListener): () => void
}

/** The core of the app. Also a client, for the door's own process. Disposing ends everything in order. */
export interface Core extends Client, AsyncDisposable {
  /** A client for one window. Disposing says that the window is gone, and releases the terminals that it held. */
  connect(): Client & Disposable
  /** Adds a trouble of the door itself to the journal, redacted like every line. Never throws, never waits. */
  note(trouble: Pick<JournalEntry, 'text' | 'error' | 'facts'>): void
  /** After sleep, or when the network has changed: looks at every session at once. Cheap and idempotent. */
  wake(): void
}
