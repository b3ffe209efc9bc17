// Which texts can be the destination host of a forward: a DNS name, an IPv4 address or an IPv6 address. Pure.
//
// The instance resolves the host, so this computer cannot know whether it exists. The form and the schema of the requests both
// use this file, so that the form never accepts a host that the core refuses.

const MAX_NAME_CHARACTERS = 253
const MAX_LABEL_CHARACTERS = 63
const IPV6_GROUPS = 8

/** Digits and dots only, or a last label of digits: no DNS name ends like this, so it is meant as an IPv4 address. */
const IPV4_LIKE = /(^|\.)\d+$/

const LABEL = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/

function isIpv4(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
}

/** Whether `text` is an IPv6 address without brackets; a zone (`%eth0`) may follow. */
function isIpv6(text: string): boolean {
  const [address = '', ...zones] = text.split('%')
  if (zones.length > 1 || zones.some((zone) => !/^[A-Za-z0-9_.-]+$/.test(zone))) return false
  const halves = address.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1) ?? ''
  // The last 32 bits may be written as an IPv4 address, but not before a "::" at the end.
  const isMixed = last.includes('.') && !address.endsWith('::')
  const hexGroups = isMixed ? groups.slice(0, -1) : groups
  if (isMixed && !isIpv4(last)) return false
  if (!hexGroups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false
  const count = hexGroups.length + (isMixed ? 2 : 0)
  return halves.length === 2 ? count < IPV6_GROUPS : count === IPV6_GROUPS
}

/**
 * Why `host` cannot be a destination, as a sentence that ends with what to do; undefined if it can. "" is not a host: the
 * caller leaves it out. Source: RFC 1123 2.1 for names, with the underscore that internal names use; RFC 4291 2.2.
 */
export function remoteHostProblem(host: string): string | undefined {
  if (/[\s/]/.test(host)) return 'A host has no spaces or slashes. Enter a host name or an address only.'
  if (host.includes(':')) {
    if (isIpv6(host)) return undefined
    return /^[^:]*:[^:]*$/.test(host)
      ? 'The port is not a number from 1 to 65535. Enter it in the port field.'
      : `${host} is not an IPv6 address. Check its groups.`
  }
  if (IPV4_LIKE.test(host)) {
    return isIpv4(host) ? undefined : `${host} is not an IPv4 address. Enter four numbers from 0 to 255.`
  }
  // A trailing dot marks a fully qualified name.
  const name = host.replace(/\.$/, '')
  if (name.length > MAX_NAME_CHARACTERS) return 'A host name has 253 characters at most. Shorten it.'
  const labels = name.split('.')
  if (labels.some((label) => label === '')) return 'A part of the host name is empty. Remove the extra dot.'
  if (labels.some((label) => label.length > MAX_LABEL_CHARACTERS)) {
    return 'A part of the host name has more than 63 characters. Shorten it.'
  }
  if (labels.some((label) => label.startsWith('-'))) {
    return 'A part of the host name begins with a hyphen. Remove the hyphen.'
  }
  if (!labels.every((label) => LABEL.test(label))) {
    return 'A host name has letters, digits, hyphens, underscores and dots only. Remove the other characters.'
  }
  return undefined
}

/** Whether `hostname`, in the form that URL gives it, is a loopback address or `localhost`. */
export function isLoopbackAddress(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIpv4(hostname) && hostname.startsWith('127.'))
}

/**
 * Whether `hostname` means this computer, including names below `localhost`, which resolvers answer locally (RFC 6761 §6.3).
 */
export function isOnLoopback(hostname: string): boolean {
  const name = hostname.replace(/\.$/, '')
  return isLoopbackAddress(name) || name.endsWith('.localhost')
}
