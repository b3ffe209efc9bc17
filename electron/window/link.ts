// One window's end of its Link, in the main process: requests to the core, events to the page, as shared/api.ts has them.
//
//   subscribed --more unread than allowed--> behind --everything read--> subscribed anew, the whole state first
//
// Electron queues what is sent to a page without any limit and tells nothing about it. So the page says what it has taken,
// and one that takes nothing is told nothing until it does. Owns the subscription of the page that was loaded last. Who may
// ask is decided before (address.ts).

import * as z from 'zod'
import type { Bridge, EventMessage } from '../../shared/api'
import { AppError, toWireError } from '../../shared/errors'
import type { Core } from '../core/core'
import type { EventEnvelope, SubscriptionMessage } from './channels'

/** As much as the web door lets a slow page have unread. In characters, nearly all of which are bytes. */
const MAX_UNREAD = 16 * 1_024 * 1_024

/** Requests under way at once. A page has one for each terminal that takes nothing, and a handful more. */
const MAX_PENDING = 256

const pageId = z.string().min(1).max(100)

const subscriptionMessage: z.ZodType<SubscriptionMessage> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('subscribe'), pageId }),
  z.strictObject({ kind: z.literal('unsubscribe'), pageId }),
  z.strictObject({ kind: z.literal('taken'), pageId, sequence: z.number().int().nonnegative() }),
])

/** What the link needs of a window. */
export interface WindowPage {
  /** Whether nothing can be sent to it any more: destroyed, or its process has gone. */
  isGone(): boolean
  send(envelope: EventEnvelope): void
}

/** What an answer to a request is made of. */
export type BridgeAnswer = Awaited<ReturnType<Bridge['request']>>

interface Subscription {
  readonly pageId: string
  sequence: number
  /** Sent and not taken yet, oldest first. */
  readonly unread: { readonly sequence: number; readonly size: number }[]
  unreadSize: number
  isBehind: boolean
  unsubscribe: () => void
}

/** Serves one window until it is disposed of. */
export class WindowLink implements Disposable {
  readonly #core: Pick<Core, 'handle' | 'subscribe'>
  readonly #page: WindowPage
  #subscription: Subscription | undefined
  #pending = 0

  constructor(core: Pick<Core, 'handle' | 'subscribe'>, page: WindowPage) {
    this.#core = core
    this.#page = page
  }

  /** Asks the core. Never rejects: what goes wrong is the answer. */
  async request(name: unknown, parameters: unknown): Promise<BridgeAnswer> {
    try {
      if (typeof name !== 'string') throw new AppError('usage', 'A request has a name. Reload the window.')
      if (this.#pending >= MAX_PENDING) {
        throw new AppError('internal', 'The window asks for too much at once. Reload it.')
      }
      this.#pending += 1
      try {
        return { ok: true, value: await this.#core.handle(name, parameters) }
      } finally {
        this.#pending -= 1
      }
    } catch (error) {
      return { ok: false, error: toWireError(error) }
    }
  }

  /** Takes a `SubscriptionMessage`. What is none, or is meant for another page than the last one, changes nothing. */
  hear(message: unknown): void {
    const parsed = subscriptionMessage.safeParse(message)
    if (!parsed.success) return
    const said = parsed.data
    if (said.kind === 'subscribe') this.#subscribe(said.pageId)
    else if (said.pageId !== this.#subscription?.pageId) return
    else if (said.kind === 'unsubscribe') this.#drop()
    else this.#taken(said.sequence)
  }

  [Symbol.dispose](): void {
    this.#drop()
  }

  /** A page that was reloaded has another id: the earlier page's subscription ends here. */
  #subscribe(page: string): void {
    this.#drop()
    const subscription: Subscription = {
      pageId: page,
      sequence: 0,
      unread: [],
      unreadSize: 0,
      isBehind: false,
      unsubscribe: () => undefined,
    }
    this.#subscription = subscription
    this.#listen(subscription)
  }

  #listen(subscription: Subscription): void {
    subscription.isBehind = false
    const unsubscribe = this.#core.subscribe((event, value) => this.#send(subscription, { event, value }))
    // The first event comes before there is anything to unsubscribe.
    if (subscription.isBehind || this.#subscription !== subscription) unsubscribe()
    else subscription.unsubscribe = unsubscribe
  }

  #drop(): void {
    this.#subscription?.unsubscribe()
    this.#subscription = undefined
  }

  #send(subscription: Subscription, message: EventMessage): void {
    if (subscription.isBehind || this.#subscription !== subscription) return
    if (this.#page.isGone()) {
      this.#drop()
      return
    }
    const text = JSON.stringify(message)
    subscription.sequence += 1
    subscription.unread.push({ sequence: subscription.sequence, size: text.length })
    subscription.unreadSize += text.length
    this.#page.send({ pageId: subscription.pageId, sequence: subscription.sequence, text })
    if (subscription.unreadSize <= MAX_UNREAD) return
    subscription.isBehind = true
    subscription.unsubscribe()
  }

  #taken(sequence: number): void {
    const subscription = this.#subscription
    if (subscription === undefined) return
    const { unread } = subscription
    for (let first = unread[0]; first !== undefined && first.sequence <= sequence; first = unread[0]) {
      subscription.unreadSize -= first.size
      unread.shift()
    }
    if (subscription.isBehind && unread.length === 0) this.#listen(subscription)
  }
}
