// Turns the typed fields of a drain into a request, or into the reasons why it is incomplete, field by field. Pure.
//
// Secrets are write-only: a stored one never comes back, so its field says that it is stored, and takes another in its place.

import { caProblem, hostProblem, indexProblem, pathProblem, urlProblem } from '../../shared/drainrules'
import { shownName } from '../../shared/foreigntext'
import type { Drain, DrainDestination, DrainFields, DrainSecrets } from '../../shared/model/drain'
import type { EnvironmentRef } from '../../shared/model/environment'
import { readPort } from '../forwards/editor/destination'
import { headersProblem, readHeaders } from './headerlines'

/** The kind of a destination. */
export type DrainKind = DrainDestination['kind']

/** The name of a secret. */
export type SecretName = keyof DrainSecrets

/** A secret in the form. `kept`: the request does not change it, whether one is stored or not. */
export type SecretField =
  | { readonly kind: 'kept' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'typed'; readonly text: string }

/** The fields as typed. Those of all kinds are kept while a person tries another kind. */
export interface DrainForm {
  readonly name: string
  readonly kind: DrainKind
  readonly url: string
  /** One header per line: `X-Team: payments`. */
  readonly headers: string
  readonly index: string
  readonly isDataStream: boolean
  readonly auth: 'none' | 'basic' | 'api-key'
  readonly user: string
  readonly host: string
  readonly port: string
  readonly isTls: boolean
  readonly ca: string
  readonly path: string
  readonly maxMegabytes: string
  readonly keep: string
  readonly isRaw: boolean
  readonly isRequired: boolean
  readonly isEnabled: boolean
  readonly secrets: Readonly<Record<SecretName, SecretField>>
}

const KEPT: SecretField = { kind: 'kept' }

/** An empty form. */
export const BLANK_DRAIN: DrainForm = {
  name: '',
  kind: 'https',
  url: '',
  headers: '',
  index: 'culvert-%{yyyy.MM.dd}',
  isDataStream: false,
  auth: 'api-key',
  user: '',
  host: '',
  port: '6514',
  isTls: true,
  ca: '',
  path: '',
  maxMegabytes: '100',
  keep: '5',
  isRaw: false,
  isRequired: false,
  isEnabled: true,
  secrets: { hmacKey: KEPT, authorization: KEPT, password: KEPT, apiKey: KEPT },
}

/** The fields that can have a problem, in the order of the form. */
export const DRAIN_FIELDS = [
  'name',
  'url',
  'index',
  'user',
  'password',
  'apiKey',
  'host',
  'port',
  'path',
  'maxMegabytes',
  'keep',
  'headers',
  'authorization',
  'hmacKey',
  'ca',
] as const

/** The name of a field that can have a problem. */
export type DrainField = (typeof DRAIN_FIELDS)[number]

/** A request, or a sentence for each field that has a problem. */
export type DrainReading =
  | { readonly kind: 'request'; readonly parameters: DrainFields & { readonly secrets: DrainSecrets } }
  | { readonly kind: 'refused'; readonly problems: Partial<Readonly<Record<DrainField, string>>> }

/** The fields of a saved drain, as a person would have typed them. */
export function drainFormOf({ destination, name, isRaw, isRequired, isEnabled }: Drain): DrainForm {
  const form = { ...BLANK_DRAIN, name, isRaw, isRequired, isEnabled }
  switch (destination.kind) {
    case 'https': {
      const { kind, url, headers = {} } = destination
      const lines = Object.entries(headers).map(([header, value]) => `${header}: ${value}`)
      return { ...form, kind, url, headers: lines.join('\n') }
    }
    case 'elasticsearch': {
      const { user = '', ...rest } = destination
      return { ...form, ...rest, user }
    }
    case 'syslog': {
      const { port, ca = '', ...rest } = destination
      return { ...form, ...rest, port: String(port), ca }
    }
    case 'file': {
      const { maxMegabytes, keep, ...rest } = destination
      return { ...form, ...rest, maxMegabytes: String(maxMegabytes), keep: String(keep) }
    }
  }
}

/** The secrets that the destination of a form uses, in the order of the form. */
export function secretsOf({ kind, auth }: Pick<DrainForm, 'kind' | 'auth'>): readonly SecretName[] {
  if (kind === 'https') return ['authorization', 'hmacKey']
  if (kind !== 'elasticsearch' || auth === 'none') return []
  return auth === 'basic' ? ['password'] : ['apiKey']
}

function readWhole(text: string, from: number, to: number): number | undefined {
  const digits = text.trim()
  const value = /^\d{1,7}$/.test(digits) ? Number(digits) : Number.NaN
  return value >= from && value <= to ? value : undefined
}

