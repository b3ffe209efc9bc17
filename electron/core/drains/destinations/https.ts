// The HTTPS destination: JSON lines in one POST for each batch.
//
//   POST PATH                          Content-Type: application/x-ndjson
//   X-Culvert-Batch: ID                the same for the same records, so that a repeat can be recognized
//   X-Culvert-Timestamp: SECONDS       X-Culvert-Signature: sha256=HEX    where the drain has a key: HMAC-SHA256 of "SECONDS.BODY"

import { createHmac } from 'node:crypto'
import type { DrainRecord, DrainSecrets } from '../../../../shared/model/drain'
import type { Clock } from '../time/clock'
import { asAppError } from '../../../../shared/errors'
import { ARRIVED, type Destination, type Sent } from './destination'
import { jsonLines } from './json'
import { HttpClient, type HttpNetwork } from './post'
import { sentOf, statusError } from './status'

/** The most of an answer that is read: an error quotes its beginning. */
const MAX_ANSWER_BYTES = 65_536

/** What the destination needs. */
export interface HttpsOptions {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly secrets: DrainSecrets
  readonly network: HttpNetwork
  readonly clock: Clock
}

/** The destination. */
export class HttpsDestination implements Destination {
  readonly #options: HttpsOptions
  readonly #url: URL
  readonly #client: HttpClient
  /** The batch that was sent last, and what became of it and of its halves, by their ids. */
  #batchId: string | undefined
  readonly #pieces = new Map<string, 'done' | 'split'>()

  constructor(options: HttpsOptions) {
    this.#options = options
    this.#url = new URL(options.url)
    this.#client = new HttpClient(options)
  }

  send(records: readonly DrainRecord[], batchId: string, signal: AbortSignal): Promise<Sent> {
    if (this.#batchId !== batchId) {
      this.#batchId = batchId
      this.#pieces.clear()
    }
    return this.#send(records, batchId, signal)
  }

  async #send(records: readonly DrainRecord[], batchId: string, signal: AbortSignal): Promise<Sent> {
    const known = this.#pieces.get(batchId)
    if (known === 'done') return ARRIVED
    if (known === 'split') return this.#halves(records, batchId, signal)
    const body = Buffer.from(jsonLines(records))
    try {
      const answer = await this.#client.send(
        { url: this.#url, method: 'POST', headers: this.#headers(batchId, body), body, maxBytes: MAX_ANSWER_BYTES },
        signal,
      )
      const isTaken = answer.status >= 200 && answer.status < 300
      const sent = isTaken ? ARRIVED : sentOf(this.#url.host, answer, records)
      if (sent === 'split') this.#pieces.set(batchId, 'split')
      else if (sent.again.length === 0) this.#pieces.set(batchId, 'done')
      return sent === 'split' ? await this.#halves(records, batchId, signal) : sent
    } catch (error) {
      return { refused: 0, again: records, error: asAppError(error) }
    }
  }

  async reach(signal: AbortSignal): Promise<void> {
    const headers = this.#headers('', Buffer.alloc(0))
    const empty = {
      url: this.#url,
      method: 'HEAD',
      headers,
      body: Buffer.alloc(0),
      maxBytes: MAX_ANSWER_BYTES,
    } as const
    const answer = await this.#client.send(empty, signal)
    // Services that know only POST answer 404, 405 or 501 here and count as reached.
    const isReached = ![401, 403, 407, 429].includes(answer.status) && (answer.status < 500 || answer.status === 501)
    if (!isReached) throw statusError(this.#url.host, answer)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
    return Promise.resolve()
  }

  /** Where one half has to go again, the batch goes again: each piece keeps its id, and those that are done are left out. */
  async #halves(records: readonly DrainRecord[], batchId: string, signal: AbortSignal): Promise<Sent> {
    const middle = Math.ceil(records.length / 2)
    const first = await this.#send(records.slice(0, middle), `${batchId}.0`, signal)
    const second = await this.#send(records.slice(middle), `${batchId}.1`, signal)
    const isDone = first.again.length + second.again.length === 0
    return { ...first, ...second, refused: first.refused + second.refused, again: isDone ? [] : records }
  }

  #headers(batchId: string, body: Buffer): Readonly<Record<string, string>> {
    const { headers = {}, secrets, clock } = this.#options
    const seconds = String(Math.floor(clock.now() / 1_000))
    const { hmacKey = '', authorization = '' } = secrets
    const signature = (): string => createHmac('sha256', hmacKey).update(`${seconds}.`).update(body).digest('hex')
    return {
      'user-agent': 'culvert',
      ...headers,
      'content-type': 'application/x-ndjson',
      ...(batchId === '' ? {} : { 'x-culvert-batch': batchId }),
      ...(authorization === '' ? {} : { authorization }),
      ...(hmacKey === '' ? {} : { 'x-culvert-timestamp': seconds, 'x-culvert-signature': `sha256=${signature()}` }),
    }
  }
}
