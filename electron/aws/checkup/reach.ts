// One connection to a service, over the same proxy and with the same authorities as every call: opened, asked once, closed.
//
// The request carries no credentials and asks for nothing: any answer shows that the way works, and its Date header tells AWS's
// time. Where the certificate is not trusted, a second connection reads who issued it; nothing that it says is used.

import * as http from 'node:http'
import * as https from 'node:https'
import { TLSSocket } from 'node:tls'
import { deferred } from '../../../shared/deferred'
import { asError } from '../../../shared/errors'
import type { Reaching } from '../../../shared/examination'
import { nodeCode } from '../errors/errors'
import { excerpt } from '../errors/foreigntext'
import type { Network } from '../network'

/** A service answers within a second. Behind a proxy of a far office it takes some. */
const REACH_MS = 10_000

/** Names of issuers are shorter. */
const MAX_ISSUER = 100

const UNTRUSTED = /CERT|UNABLE_TO_/

/** "Amazon", as the certificate has it: the organization, else the common name. */
function issuerOf(socket: TLSSocket): string {
  // Null once the socket is destroyed, and an empty object where the peer has sent no certificate, whatever the types say.
  const issuer = socket.getPeerCertificate()?.issuer
  const name: unknown = issuer?.O ?? issuer?.CN
  return excerpt(typeof name === 'string' ? name : 'an unnamed issuer', MAX_ISSUER)
}

/** Sends one request and settles with `Reaching`; `isTrusting` reads the certificate and hangs up. */
function ask(
  url: string,
  network: Network,
  how: { readonly signal: AbortSignal; readonly isTrusting: boolean },
): Promise<Reaching> {
  const { signal, isTrusting } = how
  const outcome = deferred<Reaching>()
  const agent = network.agentFor(url)
  const startedAt = performance.now()
  const askedAt = Date.now()
  const options = {
    method: 'GET',
    signal,
    timeout: REACH_MS,
    headers: { connection: 'close', 'user-agent': 'culvert-doctor' },
    ...(agent === undefined ? { agent: false as const } : { agent }),
    ...(isTrusting ? { rejectUnauthorized: false } : {}),
  }
  const request = url.startsWith('https:') ? https.request(url, options) : http.request(url, options)
  request.on('error', (error) => {
    const code = nodeCode(error) ?? error.message
    outcome.resolve(
      UNTRUSTED.test(code) ? { kind: 'untrusted', issuer: '', why: code } : { kind: 'unreached', why: excerpt(code) },
    )
  })
  request.on('timeout', () => request.destroy(new Error(`no answer within ${REACH_MS / 1_000} s`)))
  request.on('response', (response) => {
    const tookMs = Math.round(performance.now() - startedAt)
    const { socket } = response
    const issuer = socket instanceof TLSSocket ? issuerOf(socket) : undefined
    response.on('error', () => undefined)
    response.destroy()
    // A proxy that opens no way to the service answers in its place.
    if (url.startsWith('https:') && issuer === undefined) {
      const status = response.statusCode ?? 0
      const hint = status === 407 ? ', it asks for a login' : ''
      outcome.resolve({ kind: 'unreached', why: `the proxy answered HTTP ${status}${hint}` })
      return
    }
    const saidAt = Date.parse(response.headers.date ?? '')
    // The header counts whole seconds, so the middle of the second is the likeliest.
    const clockAheadMs = saidAt + 500 - (askedAt + tookMs / 2)
    outcome.resolve({
      kind: 'answered',
      tookMs,
      ...(Number.isNaN(clockAheadMs) ? {} : { clockAheadMs }),
      ...(issuer === undefined ? {} : { issuer }),
    })
  })
  request.end()
  return outcome.promise
}

/** See `Examination.reach`. */
export async function reach(url: string, network: Network, signal: AbortSignal): Promise<Reaching> {
  signal.throwIfAborted()
  try {
    const reaching = await ask(url, network, { signal, isTrusting: false })
    if (reaching.kind !== 'untrusted') return reaching
    const again = await ask(url, network, { signal, isTrusting: true })
    const issuer = again.kind === 'answered' ? again.issuer : undefined
    return { ...reaching, issuer: issuer ?? 'an unnamed issuer' }
  } catch (error) {
    return { kind: 'unreached', why: excerpt(asError(error).message) }
  } finally {
    signal.throwIfAborted()
  }
}
