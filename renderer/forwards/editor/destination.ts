// Reads ports and destinations as people type and paste them. shared/hosts.ts decides which hosts can be destinations.

/** A destination as read from a text; `port` is present only if the text contains one. */
export interface Destination {
  readonly host: string
  readonly port?: number
}

/** The port in a text, ignoring spaces around it; undefined for anything but 1 to 65535 in plain digits. */
export function readPort(text: string): number | undefined {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return undefined
  const port = Number(digits)
  return port >= 1 && port <= 65_535 ? port : undefined
}

/**
 * Splits a pasted text into host and port: `https://intranet:8443/login`, `jdbc:postgresql://db:5432/orders`, `db:5432`,
 * `[fd00::1]:22`. Everything before and after them is dropped, including passwords. A bare IPv6 address stays as it is.
 */
export function takeApart(text: string): Destination {
  const trimmed = text.trim()
  const scheme = trimmed.indexOf('://')
  const withoutScheme = scheme < 0 ? trimmed : trimmed.slice(scheme + 3)
  const authority = scheme < 0 ? withoutScheme.replace(/\/$/, '') : withoutScheme.replace(/[/?#].*$/, '')
  const address = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(address)
  const plain = /^([^:]*):(\d+)$/.exec(address)
  const [, host = address, portText = ''] = bracketed ?? plain ?? []
  const port = readPort(portText)
  // An invalid port stays in the field, where the person sees it.
  if (port === undefined && portText !== '') return { host: address }
  return { host, ...(port === undefined ? {} : { port }) }
}
