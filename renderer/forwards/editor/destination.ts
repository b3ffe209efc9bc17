// Reads ports and destinations as people type and paste them. Which hosts can be destinations is said by shared/hosts.ts.

/** A destination as far as a text names it; `port` only where the text brings one along. */
export interface Destination {
  readonly host: string
  readonly port?: number
}

/** The port that a text names, spaces around it aside; undefined for anything but 1 to 65535 in plain digits. */
export function readPort(text: string): number | undefined {
  const digits = text.trim()
  if (!/^\d{1,5}$/.test(digits)) return undefined
  const port = Number(digits)
  return port >= 1 && port <= 65_535 ? port : undefined
}

/**
 * Takes a pasted text apart: `https://intranet:8443/login`, `jdbc:postgresql://db:5432/orders`, `db:5432`, `[fd00::1]:22`.
 * What stands before and behind the host is dropped, passwords with it. A bare IPv6 address stays as it is.
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
