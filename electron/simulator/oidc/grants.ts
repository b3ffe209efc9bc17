// The grants of the OIDC service: authorization codes, device codes, refresh tokens, and the access tokens that they give.
//
// As strict as AWS: a code is for one client, one redirect URI and one PKCE verifier, and is used once; a refresh token is used once.
// Source: IAM Identity Center OIDC API reference, CreateToken, StartDeviceAuthorization; RFC 7636 §4.6; RFC 8628 §3.5.

import { createHash, randomBytes } from 'node:crypto'
import { checkGrant, DEVICE_GRANT, type Client } from './clients'
import { OidcRefusal } from './refusal'

const CODE_LIFE_MS = 600_000
/** The oldest of each kind beyond this number are forgotten. */
const REMEMBERED = 1_000

/** An authorization request, which a page asks a person to allow. */
export interface Request {
  readonly client: Client
  readonly redirectUri: string
  readonly challenge: string
  readonly state: string
}

interface Code extends Request {
  readonly expiresAt: number
}

interface Device {
  readonly client: Client
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresAt: number
  decision: 'pending' | 'allowed' | 'denied'
  askedAt: number
}

interface Issued {
  readonly client: Client
  /** Epoch ms. */
  expiresAt: number
}

type Body = Readonly<Record<string, unknown>>

/** How long things last, in seconds, and the clock. */
export interface GrantOptions {
  readonly tokenSeconds: number
  readonly intervalSeconds: number
  readonly deviceSeconds: number
  readonly now: () => number
}

function secret(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

function put<V>(map: Map<string, V>, key: string, value: V): void {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest)
}

/** All grants of one service. */
export class Grants {
  readonly #options: GrantOptions
  readonly #codes = new Map<string, Code>()
  readonly #devices = new Map<string, Device>()
  readonly #refresh = new Map<string, Issued>()
  readonly #access = new Map<string, Issued>()

  constructor(options: GrantOptions) {
    this.#options = options
  }

  /** A new authorization code. */
  code(request: Request): string {
    const code = secret()
    put(this.#codes, code, { ...request, expiresAt: this.#options.now() + CODE_LIFE_MS })
    return code
  }

  /** Starts a device authorization. */
  device(client: Client): Device {
    checkGrant(client, DEVICE_GRANT)
    const letters = secret(12)
      .toUpperCase()
      .replaceAll(/[^A-Z]/g, 'K')
    const device: Device = {
      client,
      deviceCode: secret(),
      userCode: `${letters.slice(0, 4)}-${letters.slice(4, 8)}`,
      expiresAt: this.#options.now() + this.#options.deviceSeconds * 1_000,
      decision: 'pending',
      askedAt: Number.NEGATIVE_INFINITY,
    }
    put(this.#devices, device.deviceCode, device)
    return device
  }

  /** The device authorization that a page names by its user code; undefined for an unknown or ended one. */
  deviceOf(userCode: string): Device | undefined {
    const device = [...this.#devices.values()].find((one) => one.userCode === userCode)
    return device !== undefined && device.expiresAt > this.#options.now() ? device : undefined
  }

  /** The CreateToken operation. Throws `OidcRefusal`. */
  token(client: Client, body: Body): Body {
    switch (body['grantType']) {
      case 'authorization_code':
        return this.#byCode(client, body)
      case DEVICE_GRANT:
        return this.#byDevice(client, body)
      case 'refresh_token':
        return this.#byRefresh(client, body)
      case undefined:
        throw new OidcRefusal('InvalidRequestException', 'grantType is required')
      default:
        throw new OidcRefusal('UnsupportedGrantTypeException', 'Unsupported grant type')
    }
  }

  /** Whether an access token is valid. */
  isValid(accessToken: unknown): boolean {
    const issued = typeof accessToken === 'string' ? this.#access.get(accessToken) : undefined
    return issued !== undefined && issued.expiresAt > this.#options.now()
  }

  /** Ends all access tokens; refresh tokens stay. */
  endTokens(): void {
    this.#access.clear()
  }

  /** Ends access and refresh tokens, as when an administrator ends the sessions of a user. */
  endAll(): void {
    this.#access.clear()
    this.#refresh.clear()
  }

  #byCode(client: Client, { code, codeVerifier, redirectUri }: Body): Body {
    checkGrant(client, 'authorization_code')
    const known = typeof code === 'string' ? this.#codes.get(code) : undefined
    // A code can be used once, even if the request is refused.
    if (typeof code === 'string') this.#codes.delete(code)
    const challenge = createHash('sha256')
      .update(typeof codeVerifier === 'string' ? codeVerifier : '')
      .digest('base64url')
    if (
      known === undefined ||
      known.client !== client ||
      known.expiresAt <= this.#options.now() ||
      known.redirectUri !== redirectUri ||
      known.challenge !== challenge
    ) {
      throw new OidcRefusal('InvalidGrantException', 'Invalid grant provided')
    }
    return this.#issue(client)
  }

  #byDevice(client: Client, { deviceCode }: Body): Body {
    checkGrant(client, DEVICE_GRANT)
    const device = typeof deviceCode === 'string' ? this.#devices.get(deviceCode) : undefined
    if (device === undefined || device.client !== client) {
      throw new OidcRefusal('InvalidGrantException', 'Invalid device code provided')
    }
    const now = this.#options.now()
    if (device.expiresAt <= now) throw new OidcRefusal('ExpiredTokenException', 'The device code has expired')
    const isTooSoon = now - device.askedAt < this.#options.intervalSeconds * 1_000
    device.askedAt = now
    if (device.decision === 'denied') throw new OidcRefusal('AccessDeniedException', 'The request was denied')
    if (isTooSoon) throw new OidcRefusal('SlowDownException', 'Too many requests')
    if (device.decision === 'pending') throw new OidcRefusal('AuthorizationPendingException', 'Pending')
    this.#devices.delete(device.deviceCode)
    return this.#issue(client)
  }

  #byRefresh(client: Client, { refreshToken }: Body): Body {
    checkGrant(client, 'refresh_token')
    const known = typeof refreshToken === 'string' ? this.#refresh.get(refreshToken) : undefined
    if (known === undefined || known.client !== client) {
      throw new OidcRefusal('InvalidGrantException', 'Invalid refresh token provided')
    }
    if (typeof refreshToken === 'string') this.#refresh.delete(refreshToken)
    return this.#issue(client)
  }

  /** A client without scopes gets no refresh token. */
  #issue(client: Client): Body {
    const { tokenSeconds, now } = this.#options
    const [accessToken, refreshToken] = [`aoa${secret()}`, `aor${secret()}`]
    put(this.#access, accessToken, { client, expiresAt: now() + tokenSeconds * 1_000 })
    const common = { accessToken, tokenType: 'Bearer', expiresIn: tokenSeconds }
    if (client.scopes.length === 0) return common
    put(this.#refresh, refreshToken, { client, expiresAt: Number.POSITIVE_INFINITY })
    return { ...common, refreshToken }
  }
}
