// One request with a deadline and a bounded answer. Redirects are not followed: credentials go to the address that a person entered only.

import * as http from 'node:http'
import * as https from 'node:https'
import { asError } from '../../../../shared/errors'
import type { Clock } from '../time/clock'
import type { DrainSecrets } from '../../../../shared/model/drain'
import { connectionError, silenceError } from './destination'
import { masked } from './mask'

/** A destination that takes a batch answers within seconds. */
const ANSWER_MS = 30_000

/** The longest Retry-After that is honoured. */
const MAX_RETRY_AFTER_MS = 600_000

/** The way to HTTP destinations, as the rest of the product has it: proxies and certificate authorities. */
export interface HttpNetwork {
  /** The agent for a URL; undefined: Node's own will do. Rejects with `network` where proxies are set wrongly. */
  agentFor(url: string): Promise<http.Agent | undefined>
}

/** An answer. `text` is its beginning, at most `maxBytes`. Secrets of the drain are masked in `location`, and in `text` of a failure. */
export interface Answer {
  readonly status: number
  readonly text: string
  readonly isWhole: boolean
  readonly location: string
  readonly retryAfterMs: number | undefined
}

/** A request to a destination. */
export interface Post {
  readonly url: URL
  readonly method: 'POST' | 'GET' | 'HEAD'
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly maxBytes: number
}

/** The connections to one HTTP destination. */
export class HttpClient implements Disposable {
  readonly #network: HttpNetwork
  readonly #clock: Clock
  readonly #secrets: DrainSecrets
  readonly #plain = new http.Agent({ keepAlive: true, maxSockets: 2 })
  readonly #secure = new https.Agent({ keepAlive: true, maxSockets: 2 })

  constructor(options: { readonly network: HttpNetwork; readonly clock: Clock; readonly secrets: DrainSecrets }) {
    this.#network = options.network
    this.#clock = options.clock
    this.#secrets = options.secrets
  }

  /** Sends a request. Rejects with `network` and `timeout`, and with the signal's reason. */
  async send({ url, method, headers, body, maxBytes }: Post, signal: AbortSignal): Promise<Answer> {
    const isSecure = url.protocol === 'https:'
    const agent = (await this.#network.agentFor(url.href)) ?? (isSecure ? this.#secure : this.#plain)
    signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(url, {
        method,
        agent,
        headers: method === 'POST' ? { ...headers, 'content-length': body.length } : headers,
        // Certificates are checked even with NODE_TLS_REJECT_UNAUTHORIZED=0.
        rejectUnauthorized: true,
      })
      const cancel = this.#clock.after(ANSWER_MS, () => finish(silenceError(url.host, ANSWER_MS)))
      const onAbort = (): void => finish(new Error('aborted'))
      const finish = (result: Answer | Error): void => {
        cancel()
        signal.removeEventListener('abort', onAbort)
        if (result instanceof Error) {
          request.destroy()
          reject(signal.aborted ? asError(signal.reason) : connectionError(url.host, result))
        } else resolve(result)
      }
      signal.addEventListener('abort', onAbort)
      request.on('error', finish)
      request.on('response', (response) => {
        const chunks: Buffer[] = []
        let size = 0
        const end = (isWhole: boolean): void => {
          const { statusCode: status = 0, headers: found } = response
          const mask = (said: string): string => masked(said, this.#secrets, headers['authorization'])
          const said = Buffer.concat(chunks).toString('utf8', 0, maxBytes)
          const text = status >= 200 && status < 300 ? said : mask(said)
          const retryAfterMs = retryAfterOf(found['retry-after'], this.#clock.now())
          finish({ status, text, isWhole, location: mask(found.location ?? ''), retryAfterMs })
        }
        response.on('error', finish)
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size <= maxBytes) chunks.push(chunk)
          else {
            end(false)
            request.destroy()
          }
        })
        response.on('end', () => end(true))
        // The connection was lost within the answer: the status alone does not tell whether the batch was taken.
        response.on('close', () => finish(new Error('the answer was cut off')))
      })
      request.end(body)
    })
  }

  [Symbol.dispose](): void {
    this.#plain.destroy()
    this.#secure.destroy()
  }
}

/** Seconds or a date. Source: RFC 9110 10.2.3. */
function retryAfterOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined
  const ms = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1_000 : Date.parse(value) - now
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms))
}
