// What the fields of a drain's destination may be, each rule with the sentence that says what to enter. Pure.
//
// The form and the core both use this file, so that the form never accepts what the core refuses. The core adds what only it knows: its own
// folders and whether a certificate can be read.

import { isOnLoopback, remoteHostProblem } from './hosts'

/** The day (UTC) in the name of an index. */
export const DAY = '%{yyyy.MM.dd}'

/** The name and the value of a header. Source: RFC 9110 5.1 and 5.5. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,100}$/
export const HEADER_VALUE = /^[\t\x20-\x7e]*$/

/** Headers that the request or the drain has itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Why `text` cannot be the address of a destination; undefined if it can. */
export function urlProblem(text: string): string | undefined {
  if (text === '') return 'Enter an address, such as https://logs.example.com/in.'
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined
  if (url === undefined) return 'The address is no URL. Enter one such as https://logs.example.com/in.'
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Enter an address that begins with https://.'
  if (url.username !== '' || url.password !== '')
    return 'Remove the user and the password from the address. They have their own fields.'
  if (url.hash !== '') return 'Remove the # and what follows it.'
  return url.protocol === 'http:' && !isOnLoopback(url.hostname)
    ? 'Without encryption, the network could read the output. Enter an https:// address.'
    : undefined
}

/** Why a drain cannot have a header of this name; undefined if it can. */
export function headerProblem(name: string): string | undefined {
  const small = name.toLowerCase()
  if (small === 'authorization') return 'Authorization is a secret. Enter its value in its own field.'
  return OWN_HEADERS.has(small) || small.startsWith('x-culvert-')
    ? `Culvert sets the header ${name} itself. Remove it.`
    : undefined
}

/**
 * Why `text` cannot name an index or a data stream; undefined if it can.
 * Source: Elasticsearch reference, create index API, path parameters.
 */
export function indexProblem(text: string, isDataStream: boolean): string | undefined {
  if (text === '') return `Enter a name, such as culvert-${DAY}.`
  const plain = text.replaceAll(DAY, '2026.01.01')
  if (isDataStream && plain !== text) return 'A data stream has no day in its name. Remove %{…}.'
  if (plain.includes('%')) return `The only pattern in a name is ${DAY}, which stands for the day. Remove the others.`
  if (plain !== plain.toLowerCase()) return 'A name has lower-case letters only. Remove the capital letters.'
  if (/[\\/*?"<>|\s,#:]/.test(plain)) return 'A name has none of \\ / * ? " < > | , # : and no space.'
  if (/^[-_+.]/.test(plain)) return 'A name begins with a letter or a digit.'
  return new TextEncoder().encode(plain).length > 255 ? 'A name has 255 bytes at most.' : undefined
}

/** Why `text` cannot be the host of a syslog server; undefined if it can. */
export function hostProblem(text: string): string | undefined {
  if (text === '') return 'Enter a host, such as syslog.example.com.'
  if (/^[^:\s/]*:[^:\s/]*$/.test(text)) return 'Enter the host alone: the port has its own field.'
  return remoteHostProblem(text)
}

/** The problem of a certificate; undefined if it has none, or is empty. */
export function caProblem(text: string): string | undefined {
  if (text === '') return undefined
  const isPem = text.startsWith('-----BEGIN CERTIFICATE-----') && text.endsWith('-----END CERTIFICATE-----')
  return isPem
    ? undefined
    : 'Paste the certificate as PEM: from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.'
}

/** Why `text` cannot be the path of a file, on this computer or on another one; undefined if it can. */
export function pathProblem(text: string): string | undefined {
  if (text === '') return 'Enter the path of a file, such as /var/log/culvert/output.jsonl.'
  if (!text.startsWith('/') && !/^([A-Za-z]:[\\/]|\\\\)/.test(text))
    return 'The path is not absolute. Enter an absolute path.'
  if (/[/\\]$/.test(text)) return 'Enter the path of a file: this one ends as a folder does.'
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f]/.test(text) ? 'A path has no control characters.' : undefined
}
