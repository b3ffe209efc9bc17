// Asks the two services of IAM Identity Center: OIDC (RegisterClient, StartDeviceAuthorization, CreateToken) and the portal
// (GetRoleCredentials). Plain JSON over HTTPS.
//
// The SDK's own providers turn every failure into one error with a text, so an overloaded service looks like an ended login. Here
// the status and the error code decide:
//
//   not reached, or an answer that is not AWS's      → network     (captive portals and proxies answer with a page or a redirect)
//   429, or the code of a throttled call             → throttled
//   5xx                                              → service
//   a refusal with a code of AWS                     → LoginRefusal, which sso.ts translates
//
// Owns one call with its attempts. Source: IAM Identity Center OIDC API reference, "CreateToken"; IAM Identity Center Portal API
// reference, "GetRoleCredentials".

import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import * as z from 'zod'
import { AppError } from '../../../shared/errors'
import { toAppError } from '../errors/errors'
import { excerpt } from '../errors/foreigntext'
import type { ErrorContext } from '../errors/sentences'

/** As many attempts as the SDK makes. */
const MAX_ATTEMPTS = 3

/** The longest pause before the second attempt; it doubles. The SDK's. */
const PAUSE_MS = 100

const THROTTLED = /^(TooManyRequests|SlowDown|Throttl|RequestLimitExceeded|slow_down)/

/** A refusal of AWS, with its code ("InvalidGrantException"). */
export class LoginRefusal extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number) {
    super(`${code} (status ${String(status)})`)
    this.name = 'LoginRefusal'
    this.code = code
    this.status = status
  }
}

/** One request. */
export interface LoginRequest {
  readonly method: 'GET' | 'POST'
  /** Without a query. */
  readonly url: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, string | readonly string[]>>
  /** Three unless said otherwise. One for a call that its caller repeats. */
  readonly maxAttempts?: number
}

/** The means of a call. */
export interface LoginCall {
  readonly handler: NodeHttpHandler
  /** The profile that the call is for, for errors. */
  readonly profile: string
  /** The IAM Identity Center's region. */
  readonly region: string
  readonly signal: AbortSignal
}

/** What was asked, and where. */
type LoginContext = Pick<ErrorContext, 'action' | 'region'>

const errorBody = z.object({
  __type: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
})

type HandlerRequest = Parameters<NodeHttpHandler['handle']>[0]

function handlerRequest({ method, url, query, headers, body }: LoginRequest): HandlerRequest {
  const { protocol, hostname, port, pathname } = new URL(url)
  const make = (): HandlerRequest => ({
    method,
    protocol,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: { ...query },
    headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
    clone: make,
  })
  return make()
}

/** The code of a refusal; undefined where the answer is not one of AWS's. */
function refusalCode(headers: Readonly<Record<string, string>>, json: unknown): string | undefined {
  const body = errorBody.safeParse(json)
  if (!body.success) return undefined
  const { __type: type, error } = body.data
  const code = headers['x-amzn-errortype'] ?? type ?? error
  // Both forms occur: "InvalidGrantException:http://…" and "com.amazon#InvalidGrantException".
  return code === undefined ? undefined : excerpt(code.replace(/:.*$/, '').replace(/^.*#/, ''), 128)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * The error of an answer that is no success and no refusal of AWS: `throttled`, `service`, or `network` where something on the way
 * answered (`code` is undefined then). Undefined for a refusal.
 */
export function hiccup(profile: string, status: number, code: string | undefined): AppError | undefined {
  const service = `The login service of the profile "${excerpt(profile)}"`
  const what = `status ${String(status)}${code === undefined ? '' : `, ${excerpt(code)}`}`
  if (status === 429 || THROTTLED.test(code ?? '')) {
    return new AppError('throttled', `${service} asked us to slow down (${what}): wait a moment and try again.`)
  }
  if (status >= 500) return new AppError('service', `${service} has a fault of its own (${what}): try again later.`)
  if (status >= 400 && code !== undefined) return undefined
  return new AppError(
    'network',
    `${service} did not answer; something on the way to it did (${what}): open a page in a browser to see whether ` +
      'this network wants a login, and check the proxy settings.',
  )
}

/** The error of a request that `error` ended before its answer was complete: `network`, `timeout`, `internal`. */
export async function unanswered(profile: string, context: LoginContext, error: unknown): Promise<AppError> {
  const source = { kind: 'profile', name: profile } as const
  // A host that is not found is a network at fault here. A region that does not exist would be final.
  const known = await toAppError(error, { ...context, source, isKnownHost: () => Promise.resolve(false) })
  // A connection that breaks within an answer has no code of its own.
  if (known.code !== 'service') return known
  const text = `The login service of the profile "${excerpt(profile)}" broke off its answer: check the network, VPN and proxy settings.`
  return new AppError('network', text, { cause: error })
}

async function askOnce(call: LoginCall, request: LoginRequest): Promise<unknown> {
  const { handler, profile, region, signal } = call
  const context = { action: new URL(request.url).pathname, region }
  let answer: Awaited<ReturnType<NodeHttpHandler['handle']>>['response']
  let body: string
  try {
    answer = (await handler.handle(handlerRequest(request), { abortSignal: signal })).response
    body = await textOf(answer.body)
  } catch (error) {
    signal.throwIfAborted()
    throw await unanswered(profile, context, error)
  }
  const { statusCode: status, headers } = answer
  // Only a proxy answers 407.
  if (status === 407) throw await unanswered(profile, context, { $metadata: { httpStatusCode: status } })
  const json = parsed(body)
  const isObject = typeof json === 'object' && json !== null
  if (status === 200 && isObject) return json
  const code = isObject ? refusalCode(headers, json) : undefined
  throw hiccup(profile, status, code) ?? new LoginRefusal(code ?? '', status)
}

/** The body's text. The SDK's types do not say that it is a stream of Node's. */
async function textOf(body: unknown): Promise<string> {
  return body instanceof Readable ? text(body) : ''
}

function isPassing(error: unknown): boolean {
  return error instanceof AppError && ['network', 'throttled', 'service', 'timeout'].includes(error.code)
}

/**
 * The JSON of the answer. A failure that may pass is tried again, three times in all. Throws `LoginRefusal` for a refusal of AWS, `throttled`,
 * `service`, `network` or `timeout` for all else, or the signal's reason.
 */
export async function askLoginService(call: LoginCall, request: LoginRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await askOnce(call, request)
    } catch (error) {
      if (attempt >= (request.maxAttempts ?? MAX_ATTEMPTS) || !isPassing(error)) throw error
      await sleep(Math.random() * PAUSE_MS * 2 ** (attempt - 1), undefined, { signal: call.signal }).catch(
        () => undefined,
      )
      call.signal.throwIfAborted()
    }
  }
}
