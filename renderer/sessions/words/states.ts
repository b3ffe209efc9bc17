// A session in words: its state, whose it is, how long it has been open, and when it ends. Pure; times are epoch ms.

import { pendingRecordId } from '../../../shared/pendingid'
import type { AccountSession, SessionHolder, SessionPlace, SessionState } from '../../../shared/model/accountsession'
import { clockWords, spanWords, type StateWords } from '../../../shared/status'

const MINUTE_MS = 60_000

/** A session that ends within this time is marked. */
const SOON_MS = 15 * MINUTE_MS

const STATES: Readonly<Record<SessionState, StateWords>> = {
  pending: { tone: 'working', word: 'Opening' },
  active: { tone: 'up', word: 'Open' },
  resuming: { tone: 'working', word: 'Resuming' },
  canceling: { tone: 'working', word: 'Ending' },
  terminated: { tone: 'idle', word: 'Ended' },
}

const HOLDERS: Readonly<Record<SessionHolder, string>> = {
  mine: 'mine',
  'left-over': 'left over',
  'another-computer': 'another computer',
  others: 'others',
}

/** Whether a row is an authorization whose token nobody has used yet: no session has begun. */
export function isAuthorization({ id }: Pick<AccountSession, 'id'>): boolean {
  return pendingRecordId(id) !== undefined
}

/** The state of a session, or of an authorization that waits for its token. */
export function stateWords({ id, state }: Pick<AccountSession, 'id' | 'state'>): StateWords {
  return state === 'pending' && isAuthorization({ id }) ? { tone: 'waiting', word: 'Authorized' } : STATES[state]
}

/** Whether a session can be ended: it is open, and not being ended already. */
export function isEndable({ state }: Pick<AccountSession, 'state'>): boolean {
  return state !== 'terminated' && state !== 'canceling'
}

/**
 * The short name of an identity, from its ARN: the user, or the session name of an assumed role, which names the person. A text that
 * is no such ARN is returned as it is.
 */
export function ownerName(arn: string): string {
  const [prefix, , , , , ...rest] = arn.split(':')
  const resource = rest.join(':')
  if (prefix !== 'arn' || resource === '') return arn
  return resource.slice(resource.lastIndexOf('/') + 1) || arn
}

/** Whose a session is, in few words: "mine", "left over", or the name of its owner. */
export function holderWords({ holder, owner }: Pick<AccountSession, 'holder' | 'owner'>): string {
  return holder === 'others' ? ownerName(owner) : HOLDERS[holder]
}

/** The Name of a session's target, else its id. */
export function targetWords({ target, targetName }: Pick<AccountSession, 'target' | 'targetName'>): string {
  return targetName ?? target
}

/** What a session does, as its document and the part of this app that carries it tell. */
export function kindOf({
  document,
  carrier,
}: Pick<AccountSession, 'document' | 'carrier'>): 'shell' | 'port' | 'ssh' | 'command' {
  if (carrier !== undefined) return carrier.kind === 'forward' ? 'port' : 'shell'
  if (document === undefined) return 'shell'
  if (document.includes('PortForwarding')) return 'port'
  if (document.includes('SSHSession')) return 'ssh'
  return document.includes('Command') ? 'command' : 'shell'
}

const KINDS = { shell: 'shell', port: 'port', ssh: 'SSH', command: 'command' } as const

/** What a session does: "shell", "port", or the name of the forward that it carries. */
export function kindWords(session: Pick<AccountSession, 'document' | 'carrier'>): string {
  const { carrier } = session
  return carrier?.kind === 'forward' ? carrier.name : KINDS[kindOf(session)]
}

/** A time: `11:42` of today, `3 Nov 11:42` of another day. */
export function momentWords(at: number, nowAt: number): string {
  const date = new Date(at)
  const today = new Date(nowAt)
  if (date.toDateString() === today.toDateString()) return clockWords(at)
  const year = date.getFullYear() === today.getFullYear() ? '' : ` ${date.getFullYear()}`
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}${year} ${clockWords(at)}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** How long a session has been open, or was; undefined where its start or its end is not known. */
export function openMs(
  { id, state, startAt, endAt }: Pick<AccountSession, 'id' | 'state' | 'startAt' | 'endAt'>,
  nowAt: number,
): number | undefined {
  if (startAt === undefined || isAuthorization({ id })) return undefined
  const untilAt = state === 'terminated' ? endAt : nowAt
  return untilAt === undefined ? undefined : Math.max(0, untilAt - startAt)
}

/** "34 min" of an open session; "11:42, after 34 min" of one that has ended. */
export function openWords(session: Pick<AccountSession, 'id' | 'state' | 'startAt' | 'endAt'>, nowAt: number): string {
  const spanMs = openMs(session, nowAt)
  if (session.state !== 'terminated') return spanMs === undefined ? '–' : shortSpan(spanMs)
  if (session.endAt === undefined) return '–'
  const at = momentWords(session.endAt, nowAt)
  return spanMs === undefined ? at : `${at}, after ${shortSpan(spanMs)}`
}

/** When the account's maximum duration ends an open session, epoch ms; undefined where there is none, or it is not known. */
export function endsAt({ state, startAt, maxDurationMs }: AccountSession): number | undefined {
  return state === 'terminated' || startAt === undefined || maxDurationMs === undefined
    ? undefined
    : startAt + maxDurationMs
}

/** "in 34 min", and whether that is soon; undefined where no end is known. A session may outlive its end by a moment. */
export function endsWords(
  session: AccountSession,
  nowAt: number,
): { readonly text: string; readonly isSoon: boolean } | undefined {
  const at = endsAt(session)
  if (at === undefined) return undefined
  const leftMs = Math.max(0, at - nowAt)
  return { text: leftMs === 0 ? 'now' : `in ${shortSpan(leftMs)}`, isSoon: leftMs < SOON_MS }
}

/** A duration with its seconds below a minute: "12 s". */
export function shortSpan(ms: number): string {
  if (ms < 1_000) return 'under 1 s'
  return ms < MINUTE_MS ? `${Math.floor(ms / 1_000)} s` : spanWords(ms)
}

/** The environment and the region of a session: "acme-prod, eu-west-1". */
export function placeWords({ name, region }: SessionPlace): string {
  return region === '' ? name : `${name}, ${region}`
}

/** "1 session", "3 sessions". */
export function sessionsWords(count: number): string {
  return count === 1 ? '1 session' : `${count.toLocaleString('en')} sessions`
}
