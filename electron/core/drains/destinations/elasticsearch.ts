// The destination of Elasticsearch and OpenSearch: `_bulk` with one `create` for each record.
//
//   {"create":{"_index":"culvert-2026.11.29","_id":"SESSION-SEQUENCE"}}
//   {"@timestamp":"…","sequence":1,…}
//
// A record that is there already is answered with 409, which counts as delivered: a repeat makes no second document. Each item has a
// status of its own. Data streams take `create` only and find their day by the time. Source: Elasticsearch reference, "Bulk API".

import * as z from 'zod'
import { DAY } from '../../../../shared/drainrules'
import { AppError, asAppError } from '../../../../shared/errors'
import type { DrainRecord, DrainSecrets } from '../../../../shared/model/drain'
import type { Clock } from '../time/clock'
import { ARRIVED, quoteOf, type Destination, type Sent } from './destination'
import { RecordEncoder } from './json'
import { HttpClient, type Answer, type HttpNetwork } from './post'
import { sentOf, statusError } from './status'

/** The most of an answer that is read. An answer has some 200 bytes for each record. */
const MAX_ANSWER_BYTES = 4 * 1_048_576

const ITEM_REFUSED = [400, 413, 422]

const item = z.object({
  status: z.number(),
  error: z.object({ type: z.string().optional(), reason: z.string().nullish() }).optional(),
})

const answerSchema = z.object({ items: z.array(z.record(z.string(), item)).max(10_000).optional() })

/** What the destination needs. */
export interface ElasticsearchOptions {
  readonly url: string
  readonly index: string
  readonly isDataStream: boolean
  /** Whether the drain takes raw records. Raw and stripped records count separate sequences, so their document ids must differ too. */
  readonly isRaw: boolean
  readonly user?: string
  readonly auth: 'none' | 'basic' | 'api-key'
  readonly secrets: DrainSecrets
  readonly network: HttpNetwork
  readonly clock: Clock
}

/** The destination. */
export class ElasticsearchDestination implements Destination {
  readonly #options: ElasticsearchOptions
  readonly #base: URL
  readonly #client: HttpClient

  constructor(options: ElasticsearchOptions) {
    this.#options = options
    this.#base = new URL(options.url.endsWith('/') ? options.url : `${options.url}/`)
    this.#client = new HttpClient(options)
  }

  async send(records: readonly DrainRecord[], batchId: string, signal: AbortSignal): Promise<Sent> {
    if (records.length === 0) return ARRIVED
    const url = new URL('_bulk?filter_path=items.*.status,items.*.error.type,items.*.error.reason', this.#base)
    const headers = { ...this.#headers, 'content-type': 'application/x-ndjson' }
    const body = Buffer.from(bulkBody(records, this.#options))
    try {
      const post = { url, method: 'POST', headers, body, maxBytes: MAX_ANSWER_BYTES } as const
      const answer = await this.#client.send(post, signal)
      if (answer.status >= 200 && answer.status < 300) return this.#items(answer, records)
      const sent = sentOf(this.#base.host, answer, records)
      if (sent !== 'split') return sent
      const middle = Math.ceil(records.length / 2)
      const first = await this.send(records.slice(0, middle), batchId, signal)
      const second = await this.send(records.slice(middle), batchId, signal)
      return { ...first, ...second, refused: first.refused + second.refused, again: [...first.again, ...second.again] }
    } catch (error) {
      return { refused: 0, again: records, error: asAppError(error) }
    }
  }

  async reach(signal: AbortSignal): Promise<void> {
    const empty = { method: 'GET', headers: this.#headers, body: Buffer.alloc(0), maxBytes: 65_536 } as const
    const answer = await this.#client.send({ url: this.#base, ...empty }, signal)
    // Elasticsearch answers 403 here to a key that may only write.
    const isReached = answer.status < 500 && ![401, 407, 429].includes(answer.status)
    if (!isReached) throw statusError(this.#base.host, answer)
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]()
    return Promise.resolve()
  }

  get #headers(): Readonly<Record<string, string>> {
    const { auth, user = '', secrets } = this.#options
    const { password = '', apiKey = '' } = secrets
    const basic = Buffer.from(`${user}:${password}`).toString('base64')
    return {
      'user-agent': 'culvert',
      ...(auth === 'basic' ? { authorization: `Basic ${basic}` } : {}),
      ...(auth === 'api-key' ? { authorization: `ApiKey ${apiKey}` } : {}),
    }
  }

  #items(answer: Answer, records: readonly DrainRecord[]): Sent {
    const { host } = this.#base
    const statuses = statusesOf(answer)
    if (statuses === undefined || statuses.length !== records.length) {
      const what = answer.isWhole ? 'that is none of the Bulk API' : 'that is too long'
      const text = `${host} gives an answer ${what}: check that the address is that of Elasticsearch or OpenSearch.`
      return { refused: 0, again: records, error: new AppError('service', text) }
    }
    const again: DrainRecord[] = []
    let refused = 0
    let error: AppError | undefined
    for (const [index, record] of records.entries()) {
      const { status = 0, reason = '' } = statuses[index] ?? {}
      if ((status >= 200 && status < 300) || status === 409) continue
      if (ITEM_REFUSED.includes(status)) refused += 1
      else again.push(record)
      // An error that holds records back goes before one that sets them aside: a person has to act on it.
      if (error === undefined || (again.length === 1 && again[0] === record)) error = itemError(host, status, reason)
    }
    return { refused, again, ...(error === undefined ? {} : { error }) }
  }
}

/** The body of a `_bulk` request. */
function bulkBody(
  records: readonly DrainRecord[],
  options: Pick<ElasticsearchOptions, 'index' | 'isDataStream' | 'isRaw'>,
): string {
  const encoder = new RecordEncoder('@timestamp')
  const form = options.isRaw ? 'raw-' : ''
  let body = ''
  for (const record of records) {
    const day = encoder.time(record).slice(0, 10).replaceAll('-', '.')
    const index = options.isDataStream ? options.index : options.index.replaceAll(DAY, day)
    const create = { create: { _index: index, _id: `${record.sessionId}-${form}${record.sequence}` } }
    body += `${JSON.stringify(create)}\n${encoder.encode(record)}\n`
  }
  return body
}

function statusesOf({ text, isWhole }: Answer): readonly { status: number; reason: string }[] | undefined {
  if (!isWhole) return undefined
  try {
    const { items } = answerSchema.parse(JSON.parse(text))
    return items?.map((each) => {
      const { status, error } = Object.values(each)[0] ?? { status: 0 }
      return {
        status,
        reason: [error?.type, error?.reason].filter((part) => part !== undefined && part !== null).join(': '),
      }
    })
  } catch {
    return undefined
  }
}

function itemError(host: string, status: number, reason: string): AppError {
  const said = quoteOf(reason)
  if (status === 429)
    return new AppError('throttled', `${host} asks to slow down (429): nothing to do, it is tried again.${said}`)
  if (ITEM_REFUSED.includes(status)) {
    const next = 'Such records are set aside and counted: correct the mapping of the index.'
    return new AppError('service', `${host} refuses a record (${status}). ${next}${said}`)
  }
  if (status === 401 || status === 403) {
    const next = 'give these credentials the right to create documents in it, or free its disk.'
    return new AppError('access-denied', `${host} does not let documents into the index (${status}): ${next}${said}`)
  }
  if (status === 404)
    return new AppError('service', `${host} has no such index (404): create it, or correct its name.${said}`)
  return new AppError('service', `${host} answers ${status} for a record: check the service; it is tried again.${said}`)
}
