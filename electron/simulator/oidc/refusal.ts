// How the login services refuse: a code in the header, and OAuth's in the body. Source: IAM Identity Center OIDC API reference, Errors.

/** The answer to one request. */
export interface OidcAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const OAUTH_CODES = {
  AccessDeniedException: 'access_denied',
  AuthorizationPendingException: 'authorization_pending',
  ExpiredTokenException: 'expired_token',
  InvalidClientException: 'invalid_client',
  InvalidClientMetadataException: 'invalid_client_metadata',
  InvalidGrantException: 'invalid_grant',
  InvalidRedirectUriException: 'invalid_redirect_uri',
  InvalidRequestException: 'invalid_request',
  InvalidScopeException: 'invalid_scope',
  SlowDownException: 'slow_down',
  UnauthorizedClientException: 'unauthorized_client',
  UnsupportedGrantTypeException: 'unsupported_grant_type',
} as const

/** A code of the OIDC service. */
export type OidcCode = keyof typeof OAUTH_CODES

/** Ends a request with a refusal. */
export class OidcRefusal extends Error {
  readonly code: OidcCode

  constructor(code: OidcCode, why: string) {
    super(why)
    this.name = 'OidcRefusal'
    this.code = code
  }

  /** The refusal as an answer. */
  get answer(): OidcAnswer {
    const status = this.code === 'InvalidClientException' ? 401 : 400
    return jsonAnswer({ error: OAUTH_CODES[this.code], error_description: this.message }, status, this.code)
  }
}

/** An answer in JSON; `errorType` names the error of one that refuses. */
export function jsonAnswer(body: unknown, status = 200, errorType?: string): OidcAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
    },
    body: JSON.stringify(body),
  }
}
