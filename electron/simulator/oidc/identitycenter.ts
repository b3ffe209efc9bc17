// A stand-in for IAM Identity Center: the OIDC service with its pages, and the portal that gives the keys of roles. On a port of its own.
//
//   POST /client/register  /device_authorization  /token     OIDC
//   GET  /authorize  /device, POST /decide                   the pages of a browser
//   GET  /federation/credentials                             the portal
//
// The account makes the keys (`issue`), so that the simulator accepts them. Does not own the account. Refuses API calls that a web page
// could send, as the simulator does.

import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBoundedServer } from '../../http/server'
import { Clients } from './clients'
import { Grants } from './grants'
import { LoginPages } from './pages'
import { jsonAnswer, OidcRefusal, type OidcAnswer } from './refusal'

const HOST = '127.0.0.1'
const BOUNDS = { requestMs: 10_000, maxConnections: 256, unreadMs: 30_000 }
const MAX_BODY_BYTES = 65_536
const MAX_ROLES = 1_000
const KEYS_LIFE_MS = 3_600_000
/** The newest calls that are remembered. */
const REMEMBERED = 1_000

/** The keys of a role. */
interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** How the stand-in is set up. */
export interface IdentityCenterOptions {
  readonly accountId: string
  /** Makes the keys of a role for `user`, which end at `expiresAt` (epoch ms). */
  readonly issue: (role: string, user: string, expiresAt: number) => Keys
  /** The start URL of this instance. */
  readonly startUrl?: string
  /** The roles that the user may have in the account; `Developer` unless said otherwise. */
  readonly roles?: readonly string[]
  readonly user?: string
  /** False: the grant of an authorization code is refused, as before 2024. */
  readonly hasCodeFlow?: boolean
  /** Names another page for the code of a device. */
  readonly verificationUri?: string
  /** In seconds: life of an access token, 8 hours; life of a device code, 10 minutes; least pause between two polls, 1 s. */
  readonly tokenSeconds?: number
  readonly deviceSeconds?: number
  readonly intervalSeconds?: number
  readonly now?: () => number
}

/** A running stand-in. Disposing ends it. */
export interface IdentityCenter extends AsyncDisposable {
  /** For AWS_ENDPOINT_URL_SSO and AWS_ENDPOINT_URL_SSO_OIDC. */
  readonly endpointUrl: string
  readonly startUrl: string
  /** Every call, oldest first: the path, and the grant type of CreateToken. */
  readonly calls: readonly string[]
  /** Ends the access tokens; refresh tokens stay. */
  endTokens(): void
  /** Ends the user's session: access and refresh tokens. */
  endSession(): void
  /** Whether connections are broken off without an answer. */
  setDark(isDark: boolean): void
}

const LOOPBACK = /^(127\.0\.0\.1|localhost):\d{1,5}$/i

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
    size += bytes.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function jsonOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Refused below.
  }
  throw new OidcRefusal('InvalidRequestException', 'The request is not JSON')
}