function destinationOf(form: DrainForm): DrainDestination {
  const [url, ca, user] = [form.url.trim(), form.ca.trim(), form.user.trim()]
  switch (form.kind) {
    case 'https': {
      const headers = readHeaders(form.headers)
      return { kind: 'https', url, ...(Object.keys(headers).length === 0 ? {} : { headers }) }
    }
    case 'elasticsearch': {
      const { kind, auth, isDataStream } = form
      return { kind, url, index: form.index.trim(), isDataStream, auth, ...(auth === 'basic' ? { user } : {}) }
    }
    case 'syslog': {
      const { kind, isTls } = form
      const port = readPort(form.port) ?? 0
      return { kind, host: form.host.trim(), port, isTls, ...(isTls && ca !== '' ? { ca } : {}) }
    }
    case 'file': {
      const [maxMegabytes = 0, keep = 0] = [readWhole(form.maxMegabytes, 1, 1_048_576), readWhole(form.keep, 0, 1_000)]
      return { kind: 'file', path: form.path.trim(), maxMegabytes, keep }
    }
  }
}

function nameProblem(name: string, others: readonly Drain[]): string | undefined {
  if (name === '') return 'Enter a name.'
  if (name.length > 100) return 'A name has 100 characters at most.'
  const isTaken = others.some((drain) => drain.name === name)
  return isTaken ? `Another drain is named ${shownName(name)}. Choose another name.` : undefined
}

/** Why a secret is missing; undefined if there is one. `stored`: the names of those that are stored. */
function secretProblem(form: DrainForm, name: SecretName, stored: readonly SecretName[]): string | undefined {
  const secret = form.secrets[name]
  const isThere = secret.kind === 'typed' ? secret.text !== '' : secret.kind === 'kept' && stored.includes(name)
  if (secret.kind === 'typed' && /[\r\n]/.test(secret.text)) return 'A secret is one line.'
  if (isThere || name === 'hmacKey' || name === 'authorization') return undefined
  return name === 'password' ? 'Enter the password.' : 'Enter the API key.'
}

/** The secrets of the request. It removes the secrets that the chosen kind of destination does not use. */
function sentSecrets(form: DrainForm, stored: readonly SecretName[]): DrainSecrets {
  const used = secretsOf(form)
  const names: readonly SecretName[] = ['hmacKey', 'authorization', 'password', 'apiKey']
  return Object.fromEntries(
    names.flatMap((name): [SecretName, string][] => {
      const secret = form.secrets[name]
      if (!used.includes(name)) return stored.includes(name) ? [[name, '']] : []
      if (secret.kind === 'typed') return secret.text === '' ? [] : [[name, secret.text]]
      return secret.kind === 'removed' ? [[name, '']] : []
    }),
  )
}

/** Reads the form. `others` are the saved drains except the edited one; `stored` its stored secrets. */
export function readDrain(
  form: DrainForm,
  {
    environment,
    others,
    stored,
  }: {
    readonly environment: EnvironmentRef
    readonly others: readonly Drain[]
    readonly stored: readonly SecretName[]
  },
): DrainReading {
  const { kind } = form
  const name = form.name.trim()
  const of = (kinds: readonly DrainKind[], problem: () => string | undefined) =>
    kinds.includes(kind) ? problem() : undefined
  const secret = (secretName: SecretName): string | undefined =>
    secretsOf(form).includes(secretName) ? secretProblem(form, secretName, stored) : undefined
  const found: Record<DrainField, string | undefined> = {
    name: nameProblem(name, others),
    url: of(['https', 'elasticsearch'], () => urlProblem(form.url.trim())),
    headers: of(['https'], () => headersProblem(form.headers)),
    index: of(['elasticsearch'], () => indexProblem(form.index.trim(), form.isDataStream)),
    user: of(['elasticsearch'], () =>
      form.auth === 'basic' && form.user.trim() === '' ? 'Enter the user.' : undefined,
    ),
    host: of(['syslog'], () => hostProblem(form.host.trim())),
    port: of(['syslog'], () => (readPort(form.port) === undefined ? 'Enter a port from 1 to 65535.' : undefined)),
    ca: of(['syslog'], () => (form.isTls ? caProblem(form.ca.trim()) : undefined)),
    path: of(['file'], () => pathProblem(form.path.trim())),
    maxMegabytes: of(['file'], () =>
      readWhole(form.maxMegabytes, 1, 1_048_576) === undefined ? 'Enter a whole number from 1 to 1048576.' : undefined,
    ),
    keep: of(['file'], () =>
      readWhole(form.keep, 0, 1_000) === undefined ? 'Enter a whole number from 0 to 1000.' : undefined,
    ),
    password: secret('password'),
    apiKey: secret('apiKey'),
    authorization: secret('authorization'),
    hmacKey: secret('hmacKey'),
  }
  const problems = Object.fromEntries(Object.entries(found).filter(([, sentence]) => sentence !== undefined))
  if (Object.keys(problems).length > 0) return { kind: 'refused', problems }
  const { isRaw, isRequired, isEnabled } = form
  return {
    kind: 'request',
    parameters: {
      name,
      environment,
      destination: destinationOf(form),
      isRaw,
      isRequired,
      isEnabled,
      secrets: sentSecrets(form, stored),
    },
  }
}
