// What a person may enter as a destination, with a sentence for everything else. Checked when a drain is saved.

import { createSecureContext } from 'node:tls'
import { isAbsolute, relative, resolve } from 'node:path'
import { AppError } from '../../../shared/errors'
import { isOnLoopback, remoteHostProblem } from '../../../shared/hosts'
import type { DrainDestination, DrainSecrets } from '../../../shared/model/drain'
import { DAY } from './destinations/elasticsearch'

/** Headers that the request or the drain has itself. */
const OWN_HEADERS = new Set([
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

/** What a check needs beside the destination. */
export interface CheckOptions {
  readonly dataDirectory: string
  /** The names of the secrets that the drain will have. */
  readonly secrets: readonly (keyof DrainSecrets)[]
}

/** Throws `usage` for a destination that cannot be one. */
export function checkDestination(destination: DrainDestination, { dataDirectory, secrets }: CheckOptions): void {
  switch (destination.kind) {
    case 'https':
      checkUrl(destination.url)
      for (const name of Object.keys(destination.headers ?? {})) checkHeader(name.toLowerCase())
      return
    case 'elasticsearch':
      checkUrl(destination.url)
      checkIndex(destination.index, destination.isDataStream)
      if (destination.auth === 'basic' && (destination.user ?? '') === '')
        refuse('Enter the user of the basic authentication.')
      if (destination.auth === 'basic' && !secrets.includes('password')) refuse('Enter the password of the user.')
      if (destination.auth === 'api-key' && !secrets.includes('apiKey'))
        refuse('Enter the API key, in its encoded form.')
      return
    case 'syslog': {
      const problem = remoteHostProblem(destination.host)
      if (problem !== undefined) refuse(problem)
      if (destination.ca !== undefined) checkAuthority(destination.ca)
      return
    }
    case 'file':
      checkPath(destination.path, dataDirectory)
  }
}

function refuse(text: string): never {
  throw new AppError('usage', text)
}

function checkUrl(text: string): void {
  if (!URL.canParse(text)) refuse('The address is no URL. Enter one such as https://logs.example/ingest.')
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    refuse('The address begins with https://. Enter one that does.')
  if (url.protocol === 'http:' && !isOnLoopback(url.hostname)) {
    refuse(
      'Without TLS everybody on the way could read the output of sessions: begin the address with https://. http:// is for this computer only.',
    )
  }
  if (url.username !== '' || url.password !== '')
    refuse('The address contains a user or a password. Enter them in their own fields.')
}

function checkHeader(name: string): void {
  if (name === 'authorization') refuse('Authorization is a secret. Enter it in its own field, not among the headers.')
  if (OWN_HEADERS.has(name) || name.startsWith('x-culvert-'))
    refuse(`Culvert sets the header ${name} itself. Remove it.`)
}

/** Source: Elasticsearch reference, "Create index API", names. */
function checkIndex(index: string, isDataStream: boolean): void {
  if (isDataStream && index.includes('%{'))
    refuse(`A data stream finds the day by itself: remove ${DAY} from its name.`)
  const name = index.replaceAll(DAY, '2026.01.01')
  if (name.includes('%')) refuse(`The only pattern in the name of an index is ${DAY}. Correct the name.`)
  if (name !== name.toLowerCase() || /[\\/*?"<>|\s,#:]/.test(name) || /^[-_+.]/.test(name)) {
    refuse(
      'The name of an index has lower-case letters, digits, ".", "-" and "_", and begins with a letter or digit. Correct it.',
    )
  }
}

function checkAuthority(pem: string): void {
  try {
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate')
    createSecureContext({ ca: pem })
  } catch {
    refuse('The certificate authority cannot be read. Enter it as PEM, with its BEGIN and END lines.')
  }
}

function checkPath(path: string, dataDirectory: string): void {
  if (!isAbsolute(path)) refuse('The path of the file is not absolute. Enter one that begins at the root.')
  if (/[/\\]$/.test(path) || path.includes('\0'))
    refuse('This is the path of a folder. Enter the path of a file in it.')
  const within = relative(resolve(dataDirectory), resolve(path))
  if (within === '' || (!/^\.\.(?:[/\\]|$)/.test(within) && !isAbsolute(within))) {
    refuse("This path is in Culvert's own data directory. Choose another folder.")
  }
}
