// Reads ports and destinations as people type and paste them.

/** A destination as far as a text names it; `port` only where the text brings one along. */
export interface Destination {
  readonly host: string
  readonly port?: number
}

const MAX_HOST_CHARACTERS = 255

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
  // A port that is none stays where it can be seen.
  if (port === undefined && portText !== '') return { host: address }
  return { host, ...(port === undefined ? {} : { port }) }
}

/** Why no instance could resolve this host; undefined for one that it may. `host` is without its port. */
export function hostProblem(host: string): string | undefined {
  if (/[\s/]/.test(host)) return 'Enter a host name or an address only, without spaces or slashes.'
  if (host.length > MAX_HOST_CHARACTERS) return 'A host name has 255 characters at most.'
  if (/^[^:]+:[^:]*$/.test(host)) return 'Enter the port in its own field.'
  return undefined
}
