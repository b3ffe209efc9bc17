// Describes the changes between two states in sentences for the page's live regions.
//
// Pure. Changes of counters, details and countdowns are not announced.

import { shownName } from '../shared/foreigntext'
import type { ForwardView } from '../shared/model/forward'
import type { Snapshot } from '../shared/model/snapshot'
import type { TerminalView } from '../shared/model/terminal'
import {
  addressWords,
  hostWords,
  instanceLabel,
  loginWords,
  spanWords,
  terminalWords,
  forwardWords,
} from '../shared/status'
import { isOnSet } from './forwards/words/via'

/** Sentences by urgency: failures and required logins interrupt the screen reader. */
export interface Sentences {
  readonly polite: readonly string[]
  readonly assertive: readonly string[]
}

function isUrgent(view: ForwardView): boolean {
  return forwardWords(view, 0).tone === 'failed' || (view.state.kind === 'waiting' && view.state.for === 'login')
}

/** The part of a forward's state whose changes are announced. */
function voiceOf(view: ForwardView): string {
  const { state } = view
  if (state.kind === 'waiting') return `waiting for ${state.for}`
  return state.kind === 'up' ? forwardWords(view, 0).word : state.kind
}

function awayWords(awayMs: number): string {
  return ` after ${awayMs < 60_000 ? `${Math.max(1, Math.round(awayMs / 1_000))} s` : spanWords(awayMs)}`
}

function forwardSentence(view: ForwardView, earlier: ForwardView | undefined, nowAt: number): string {
  const { forward, state, destination } = view
  const { word } = forwardWords(view, nowAt)
  const said = `${shownName(forward.name)}: ${word.charAt(0).toLowerCase()}${word.slice(1)}`
  switch (state.kind) {
    case 'up': {
      if (destination !== undefined) return `${said}. ${destination.error.message}`
      const away = earlier === undefined || !('cause' in earlier.state) ? '' : awayWords(nowAt - earlier.state.sinceAt)
      return `${said} on ${addressWords(view)}${away}.`
    }
    case 'waiting':
      return `${said}. ${state.cause.message}`
    case 'failed':
      return `${said}. ${state.error.message}`
    case 'off':
    case 'connecting':
    case 'reconnecting':
      return `${said}.`
  }
}

/** A forward on a set that has moved to another host; undefined if it has not. */
function movedSentence(after: ForwardView, before: ForwardView | undefined): string | undefined {
  const [from, to] = [before?.instance, after.instance]
  if (!isOnSet(after.forward.target) || !after.isOn || before?.isOn !== true) return undefined
  if (from === undefined || to === undefined || from.id === to.id) return undefined
  return `${shownName(after.forward.name)}: moved from ${shownName(hostWords(from))} to ${shownName(hostWords(to))}.`
}

function terminalSentence({ instance, state }: TerminalView, snapshot: Snapshot): string {
  const { word, detail } = terminalWords(state)
  const why = state.kind === 'ended' ? (state.error?.message ?? detail) : undefined
  const label = shownName(instanceLabel(snapshot.instances.items, instance))
  return `Terminal on ${label}: ${word.charAt(0).toLowerCase()}${word.slice(1)}.${why === undefined ? '' : ` ${why}`}`
}

/** Describes how the two states differ. `nowAt` is epoch ms. */
export function changeSentences(before: Snapshot, after: Snapshot, nowAt: number): Sentences {
  const polite: string[] = []
  const assertive: string[] = []
  const { login, ref, name } = after.environment
  const isSame = JSON.stringify(before.environment.ref) === JSON.stringify(ref)
  if (isSame && (before.environment.login === undefined) !== (login === undefined)) {
    if (login === undefined) polite.push(`${shownName(name)}: signed in again.`)
    else assertive.push(`${shownName(name)}: ${loginWords(login).toLowerCase()}.`)
  }
  const forwards = new Map(before.forwards.map((view) => [view.forward.id, view]))
  for (const view of after.forwards) {
    const earlier = forwards.get(view.forward.id)
    forwards.delete(view.forward.id)
    const moved = movedSentence(view, earlier)
    if (moved !== undefined) polite.push(moved)
    // A new forward that is off was just saved by the person: not announced.
    if (earlier === undefined ? view.state.kind === 'off' : voiceOf(earlier) === voiceOf(view)) continue
    ;(isUrgent(view) ? assertive : polite).push(forwardSentence(view, earlier, nowAt))
  }
  for (const { forward } of forwards.values()) polite.push(`${shownName(forward.name)}: deleted.`)
  for (const terminal of after.terminals) {
    const earlier = before.terminals.find(({ id }) => id === terminal.id)
    if (earlier?.state.kind === terminal.state.kind) continue
    const isFailed = terminal.state.kind === 'ended' && terminal.state.error !== undefined
    ;(isFailed ? assertive : polite).push(terminalSentence(terminal, after))
  }
  return { polite, assertive }
}
