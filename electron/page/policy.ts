// Checks that a request to the web door comes from our own page: right Host, right Origin, right token. Pure.
//
// Any web page can send requests to 127.0.0.1. The check of Host stops DNS rebinding, that of Origin stops other pages, and the token
// stops other programs and users.

import { timingSafeEqual } from 'node:crypto'

/** Whether a Host header names this door itself. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

/** Whether an Origin header is a page of this door. An absent Origin is refused: the Link serves browsers only. */
export function isOwnOrigin(origin: string | undefined, port: number): boolean {
  return origin === `http://127.0.0.1:${port}` || origin === `http://localhost:${port}`
}

/** Compares in constant time for tokens of the right length; the length is no secret. */
export function isToken(given: unknown, token: string): boolean {
  if (typeof given !== 'string') return false
  const a = Buffer.from(given)
  const b = Buffer.from(token)
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * The policy of one load of a page: nothing but our own files, scripts and styles by this load's nonce only. `connect` are
 * the addresses that the page may connect to; none in Electron, whose page asks through its preload. `hasPlayer`: the page plays recordings.
 */
export function contentSecurityPolicy(
  nonce: string,
  connect: readonly string[],
  { hasPlayer = false }: { readonly hasPlayer?: boolean } = {},
): string {
  return [
    "default-src 'none'",
    // Modules that an allowed script imports, lazily or not, inherit its nonce. The terminal of asciinema-player is WebAssembly, which such a
    // script may compile; a text still never becomes a script. See docs/decisions/player-in-webassembly.md.
    `script-src 'nonce-${nonce}'${hasPlayer ? " 'wasm-unsafe-eval'" : ''}`,
    `style-src 'nonce-${nonce}'`,
    ...(connect.length === 0 ? [] : [`connect-src ${connect.join(' ')}`]),
    "font-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
