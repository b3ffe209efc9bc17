// One window's end of its Link, in the main process: requests to the core, events to the page, as shared/api.ts has them.
//
// Electron queues messages to a page without a limit and without telling. So the page confirms each message (bridge.ts). Owns the feed of
// the page that was loaded last. The sender is checked before (address.ts).

import * as z from 'zod'
import type { Bridge } from '../../shared/api'
import { AppError, toWireError } from '../../shared/errors'
import type { Client, Core } from '../core/coreparts'
import type { EventEnvelope, SubscriptionMessage } from './channels'
import { Feed } from '../page/feed'

/** Requests under way at once. A page has one for each terminal whose shell takes no input, and a few more. */
const MAX_PENDING = 256

const pageId = z.string().min(1).max(100)

const subscriptionMessage: z.ZodType<SubscriptionMessage> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('subscribe'), pageId }),
  z.strictObject({ kind: z.literal('unsubscribe'), pageId }),
  z.strictObject({ kind: z.literal('taken'), pageId, sequence: z.number().int().nonnegative() }),
])

/** The part of a window that the link uses. */
export interface WindowPage {
  /** Whether the window is destroyed or its process is gone: nothing can be sent then. */
  isGone(): boolean
  send(envelope: EventEnvelope): void
}

/** The answer to a request. */
export type BridgeAnswer = Awaited<ReturnType<Bridge['request']>>

interface Subscription {
  readonly pageId: string
  readonly feed: Feed
}

/** Serves one window until it is disposed of. */
export class WindowLink implements Disposable {
  readonly #core: Pick<Core, 'connect'>
  readonly #page: WindowPage
  /** Of the page that was loaded last. The client of an earlier page is disposed of, which releases its terminals. */
  #client: Client & Disposable
  #subscription: Subscription | undefined
  #pending = 0

  constructor(core: Pick<Core, 'connect'>, page: WindowPage) {
    this.#core = core
    this.#page = page
    this.#client = core.connect()
  }

  /** Asks the core. Never rejects: an error is part of the answer. */
  async request(name: unknown, parameters: unknown): Promise<BridgeAnswer> {
    try {
      if (typeof name !== 'string') throw new AppError('usage', 'A request has a name. Reload the window.')
      if (this.#pending >= MAX_PENDING) {
        throw new AppError('internal', 'The window asks for too much at once. Reload it.')
      }
      this.#pending += 1
      try {
        return { ok: true, value: await this.#client.handle(name, parameters) }
      } finally {
        this.#pending -= 1
      }
    } catch (error) {
      return { ok: false, error: toWireError(error) }
    }
  }

  /** Takes a `SubscriptionMessage`. Malformed messages and those of an earlier page are ignored. */
  hear(message: unknown): void {
    const parsed = subscriptionMessage.safeParse(message)
    if (!parsed.success) return
    const said = parsed.data
    if (said.kind === 'subscribe') this.#subscribe(said.pageId)
    else if (said.pageId !== this.#subscription?.pageId) return
    else if (said.kind === 'unsubscribe') this.#drop()
    else this.#subscription.feed.taken(said.sequence)
  }

  [Symbol.dispose](): void {
    this.#drop()
    this.#client[Symbol.dispose]()
  }

  /** A page that was reloaded has another id: the earlier page's subscription ends here. */
  #subscribe(page: string): void {
    this.#drop()
    this.#client[Symbol.dispose]()
    this.#client = this.#core.connect()
    const feed = new Feed(this.#client, (message, sequence) => this.#send({ pageId: page, sequence, message }))
    this.#subscription = { pageId: page, feed }
    feed.follow()
  }

  #drop(): void {
    this.#subscription?.feed[Symbol.dispose]()
    this.#subscription = undefined
  }

  #send(envelope: EventEnvelope): void {
    if (this.#page.isGone()) this.#drop()
    else this.#page.send(envelope)
  }
}
