// What a row shows in place of its figures, and which buttons fix the problem.

import type { WireError } from '../../../shared/errors'
import { shownName } from '../../../shared/foreigntext'
import type { ForwardView, TunnelState } from '../../../shared/model/forward'
import { clockWords } from '../../../shared/status'
import { localPortFor } from '../editor/proposals'

/** An action of a row's button. */
export type Remedy =
  /** Take a free port at or above `from`, keep it, start. */
  | { readonly kind: 'other-port'; readonly from: number }
  /** Start a failed forward. */
  | { readonly kind: 'start'; readonly label: string }
  /** Begin the SSO login of a profile. */
  | { readonly kind: 'login'; readonly profile: string }
  /** Cut the wait short. */
  | { readonly kind: 'retry'; readonly label: string }
  /** Check each leg of the path once: the destination may answer again. */
  | { readonly kind: 'check'; readonly label: string }
  /** Make a forward on a Name that several instances have one on any of these, and start it. */
  | { readonly kind: 'any'; readonly name: string }
  /** Open the editor. */
  | { readonly kind: 'edit'; readonly label: string }

/**
 * What is shown in place of the figures: nothing, the figures, or a sentence with at most two remedies, the best one first.
 */
export type Standing =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'figures' }
  | {
      readonly kind: 'words'
      readonly sentence: string
      readonly at?: number
      /** The AWS command that fixes it. */
      readonly command?: string
      readonly remedies: readonly Remedy[]
    }

/** How long a failed connection is shown in place of the figures. */
const LAST_ERROR_MS = 10 * 60_000

const LAST_PORT = 65_535

function remediesFor({ code, loginProfile }: WireError, view: ForwardView, again: Remedy): readonly Remedy[] {
  const { localPort, forward } = view
  const otherPort = (from: number): Remedy => ({ kind: 'other-port', from: Math.min(from, LAST_PORT) })
  if (code === 'port-in-use') return [otherPort(localPort + 1), again]
  // An ordinary user may not listen on ports below 1024.
  if (code === 'port-not-allowed') return [otherPort(localPortFor(localPort)), again]
  if (code === 'ambiguous-name' && forward.target.kind === 'name') {
    return [
      { kind: 'any', name: forward.target.name },
      { kind: 'edit', label: 'Choose one' },
    ]
  }
  if (code === 'no-good-host') return [again, { kind: 'edit', label: 'Edit hosts' }]
  if (code === 'unknown-target') return [{ kind: 'edit', label: 'Choose target' }]
  if (code === 'ambiguous-name' || code === 'unknown-instance') {
    return [{ kind: 'edit', label: 'Choose instance' }, again]
  }
  return loginProfile === undefined ? [again] : [{ kind: 'login', profile: loginProfile }, again]
}

/** An error as a row shows it: with its command, where no button of ours does the same. */
function told({ message, command, loginProfile }: WireError): { readonly sentence: string; readonly command?: string } {
  return { sentence: message, ...(command === undefined || loginProfile !== undefined ? {} : { command }) }
}

/** The newest connection failure, while it is recent enough to show; `nowAt` is epoch ms. */
function recentError({ lastError }: ForwardView, nowAt: number): ForwardView['lastError'] {
  // A failing destination is reported by `destination`. Without it the destination has answered since.
  if (lastError === undefined || lastError.error.code.startsWith('destination-')) return undefined
  return nowAt - lastError.at < LAST_ERROR_MS ? lastError : undefined
}

/** What a forward's row shows. Pure: `nowAt` is epoch ms, `via` the label of its instance. */
export function standingOf(view: ForwardView, via: string, nowAt: number): Standing {
  const { state, endedBy } = view
  switch (state.kind) {
    case 'off':
      return endedBy === undefined ? { kind: 'nothing' } : { kind: 'words', ...told(endedBy), remedies: [] }
    case 'connecting':
      return { kind: 'words', sentence: `Asking Session Manager for a session on ${shownName(via)}.`, remedies: [] }
    case 'up': {
      if (view.destination !== undefined) {
        const { error } = view.destination
        return { kind: 'words', sentence: error.message, remedies: [{ kind: 'check', label: 'Check now' }] }
      }
      const recent = recentError(view, nowAt)
      if (recent === undefined) return { kind: 'figures' }
      const { error, at } = recent
      const remedies: readonly Remedy[] =
        error.code === 'connection-limit' && view.forward.maxConnections !== undefined
          ? [{ kind: 'edit', label: 'Edit limit' }]
          : []
      return { kind: 'words', sentence: error.message, at, remedies }
    }
    case 'reconnecting':
      return { kind: 'words', ...told(state.cause), remedies: [{ kind: 'retry', label: 'Retry now' }] }
    case 'waiting': {
      const again: Remedy = { kind: 'retry', label: state.for === 'port' ? 'Retry' : 'Retry now' }
      // Other waits end by themselves, and nothing of the forward can be changed to end them sooner.
      const isMendable = state.for === 'port' || state.for === 'login' || state.cause.code === 'no-good-host'
      return {
        kind: 'words',
        ...told(state.cause),
        remedies: isMendable ? remediesFor(state.cause, view, again) : [again],
      }
    }
    case 'failed': {
      const remedies = remediesFor(state.error, view, { kind: 'start', label: 'Retry' })
      return { kind: 'words', ...told(state.error), remedies }
    }
  }
}

/** When a forward that is off was last up: "last up 11:42", "last up yesterday". Undefined: never in this run. */
export function lastUpWords(lastUpAt: number | undefined, nowAt: number): string | undefined {
  if (lastUpAt === undefined) return undefined
  const days = dayOf(nowAt) - dayOf(lastUpAt)
  if (days <= 0) return `last up ${clockWords(lastUpAt)}`
  return days === 1 ? 'last up yesterday' : `last up ${days} days ago`
}

/** The number of the day, in this computer's time zone. */
function dayOf(at: number): number {
  const date = new Date(at)
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000)
}

/** The wait that the words of a state count down; undefined if there is no countdown. `nowAt` is epoch ms. */
export function countdownOf(
  state: TunnelState,
  nowAt: number,
): { readonly retryAt: number; readonly nowAt: number } | undefined {
  if (state.kind !== 'reconnecting' || state.retryAt === undefined || state.retryAt <= nowAt) return undefined
  return { retryAt: state.retryAt, nowAt }
}
