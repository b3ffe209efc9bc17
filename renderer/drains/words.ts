// Drains in words: kinds, destinations, states, what waits. Pure.

import type { DrainDestination, DrainView, SecretPlace } from '../../shared/model/drain'
import type { RecordingRule } from '../../shared/model/recording'
import { clockWords, spanWords, type StateWords } from '../../shared/status'
import { bytesWords } from '../forwards/words/figures'
import type { DrainKind, SecretName } from './form'

const SECOND_MS = 1_000

/** The kinds of destinations in the order of the form. */
export const KINDS: readonly { readonly value: DrainKind; readonly label: string }[] = [
  { value: 'https', label: 'HTTPS' },
  { value: 'elasticsearch', label: 'Elasticsearch' },
  { value: 'syslog', label: 'Syslog' },
  { value: 'file', label: 'File' },
]

/** What each kind of destination gets. */
export const KIND_HINTS: Readonly<Record<DrainKind, string>> = {
  https: 'JSON lines by POST, in batches.',
  elasticsearch: 'Elasticsearch or OpenSearch, by its bulk API.',
  syslog:
    'RFC 5424 over TCP or TLS. Syslog acknowledges nothing: after a break some records come again, marked repeat=1.',
  file: 'JSON lines in a file of this computer.',
}

/** The secrets by name. */
export const SECRET_LABELS: Readonly<Record<SecretName, string>> = {
  authorization: 'Authorization header (optional)',
  hmacKey: 'HMAC key (optional)',
  password: 'Password',
  apiKey: 'API key',
}

/** What each secret is for. */
export const SECRET_HINTS: Readonly<Record<SecretName, string>> = {
  authorization: 'The whole value, such as Bearer and a token.',
  hmacKey: 'Each batch is signed with HMAC-SHA256.',
  password: '',
  apiKey: 'The encoded key, as Elasticsearch shows it.',
}

/** Where secrets are kept, as a sentence. */
export function placeWords(place: SecretPlace | undefined): string {
  if (place === undefined) return 'A stored secret is never shown again.'
  return place === 'key-store'
    ? 'Kept in the key store of this system, and never shown again.'
    : 'This system has no key store that Culvert can use: kept in a file that only your user can read, and never shown again.'
}

/** A destination as a person knows it: `HTTPS to logs.example.com`. */
export function destinationWords(destination: DrainDestination): string {
  switch (destination.kind) {
    case 'https':
    case 'elasticsearch': {
      const { kind, url } = destination
      const host = URL.canParse(url) ? new URL(url).host : url
      return kind === 'https' ? `HTTPS to ${host}` : `Elasticsearch, ${destination.index} on ${host}`
    }
    case 'syslog':
      return `Syslog over ${destination.isTls ? 'TLS' : 'TCP'} to ${destination.host}:${destination.port}`
    case 'file':
      return `File ${destination.path}`
  }
}

/** The state of a drain. `nowAt` is epoch ms. */
export function drainWords({ state }: Pick<DrainView, 'state'>, nowAt: number): StateWords {
  switch (state.kind) {
    case 'off':
      return { tone: 'idle', word: 'Off' }
    case 'idle':
      return { tone: 'idle', word: 'Nothing sent yet' }
    case 'ok':
      return { tone: 'up', word: 'Delivering' }
    case 'failing': {
      const { retryAt, sinceAt } = state
      const detail = `since ${clockWords(sinceAt)}`
      if (retryAt === undefined || retryAt <= nowAt) return { tone: 'failed', word: 'Failing, trying again', detail }
      return { tone: 'failed', word: `Failing, again in ${Math.ceil((retryAt - nowAt) / SECOND_MS)} s`, detail }
    }
  }
}

function recordsWords(count: number): string {
  return count === 1 ? '1 record' : `${count.toLocaleString('en')} records`
}

/** What waits, as a sentence without its stop: `12 records wait (3.4 KB), oldest 3 min`; "" where nothing does. */
export function waitingWords({ waiting }: Pick<DrainView, 'waiting'>, nowAt: number): string {
  const { records, bytes, oldestAt } = waiting
  if (records === 0) return ''
  const oldest = oldestAt === undefined || nowAt - oldestAt < 1_000 ? '' : `, oldest ${ageWords(nowAt - oldestAt)}`
  return `${recordsWords(records)} ${records === 1 ? 'waits' : 'wait'} (${bytesWords(bytes)})${oldest}`
}

function ageWords(ms: number): string {
  return ms < 60_000 ? `${Math.floor(ms / SECOND_MS)} s` : spanWords(ms)
}

/** The figures of a drain: what waits, what was delivered, dropped and refused; in that order, without those that are 0. */
export function figuresOf(view: DrainView, nowAt: number): readonly string[] {
  const { delivered, dropped, refused } = view
  return [
    waitingWords(view, nowAt),
    delivered === 0 ? '' : `${delivered.toLocaleString('en')} delivered`,
    dropped === 0 ? '' : `${dropped.toLocaleString('en')} dropped, the spool was full`,
    refused === 0 ? '' : `${refused.toLocaleString('en')} refused by the destination`,
  ].filter((words) => words !== '')
}

/** How long a test took: `41 ms`, `1.4 s`. */
export function tookWords(ms: number): string {
  return ms < SECOND_MS ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / SECOND_MS).toFixed(1)} s`
}

/** What happens to output, for the warning of the settings; "" where nothing does. */
export function keptWords(rule: RecordingRule, isDrained: boolean): string {
  if (rule === 'off') return isDrained ? 'Output is sent to drains.' : ''
  const recorded = rule === 'always' ? 'Output is recorded' : 'Output may be recorded'
  return isDrained ? `${recorded}, and is sent to drains.` : `${recorded}.`
}
