// The listener on 127.0.0.1 to which the browser brings the authorization code of a login. Used once.
//
//   GET /oauth/callback?code=CODE&state=STATE    the state of this login → a page, the code, and the end of the listener
//   GET /oauth/callback?error=…&state=STATE      the same, with a refusal
//   any other request                            404, 405 or 400; the listener stays open
//
// Any page in the person's browser can send requests here. The state, which only AWS's page and Culvert know, decides whether a request
// counts. Answers contain nothing from the request. Source: RFC 8252 §7.3 (loopback redirect), RFC 6749 §4.1.2, RFC 9700 §2.1.

import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deferred } from '../../../shared/deferred'
import { AppError } from '../../../shared/errors'
import { createBoundedServer } from '../../http/server'
import { excerpt } from '../errors/foreigntext'

const HOST = '127.0.0.1'
const PATH = '/oauth/callback'

/** The limit for a request to arrive; a browser sends its request at once. */
const REQUEST_MS = 10_000
const UNREAD_MS = 10_000
/** A browser opens a few connections in advance. */
const MAX_CONNECTIONS = 16

/** The redirect URI that a client is registered with. The port is added for each login, as RFC 8252 allows. */
export const REGISTERED_REDIRECT = `http://${HOST}${PATH}`

/** Codes of AWS have some hundred characters. */
const MAX_CODE = 8_192

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32em;padding:0 1em}h1{font-size:1.3em}'

const pages = {
  given: ['Back to Culvert', 'Culvert has received the login. You can close this page.'],
  refused: ['The login was not given', 'Culvert says why, and how to try again. You can close this page.'],
  unknown: ['Nothing to see here', 'This address takes the answer to a login of Culvert, and this was none.'],
} as const

/** An open listener. Disposing closes it; `code` is never settled after that. */
export interface Callback extends AsyncDisposable {
  /** The redirect URI with the port. */
  readonly redirectUri: string
  /** Resolves with the code; rejects with `access-denied` or `service` where AWS's page refused. */
  readonly code: Promise<string>
}

/** The headers of each page. The policy allows the style, by its hash, and nothing else. */
function headersOf(): Readonly<Record<string, string>> {
  const hash = createHash('sha256').update(STYLE).digest('base64')
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    // The address has the code in it.
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    connection: 'close',
  }
}

function answer(response: ServerResponse, status: number, page: keyof typeof pages): void {
  const [title, text] = pages[page]
  const html =
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark">` +
    `<title>${title}</title><style>${STYLE}</style><h1>${title}</h1><p>${text}</p></html>\n`
  response.writeHead(status, headersOf()).end(html)
}

/** Compares digests, which have one length, so that the duration says nothing about the texts. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function refusalOf(error: string, profile: string): AppError {
  if (error === 'access_denied') {
    return new AppError(
      'access-denied',
      `The login of the profile "${excerpt(profile)}" was refused in the browser: log in again and allow the access.`,
    )
  }
  return new AppError(
    'service',
    `The login page of the profile "${excerpt(profile)}" gave no login (${excerpt(error)}): log in again, or use a code (--device).`,
  )
}

/** Listens on a free port of 127.0.0.1 for the answer with `state`. Rejects as the system does if it cannot listen. */
export async function listenForCode(options: { readonly state: string; readonly profile: string }): Promise<Callback> {
  const { state, profile } = options
  const bounded = createBoundedServer({ requestMs: REQUEST_MS, maxConnections: MAX_CONNECTIONS, unreadMs: UNREAD_MS })
  const { server } = bounded
  const code = deferred<string>()
  // The login may end before the browser comes back: a rejection without a listener would end the process.
  code.promise.catch(() => undefined)
  let isOver = false

  const hear = (request: IncomingMessage, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? '', `http://${HOST}`)
    if (isOver || pathname !== PATH || request.headers.host !== authority) return answer(response, 404, 'unknown')
    if (request.method !== 'GET') return answer(response, 405, 'unknown')
    const given = searchParams.get('code')
    const error = searchParams.get('error')
    if (!isSame(searchParams.get('state') ?? '', state)) return answer(response, 400, 'unknown')
    if (error === null && (given === null || given === '' || given.length > MAX_CODE)) {
      return answer(response, 400, 'unknown')
    }
    isOver = true
    answer(response, 200, error === null ? 'given' : 'refused')
    if (error === null) code.resolve(given ?? '')
    else code.reject(refusalOf(error, profile))
    // Accepts no further connections. The answer above is still delivered.
    server.close()
  }
  server.on('request', (request, response) => {
    try {
      hear(request, response)
    } catch {
      // The path cannot be parsed as a URL.
      answer(response, 404, 'unknown')
    }
  })
  await bounded.listen({ host: HOST, port: 0 })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new AppError('internal', 'The listener has no port.')
  const authority = `${HOST}:${String(address.port)}`
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    if (server.listening) {
      const closed = once(server, 'close')
      server.close()
      bounded.destroySockets()
      await closed
    }
  }
  return {
    redirectUri: `http://${authority}${PATH}`,
    code: code.promise,
    [Symbol.asyncDispose]: () => {
      closing ??= close()
      return closing
    },
  }
}
