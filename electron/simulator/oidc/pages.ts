// The pages on which a person allows a login: /authorize for an authorization code, /device for a user code.
//
//   GET  /authorize?response_type=code&client_id=…   → a form   → POST /decide → 302 to the redirect URI with code and state
//   GET  /device?user_code=…                          → a form   → POST /decide → a page
//
// Each form carries a ticket that can be used once. Source: RFC 6749 §4.1.1; IAM Identity Center user guide, "Signing in".

import { randomBytes } from 'node:crypto'
import type { Clients } from './clients'
import type { Grants, Request } from './grants'
import type { OidcAnswer } from './refusal'

const REMEMBERED = 100

type Ticket =
  | { readonly kind: 'code'; readonly request: Request }
  | { readonly kind: 'device'; readonly userCode: string }

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => escapes[character] ?? '')
}

function page(title: string, inner: string, status = 200): OidcAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      // form-action applies to redirects after the form too.
      'content-security-policy': "default-src 'none'; form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'",
    },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${inner}</html>\n`,
  }
}

const unknownPage = page('This login is not known', '<p>Start it again.</p>', 400)

/** The pages of one service. */
export class LoginPages {
  readonly #clients: Clients
  readonly #grants: Grants
  readonly #tickets = new Map<string, Ticket>()

  constructor(clients: Clients, grants: Grants) {
    this.#clients = clients
    this.#grants = grants
  }

  /** The page of an authorization request. A client or redirect URI that is not known is never redirected to. */
  authorize(query: URLSearchParams): OidcAnswer {
    const redirectUri = query.get('redirect_uri') ?? ''
    const client = this.#clients.ofPage(query.get('client_id') ?? '', redirectUri)
    const [state, challenge] = [query.get('state') ?? '', query.get('code_challenge') ?? '']
    if (client === undefined || !client.grants.includes('authorization_code')) return unknownPage
    const isWhole = query.get('response_type') === 'code' && query.get('code_challenge_method') === 'S256'
    const scopes = (query.get('scopes') ?? '').split(' ')
    if (!isWhole || state === '' || !/^[\w-]{43}$/.test(challenge)) {
      return this.#redirect(redirectUri, { error: 'invalid_request', state })
    }
    if (!scopes.every((scope) => client.scopes.includes(scope))) {
      return this.#redirect(redirectUri, { error: 'invalid_scope', state })
    }
    return this.#form({ kind: 'code', request: { client, redirectUri, challenge, state } }, client.name)
  }

  /** The page of a device authorization. */
  device(query: URLSearchParams): OidcAnswer {
    const userCode = query.get('user_code') ?? ''
    const device = this.#grants.deviceOf(userCode)
    if (device === undefined) return unknownPage
    return this.#form({ kind: 'device', userCode }, device.client.name, `<p>Code: <b>${escaped(userCode)}</b></p>`)
  }

  /** Takes the decision of a person. */
  decide(form: URLSearchParams): OidcAnswer {
    const id = form.get('ticket') ?? ''
    const ticket = this.#tickets.get(id)
    this.#tickets.delete(id)
    if (ticket === undefined) return unknownPage
    const isAllowed = form.get('decision') === 'allow'
    if (ticket.kind === 'code') {
      const { redirectUri, state } = ticket.request
      if (!isAllowed) return this.#redirect(redirectUri, { error: 'access_denied', state })
      return this.#redirect(redirectUri, { code: this.#grants.code(ticket.request), state })
    }
    const device = this.#grants.deviceOf(ticket.userCode)
    if (device === undefined) return unknownPage
    device.decision = isAllowed ? 'allowed' : 'denied'
    return page(isAllowed ? 'Request approved' : 'Request denied', '<p>You can close this page.</p>')
  }

  #form(ticket: Ticket, name: string, more = ''): OidcAnswer {
    const id = randomBytes(16).toString('hex')
    this.#tickets.set(id, ticket)
    const [oldest] = this.#tickets.keys()
    if (this.#tickets.size > REMEMBERED && oldest !== undefined) this.#tickets.delete(oldest)
    const buttons =
      '<button name="decision" value="allow">Allow access</button> <button name="decision" value="deny">Deny</button>'
    return page(
      `Allow ${escaped(name)} to access your data?`,
      `${more}<form method="post" action="/decide"><input type="hidden" name="ticket" value="${id}">${buttons}</form>`,
    )
  }

  #redirect(uri: string, query: Readonly<Record<string, string>>): OidcAnswer {
    const target = new URL(uri)
    for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
    return { status: 302, headers: { location: target.href }, body: '' }
  }
}
