// What the preload of a window and the main process say to each other. Data only: the preload is bundled with it.

import type { TerminalOutput } from '../../shared/api/events'

/** The page asks: `invoke(REQUEST_CHANNEL, name, parameters)`. */
export const REQUEST_CHANNEL = 'culvert:request'

/** The page says what it wants to hear: `send(SUBSCRIPTION_CHANNEL, SubscriptionMessage)`. */
export const SUBSCRIPTION_CHANNEL = 'culvert:subscription'

/** The core tells: one `EventEnvelope` at a time. */
export const EVENT_CHANNEL = 'culvert:event'

/** From a page. `pageId` is random and new with each load, so that messages for an earlier page do not reach a later one. */
export type SubscriptionMessage =
  /** Tell me everything from now on, the whole state first. */
  | { readonly kind: 'subscribe'; readonly pageId: string }
  | { readonly kind: 'unsubscribe'; readonly pageId: string }
  /** The page has taken every event up to this one. */
  | { readonly kind: 'taken'; readonly pageId: string; readonly sequence: number }

/** One event on its way to a page. */
export interface EventEnvelope {
  readonly pageId: string
  /** Counts from 1 in each subscription. */
  readonly sequence: number
  /** An `EventMessage` as JSON, whose size the feed can count; or the output of a terminal, cloned as it is. */
  readonly message: string | TerminalOutput
}