/** Starts a stand-in on 127.0.0.1. */
export async function startIdentityCenter(options: IdentityCenterOptions): Promise<IdentityCenter> {
  const { accountId, issue, roles = ['Developer'], user = 'ann@example.com', now = Date.now } = options
  const startUrl = options.startUrl ?? 'https://culvert-demo.awsapps.com/start'
  const clients = new Clients({ startUrl, hasCodeFlow: options.hasCodeFlow ?? true, now })
  const { tokenSeconds = 28_800, deviceSeconds = 600, intervalSeconds = 1 } = options
  const grants = new Grants({ tokenSeconds, deviceSeconds, intervalSeconds, now })
  const pages = new LoginPages(clients, grants)
  const calls: string[] = []
  let isDark = false
  const bounded = createBoundedServer(BOUNDS)
  const { server } = bounded

  const startDevice = (body: Readonly<Record<string, unknown>>): OidcAnswer => {
    const client = clients.authenticated(body['clientId'], body['clientSecret'])
    if (body['startUrl'] !== startUrl) throw new OidcRefusal('InvalidRequestException', 'Invalid startUrl')
    const { deviceCode, userCode } = grants.device(client)
    const verificationUri = options.verificationUri ?? `${endpointUrl}/device`
    return jsonAnswer({
      deviceCode,
      userCode,
      verificationUri,
      verificationUriComplete: `${verificationUri}?user_code=${userCode}`,
      expiresIn: deviceSeconds,
      interval: intervalSeconds,
    })
  }
  const roleKeys = (query: URLSearchParams, token: unknown): OidcAnswer => {
    const [account, role] = [query.get('account_id'), query.get('role_name') ?? '']
    const refusal = (code: string, status: number): OidcAnswer => jsonAnswer({ message: code }, status, code)
    if (!grants.isValid(token)) return refusal('UnauthorizedException', 401)
    if (!/^\d{12}$/.test(account ?? '') || role === '') return refusal('InvalidRequestException', 400)
    if (account !== accountId || !roles.slice(0, MAX_ROLES).includes(role)) return refusal('ForbiddenException', 403)
    const expiration = now() + KEYS_LIFE_MS
    return jsonAnswer({ roleCredentials: { ...issue(role, user, expiration), expiration } })
  }
  const answerOf = (request: IncomingMessage, url: URL, body: string): OidcAnswer => {
    const asked = `${request.method ?? ''} ${url.pathname}`
    switch (asked) {
      case 'GET /authorize':
        return pages.authorize(url.searchParams)
      case 'GET /device':
        return pages.device(url.searchParams)
      case 'POST /decide':
        return pages.decide(new URLSearchParams(body))
      default:
    }
    // A browser sends Origin with the calls of a web page.
    if (request.headers.origin !== undefined) return jsonAnswer({ message: 'Forbidden' }, 403)
    switch (asked) {
      case 'POST /client/register':
        return jsonAnswer(clients.register(jsonOf(body)))
      case 'POST /device_authorization':
        return startDevice(jsonOf(body))
      case 'POST /token': {
        const wanted = jsonOf(body)
        return jsonAnswer(grants.token(clients.authenticated(wanted['clientId'], wanted['clientSecret']), wanted))
      }
      case 'GET /federation/credentials':
        return roleKeys(url.searchParams, request.headers['x-amz-sso_bearer_token'])
      default:
        return jsonAnswer({ message: 'Not found' }, 404, 'UnknownOperationException')
    }
  }
  const note = (path: string, body: string): void => {
    const grant = path === '/token' ? /"grantType":"([^"]{1,80})"/.exec(body)?.[1] : undefined
    calls.push(grant === undefined ? path : `${path} ${grant.replace(/^.*:/, '')}`)
    if (calls.length > REMEMBERED) calls.shift()
  }
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (isDark || !LOOPBACK.test(request.headers.host ?? '')) {
      request.socket.destroy()
      return
    }
    const body = await bodyOf(request)
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end()
      return
    }
    const url = new URL(request.url ?? '', endpointUrl)
    note(url.pathname, body)
    let answer: OidcAnswer
    try {
      answer = answerOf(request, url, body)
    } catch (error) {
      if (!(error instanceof OidcRefusal)) throw error
      answer = error.answer
    }
    response.writeHead(answer.status, answer.headers).end(answer.body)
  }
  server.on('request', (request, response) => {
    // The client has cut the request off, or the simulator has a fault.
    hear(request, response).catch(() => response.destroy())
  })
  await bounded.listen({ host: HOST, port: 0 })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const endpointUrl = `http://${HOST}:${String(port)}`
  return {
    endpointUrl,
    startUrl,
    get calls() {
      return [...calls]
    },
    endTokens: () => grants.endTokens(),
    endSession: () => grants.endAll(),
    setDark: (next) => {
      isDark = next
    },
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      bounded.destroySockets()
      await closed
    },
  }
}
