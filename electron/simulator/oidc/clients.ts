// The clients that programs register with the OIDC service before a login. Source: IAM Identity Center OIDC API reference, RegisterClient.

import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { OidcRefusal } from './refusal'

/** The grant of the device flow. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

const CODE_GRANTS = ['authorization_code', 'refresh_token']
const KNOWN_GRANTS = [...CODE_GRANTS, DEVICE_GRANT]
const KNOWN_SCOPES = ['sso:account:access', 'codewhisperer:completions', 'codewhisperer:analysis']
/** AWS's clients live for 90 days. */
const LIFE_MS = 90 * 86_400_000
/** The oldest clients beyond this number are forgotten. */
const REMEMBERED = 1_000

const registration = z.object({
  clientName: z.string().min(1),
  clientType: z.string().min(1),
  scopes: z.array(z.string()).optional(),
  grantTypes: z.array(z.string()).optional(),
  redirectUris: z.array(z.string()).optional(),
  issuerUrl: z.string().optional(),
})

/** A registered client. */
export interface Client {
  readonly id: string
  readonly secret: string
  /** Epoch ms. */
  readonly expiresAt: number
  readonly name: string
  readonly scopes: readonly string[]
  /** A client without a list has the device flow and refreshes. */
  readonly grants: readonly string[]
  readonly redirectUris: readonly string[]
}

/** Checks one redirect URI: loopback over http. */
function isRedirect(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, hash } = new URL(text)
  return protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(hostname) && hash === ''
}

/** Whether `given` is the registered URI; the port of a loopback address may differ. Source: RFC 8252 §7.3. */
function isSameRedirect(given: string, registered: string): boolean {
  if (!isRedirect(given)) return false
  const [one, other] = [new URL(given), new URL(registered)]
  return one.hostname === other.hostname && one.pathname === other.pathname && one.search === other.search
}

/** The registered clients. */
export class Clients {
  readonly #known = new Map<string, Client>()
  readonly #startUrl: string
  readonly #hasCodeFlow: boolean
  readonly #now: () => number

  /** `hasCodeFlow`: false refuses the grant of an authorization code, as AWS did before 2024. */
  constructor(options: { readonly startUrl: string; readonly hasCodeFlow: boolean; readonly now: () => number }) {
    this.#startUrl = options.startUrl
    this.#hasCodeFlow = options.hasCodeFlow
    this.#now = options.now
  }

  /** Registers a client and answers as RegisterClient does. Throws `OidcRefusal`. */
  register(body: unknown): Readonly<Record<string, unknown>> {
    const parsed = registration.safeParse(body)
    if (!parsed.success) throw new OidcRefusal('InvalidRequestException', 'clientName and clientType are required')
    const { clientName, clientType, scopes = [], grantTypes, redirectUris = [], issuerUrl } = parsed.data
    if (clientType !== 'public') throw new OidcRefusal('InvalidClientMetadataException', 'Only public clients')
    const scope = scopes.find((one) => !KNOWN_SCOPES.includes(one))
    if (scope !== undefined) throw new OidcRefusal('InvalidScopeException', 'Invalid scope')
    const grants = grantTypes ?? [DEVICE_GRANT, 'refresh_token']
    if (!grants.every((grant) => KNOWN_GRANTS.includes(grant))) {
      throw new OidcRefusal('UnsupportedGrantTypeException', 'Unsupported grant type')
    }
    if (grants.includes('authorization_code')) {
      if (!this.#hasCodeFlow) throw new OidcRefusal('UnsupportedGrantTypeException', 'Unsupported grant type')
      if (issuerUrl !== this.#startUrl) throw new OidcRefusal('InvalidRequestException', 'Invalid issuerUrl')
      if (redirectUris.length === 0) throw new OidcRefusal('InvalidRedirectUriException', 'A redirect URI is required')
    }
    if (!redirectUris.every((uri) => isRedirect(uri))) {
      throw new OidcRefusal('InvalidRedirectUriException', 'Invalid redirect URI')
    }
    const client = {
      id: randomBytes(16).toString('base64url'),
      secret: randomBytes(64).toString('base64url'),
      expiresAt: this.#now() + LIFE_MS,
      name: clientName,
      scopes,
      grants,
      redirectUris,
    }
    this.#known.set(client.id, client)
    const [oldest] = this.#known.keys()
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest)
    return {
      clientId: client.id,
      clientSecret: client.secret,
      clientIdIssuedAt: Math.floor(this.#now() / 1_000),
      clientSecretExpiresAt: Math.floor(client.expiresAt / 1_000),
    }
  }

  /** The client with this id and secret. Throws `InvalidClientException`. */
  authenticated(id: unknown, secret: unknown): Client {
    const client = typeof id === 'string' ? this.#known.get(id) : undefined
    if (client === undefined || client.secret !== secret || client.expiresAt <= this.#now()) {
      throw new OidcRefusal('InvalidClientException', 'Invalid client provided')
    }
    return client
  }

  /** The client of a page, which has no secret, where `redirectUri` is one of its own; undefined otherwise. */
  ofPage(id: string, redirectUri: string): Client | undefined {
    const client = this.#known.get(id)
    if (client === undefined || client.expiresAt <= this.#now()) return undefined
    return client.redirectUris.some((uri) => isSameRedirect(redirectUri, uri)) ? client : undefined
  }
}

/** Throws `UnauthorizedClientException` where the client may not use `grant`. */
export function checkGrant(client: Client, grant: string): void {
  if (client.grants.includes(grant)) return
  throw new OidcRefusal('UnauthorizedClientException', 'The client is not registered for this grant type')
}
