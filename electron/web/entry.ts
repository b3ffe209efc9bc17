// Lets a browser in that Culvert opens itself: with a code for one use within 30 s, which our page at /open exchanges for the token.
//
//   GET  /open        a page that takes the code out of the fragment of its address and posts it
//   POST /open        {"code": …} → {"token": …}, once; 403 for any other code, and from any other page
//
// So the token is in no program argument and in no file. The code is (opener.ts), and is worthless after its use. Owns the code.

import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { contentSecurityPolicy, isOwnOrigin, isToken } from '../page/policy'

/** The path of both. */
export const ENTRY_PATH = '/open'

/** Long enough for a browser that starts cold to send its first request. */
export const CODE_LIFE_MS = 30_000

const MAX_BODY_BYTES = 1_024

const exchange = z.strictObject({ code: z.string() })

/** The current code; at most one is valid. */
export class EntryCode {
  readonly #now: () => number
  #code: { readonly text: string; readonly untilAt: number; readonly used: () => void } | undefined

  constructor(now: () => number) {
    this.#now = now
  }

  /** Makes a code and invalidates the earlier one. `used` is called when the code is used, and must not throw. */
  issue(used: () => void): string {
    const text = randomBytes(32).toString('base64url')
    this.#code = { text, untilAt: this.#now() + CODE_LIFE_MS, used }
    return text
  }

  /** Whether `given` is the valid code. If it is, it is used up. */
  redeem(given: unknown): boolean {
    const code = this.#code
    if (code === undefined || this.#now() >= code.untilAt || !isToken(given, code.text)) return false
    this.#code = undefined
    code.used()
    return true
  }
}

const SCRIPT = `
const code = location.hash.slice(1)
history.replaceState(null, '', location.pathname)
const say = () => {
  document.querySelector('p').textContent =
    'This link was used already, or is older than 30 seconds. Open the address that Culvert has printed in its terminal.'
}
fetch(location.pathname, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ code }),
}).then(async (answer) => {
  if (!answer.ok) throw new Error(String(answer.status))
  const { token } = await answer.json()
  location.replace('/#' + token)
}).catch(say)
`

function pageOf(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Culvert</title>
<style nonce="${nonce}">:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif } main { max-width: 34rem; margin: 20vh auto; padding: 0 1rem } h1 { font-size: 20px }</style>
</head>
<body>
<main>
<h1>Culvert</h1>
<p role="status">Opening.</p>
</main>
<noscript>Culvert needs JavaScript in this browser.</noscript>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`
}

const COMMON = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** The parameters of `answerEntry`. */
export interface EntryOptions {
  readonly code: EntryCode
  readonly token: string
  readonly port: number
}

/** Answers a request for `ENTRY_PATH`, whose Host was checked. Never throws. */
export function answerEntry(request: IncomingMessage, response: ServerResponse, options: EntryOptions): void {
  if (request.method === 'GET') sendPage(response)
  // Never rejects: a request that is cut off needs no answer.
  else if (request.method === 'POST') void exchangeCode(request, response, options)
  else refuse(response, 405)
}

function sendPage(response: ServerResponse): void {
  const nonce = randomBytes(16).toString('base64')
  response
    .writeHead(200, {
      ...COMMON,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy(nonce, ["'self'"]),
    })
    .end(pageOf(nonce))
}

async function exchangeCode(request: IncomingMessage, response: ServerResponse, options: EntryOptions): Promise<void> {
  const { code, token, port } = options
  const body = isOwnOrigin(request.headers.origin, port) ? await readBody(request).catch(() => undefined) : undefined
  if (body === undefined || !code.redeem(parse(body))) {
    refuse(response, 403)
    return
  }
  response.writeHead(200, { ...COMMON, 'content-type': 'application/json' }).end(JSON.stringify({ token }))
}

/** The body as text; undefined where it is longer than any request of ours. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  let text = ''
  for await (const piece of request.setEncoding('utf8')) {
    text += String(piece)
    if (text.length > MAX_BODY_BYTES) return undefined
  }
  return text
}

function parse(body: string): unknown {
  try {
    return exchange.parse(JSON.parse(body)).code
  } catch {
    return undefined
  }
}

function refuse(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { 'content-length': 0, connection: 'close' }).end()
}
