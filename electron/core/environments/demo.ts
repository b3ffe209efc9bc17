// The outages of the Demo that a person can try: ordered of the Demo's process over its own port, and told while they last.
//
//   cut       every connection of the Demo is reset; nothing lasts
//   network   as above, and nothing gets through for a minute, or until `recover`
//   keys      the Demo's keys expire and every connection is reset; `recover` logs in: new keys
//
// Owns the keys that the Demo's account works with, and the timer of an outage. Does not own what waits for its end: `wake`.

import { Agent, request } from 'node:http'
import * as z from 'zod'
import { AppError, asError } from '../../../shared/errors'
import type { DemoOutage, OutageKind } from '../../../shared/model/environment'
import type { DemoProcess } from './open'

const NETWORK_OUTAGE_MS = 60_000
/** An order is carried out at once. */
const ORDER_MS = 5_000
const MAX_ANSWER_BYTES = 10_000
const ORDERS_PATH = '/_admin/faults'

type Keys = DemoProcess['credentials']

const rotation = z.object({
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() }),
})

/** What controls need. */
export interface DemoControlsOptions {
  readonly demo: Pick<DemoProcess, 'endpointUrl' | 'credentials' | 'hasRealShells'>
  /** Makes what waits try at once. */
  readonly wake: () => void
  readonly now?: () => number
  /** How long the network is away, ms. */
  readonly networkOutageMs?: number
}

/** The controls of one Demo process. Dispose them with it. */
export class DemoControls implements Disposable {
  readonly #options: DemoControlsOptions
  readonly #listeners = new Set<() => void>()
  #keys: Keys
  #outage: DemoOutage | undefined
  #timer: NodeJS.Timeout | undefined
  #isBusy = false

  constructor(options: DemoControlsOptions) {
    this.#options = options
    this.#keys = options.demo.credentials
  }

  /** The keys that were given out last. */
  get keys(): Keys {
    return this.#keys
  }

  /** Whether shells of the Demo are shells of this computer. */
  get hasRealShells(): boolean {
    return this.#options.demo.hasRealShells ?? true
  }

  /** What lasts now. */
  get outage(): DemoOutage | undefined {
    return this.#outage
  }

  /** Calls `listener` after each change of `outage`; returns the unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins an outage. Rejects with `usage` while another one lasts, and with `simulator-failed`. */
  async begin(kind: OutageKind): Promise<void> {
    if (this.#outage !== undefined || this.#isBusy) {
      const next = this.#outage?.kind === 'keys' ? 'Log in to the Demo first' : 'Wait for its end, or end it'
      throw new AppError('usage', `Another outage of the Demo is still on. ${next}.`)
    }
    await this.#alone(() => this.#begin(kind))
  }

  /** Ends what lasts: the network is back, or new keys are there. Nothing happens without an outage. Rejects with `simulator-failed`. */
  async recover(): Promise<void> {
    if (this.#outage === undefined || this.#isBusy) return
    const { kind } = this.#outage
    await this.#alone(async () => {
      if (kind === 'network') await this.#order({ kind: 'clear' })
      else this.#keys = rotation.parse(await this.#order({ kind: 'rotate-credentials' })).credentials
      this.#over()
    })
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#listeners.clear()
  }

  async #begin(kind: OutageKind): Promise<void> {
    const { now = Date.now, networkOutageMs: forMs = NETWORK_OUTAGE_MS } = this.#options
    switch (kind) {
      case 'cut':
        await this.#order({ kind: 'cut', session: 'all', how: 'rst' })
        return
      case 'network':
        await this.#order({ kind: 'dark', forMs })
        this.#timer = setTimeout(() => this.#over(), forMs)
        this.#tell({ kind, endsAt: now() + forMs })
        return
      case 'keys':
        await this.#order({ kind: 'expire-credentials' })
        // Keys are only looked at when a connection is made.
        await this.#order({ kind: 'cut', session: 'all', how: 'rst' })
        this.#tell({ kind, sinceAt: now() })
    }
  }

  #over(): void {
    clearTimeout(this.#timer)
    this.#tell(undefined)
    this.#options.wake()
  }

  #tell(outage: DemoOutage | undefined): void {
    this.#outage = outage
    for (const listener of this.#listeners) listener()
  }

  /** One order after the other: two at once could leave keys behind that nobody has. */
  async #alone(act: () => Promise<void>): Promise<void> {
    this.#isBusy = true
    try {
      await act()
    } catch (error) {
      if (error instanceof AppError) throw error
      const why = asError(error).message
      throw new AppError('simulator-failed', `The Demo did not take the order (${why}). Try again.`, { cause: error })
    } finally {
      this.#isBusy = false
    }
  }

  /** Sends one order to the Demo's process; resolves with what it answers. */
  async #order(order: Readonly<Record<string, string | number>>): Promise<unknown> {
    const { endpointUrl, credentials } = this.#options.demo
    const body = JSON.stringify(order)
    const { status, text } = await post(new URL(ORDERS_PATH, endpointUrl), {
      body,
      // The secret of the Demo's start; new keys do not change it.
      headers: { 'x-culvert-secret': credentials.secretAccessKey },
    })
    if (status !== 200) throw new Error(`it answered ${status}`)
    return JSON.parse(text)
  }
}

function post(
  url: URL,
  { body, headers }: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    // An agent of its own: nothing of a proxy, and no connection that stays.
    const agent = new Agent({ keepAlive: false })
    const signal = AbortSignal.timeout(ORDER_MS)
    const sent = request(url, { method: 'POST', agent, signal, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
        if (text.length > MAX_ANSWER_BYTES) response.destroy(new Error('it answered too much'))
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
