// The rules of a drain's fields, each as the sentence that says what to enter. Pure. The core has the last word.

import { isLoopbackAddress } from '../../shared/hosts'

/** Why `text` cannot be the address of a destination; undefined if it can. */
export function urlProblem(text: string): string | undefined {
  if (text === '') return 'Enter an address, such as https://logs.example.com/in.'
  const url = URL.canParse(text) && !/\s/.test(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'Enter an address that begins with https://.'
  }
  if (url.username !== '' || url.password !== '')
    return 'Remove the password from the address. It has its own field below.'
  if (url.hash !== '') return 'Remove the # and what follows it.'
  return url.protocol === 'http:' && !isLoopbackAddress(url.hostname)
    ? 'The output would go over the network without encryption. Enter an https:// address.'
    : undefined
}

/** Headers that Culvert sets itself, or that have a field of their own. */
const OWN_HEADERS = [
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
]

function headerLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

/** The problem of a text with one header per line; undefined if it has none. */
export function headersProblem(text: string): string | undefined {
  for (const line of headerLines(text)) {
    const [, name = ''] = /^([!#$%&'*+.^_`|~A-Za-z0-9-]{1,100}):[\t\x20-\x7e]*$/.exec(line) ?? []
    if (name === '') return 'Enter one header per line, such as X-Team: payments.'
    if (name.toLowerCase() === 'authorization') return 'Enter the value of Authorization in its own field below.'
    const small = name.toLowerCase()
    if (OWN_HEADERS.includes(small) || small.startsWith('x-culvert-'))
      return `Culvert sets ${name} itself. Remove the line.`
  }
  return undefined
}

/** The headers of a text that has no problem. */
export function readHeaders(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    headerLines(text).map((line) => {
      const [name = '', ...rest] = line.split(':')
      return [name, rest.join(':').trim()]
    }),
  )
}

/** The day in the name of an index. */
const DAY = '%{yyyy.MM.dd}'

/**
 * Why `text` cannot name an index or a data stream; undefined if it can.
 * Source: Elasticsearch reference, create index API, path parameters.
 */
export function indexProblem(text: string, isDataStream: boolean): string | undefined {
  if (text === '') return 'Enter a name, such as culvert-%{yyyy.MM.dd}.'
  const plain = text.replaceAll(DAY, '2026.01.01')
  if (isDataStream && plain !== text) return 'A data stream has no day in its name. Remove %{…}.'
  if (plain.includes('%')) return `Only ${DAY} is replaced, by the day.`
  if (plain !== plain.toLowerCase()) return 'A name has no capital letters.'
  if (/[\\/*?"<>|\s,#:]/.test(plain)) return 'A name has none of \\ / * ? " < > | , # : and no space.'
  if (/^[-_+.]/.test(plain)) return 'A name begins with a letter or a digit.'
  return new TextEncoder().encode(plain).length > 255 ? 'A name has 255 bytes at most.' : undefined
}

/** Why `text` cannot be the host of a syslog server; undefined if it can. */
export function hostProblem(text: string): string | undefined {
  if (text === '') return 'Enter a host, such as syslog.example.com.'
  const isHost = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,253})$/.test(text) || /^[0-9A-Fa-f:.]{2,45}$/.test(text)
  return isHost ? undefined : 'Enter a host name or an IP address alone: the port has its own field.'
}

/** The problem of a certificate; undefined if it has none, or is empty. */
export function caProblem(text: string): string | undefined {
  if (text === '') return undefined
  const isPem = text.startsWith('-----BEGIN CERTIFICATE-----') && text.endsWith('-----END CERTIFICATE-----')
  return isPem
    ? undefined
    : 'Paste the certificate as PEM: from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.'
}

/** Why `text` cannot be the path of a file; undefined if it can. */
export function pathProblem(text: string): string | undefined {
  if (text === '') return 'Enter the path of a file, such as /var/log/culvert/output.jsonl.'
  if (!text.startsWith('/') && !/^([A-Za-z]:[\\/]|\\\\)/.test(text)) return 'Enter an absolute path.'
  if (/[/\\]$/.test(text)) return 'Enter the path of a file: this one ends as a folder does.'
  // oxlint-disable-next-line no-control-regex
  return /[\u0000-\u001f]/.test(text) ? 'A path has no control characters.' : undefined
}
