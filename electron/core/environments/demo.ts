// The outages that a person can try in the Demo. They are ordered from the Demo's process over its port, and shown while they last.
//
//   cut       every connection of the Demo is reset; the outage is over at once
//   network   every connection is reset, and no new one works for a minute or until `recover`
//   keys      the Demo's keys expire and every connection is reset, until `recover` fetches new keys
//
// Owns the present keys of the Demo's account and the timer of an outage. Calls `wake` at the end of an outage, so that waiting
// sessions try again.

import { Agent, request } from 'node:http'
import * as z from 'zod'
import { AppError, asError } from '../../../shared/errors'
import type { DemoOutage, OutageKind } from '../../../shared/model/environment'
import type { DemoProcess } from './open'

const NETWORK_OUTAGE_MS = 60_000
/** The Demo answers an order at once; a later answer counts as a failure. */
const ORDER_MS = 5_000
const MAX_ANSWER_BYTES = 10_000
const ORDERS_PATH = '/_admin/faults'

type Keys = DemoProcess['credentials']

const rotation = z.object({
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() }),
})

/** What the controls need. */
export interface DemoControlsOptions {
  readonly demo: Pick<DemoProcess, 'endpointUrl' | 'credentials' | 'hasRealShells'>
  /** Makes everything that waits in the Demo's environment try again now. */
  readonly wake: () => void
  readonly now?: () => number
  /** The length of a network outage, ms. */
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

  /** The newest keys of the Demo. */
  get keys(): Keys {
    return this.#keys
  }

  /** Whether shells of the Demo are real shells of this computer. */
  get hasRealShells(): boolean {
    return this.#options.demo.hasRealShells ?? true
  }

  /** The present outage; undefined without one. */
  get outage(): DemoOutage | undefined {
    return this.#outage
  }

  /** Calls `listener` after each change of `outage`; returns the unsubscribe. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Begins an outage. Rejects with `usage` during another one, and with `simulator-failed`. */
  async begin(kind: OutageKind): Promise<void> {
    if (this.#outage !== undefined || this.#isBusy) {
      const next = this.#outage?.kind === 'keys' ? 'Log in to the Demo first' : 'Wait for its end, or end it'
      throw new AppError('usage', `Another outage of the Demo is still on. ${next}.`)
    }
    await this.#alone(() => this.#begin(kind))
  }

  /** Ends the present outage, if there is one: the network comes back, or new keys are fetched. Rejects with `simulator-failed`. */
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
        // Keys are checked only when a connection is made.
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

  /** Runs one order at a time: after two rotations at once the kept keys could be those of the first, which are not valid any more. */
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

  /** Sends one order to the Demo's process and resolves with the answer. */
  async #order(order: Readonly<Record<string, string | number>>): Promise<unknown> {
    const { endpointUrl, credentials } = this.#options.demo
    const body = JSON.stringify(order)
    const { status, text } = await post(new URL(ORDERS_PATH, endpointUrl), {
      body,
      // The secret of the Demo's start. New keys do not change it.
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
    // An agent of its own: it uses no proxy and keeps no connection open.
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
