// The page's end of its Link, as it runs in the preload: requests and one subscription over whatever carries messages.
//
// Says what it has taken of the events, so that the main process knows how far a window has fallen behind. Owns nothing but
// its listeners. Small on purpose: it is bundled into the preload, so it imports types and channel names only.

import type { Bridge, EventMessage } from '../../shared/api'
import {
  EVENT_CHANNEL,
  REQUEST_CHANNEL,
  SUBSCRIPTION_CHANNEL,
  type EventEnvelope,
  type SubscriptionMessage,
} from './channels'

/** What carries the messages: `ipcRenderer`, or a stand-in of it. */
export interface Wire {
  invoke(channel: string, ...words: readonly unknown[]): ReturnType<Bridge['request']>
  send(channel: string, message: SubscriptionMessage): void
  on(channel: string, listener: (event: unknown, envelope: EventEnvelope) => void): void
}

function isEventMessage(value: unknown): value is EventMessage {
  return typeof value === 'object' && value !== null && 'event' in value && 'value' in value
}

function messageOf({ message }: EventEnvelope): EventMessage | undefined {
  if (typeof message !== 'string') return { event: 'terminal.output', value: message }
  const value: unknown = JSON.parse(message)
  return isEventMessage(value) ? value : undefined
}

/** The bridge of one load of a page. `pageId` is random and new with each load. */
export function createBridge(wire: Wire, pageId: string): Bridge {
  const listeners = new Set<(message: EventMessage) => void>()
  const say = (message: SubscriptionMessage): void => wire.send(SUBSCRIPTION_CHANNEL, message)
  wire.on(EVENT_CHANNEL, (_event, envelope) => {
    // A message for an earlier load of this window may still arrive.
    if (envelope.pageId !== pageId) return
    try {
      const message = messageOf(envelope)
      if (message !== undefined) for (const listener of listeners) listener(message)
    } finally {
      // Also where a listener has thrown: messages that are never confirmed would stop the feed.
      say({ kind: 'taken', pageId, sequence: envelope.sequence })
    }
  })
  return {
    request: (name, parameters) => wire.invoke(REQUEST_CHANNEL, name, parameters),
    subscribe: (listener) => {
      listeners.add(listener)
      // Subscribes anew for all listeners: the new one needs the whole state first, and to the others that is one more snapshot.
      say({ kind: 'subscribe', pageId })
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) say({ kind: 'unsubscribe', pageId })
      }
    },
  }
}
