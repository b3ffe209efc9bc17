// The words, shapes and colours of states: one place, so that the page says the same thing everywhere.

import type { ForwardView, Instance, TerminalView, TunnelState } from '../shared/model'

/** The shape and the colour role of a state; each has its own outline, so that colour is never alone. */
export type Tone = 'idle' | 'working' | 'up' | 'waiting' | 'failed'

/** A state in words. */
export interface StateWords {
  readonly tone: Tone
  readonly word: string
  /** Why, or since when. */
  readonly detail?: string
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A span of time as a person says it: `34 min`, `2 h 14 min`, `3 days`. */
export function spanWords(spanMs: number): string {
  if (spanMs < MINUTE_MS) return 'less than a minute'
  if (spanMs < HOUR_MS) return `${Math.floor(spanMs / MINUTE_MS)} min`
  if (spanMs < DAY_MS) {
    const minutes = Math.floor((spanMs % HOUR_MS) / MINUTE_MS)
    return `${Math.floor(spanMs / HOUR_MS)} h${minutes === 0 ? '' : ` ${minutes} min`}`
  }
  const days = Math.floor(spanMs / DAY_MS)
  return days === 1 ? '1 day' : `${days} days`
}

/** What an instance's agent is doing, in words. Pure: `nowAt` is epoch ms. */
export function agentWords(instance: Instance, nowAt: number): StateWords {
  if (instance.state === 'pending') return { tone: 'waiting', word: 'Starting' }
  if (instance.state !== 'running') return { tone: 'idle', word: 'Not running' }
  const { agent } = instance
  switch (agent.kind) {
    case 'online':
      return { tone: 'up', word: 'Online' }
    case 'offline': {
      const { lastPingAt } = agent
      const detail = lastPingAt === undefined ? {} : { detail: spanWords(nowAt - lastPingAt) }
      return { tone: 'failed', word: 'Agent offline', ...detail }
    }
    case 'unmanaged':
      return { tone: 'failed', word: 'Not managed', detail: 'no agent or no role' }
  }
}

/** Why no session can be opened, as a sentence; undefined when one can. */
export function connectBlock(instance: Instance, nowAt: number): string | undefined {
  const { tone, word, detail } = agentWords(instance, nowAt)
  if (tone === 'up') return undefined
  if (instance.state === 'pending') return 'The instance is starting. Try again in a moment.'
  if (instance.state === 'stopped') return 'The instance is stopped. Start it first.'
  if (instance.state !== 'running') return `The instance is ${instance.state.replace('-', ' ')}.`
  if (instance.agent.kind === 'unmanaged') {
    return 'Session Manager does not know this instance: it has no agent, no role, or no way to reach the service.'
  }
  return detail === undefined ? `${word}: it does not answer.` : `${word}: it has not answered for ${detail}.`
}

/** A forward's state in words. */
export function tunnelWords(state: TunnelState, nowAt: number): StateWords {
  switch (state.kind) {
    case 'off':
      return { tone: 'idle', word: 'Off' }
    case 'connecting':
      return { tone: 'working', word: 'Connecting', detail: 'opening the session' }
    case 'up':
      return { tone: 'up', word: 'Up', detail: spanWords(nowAt - state.sinceAt) }
    case 'reconnecting':
      return { tone: 'working', word: 'Reconnecting', detail: state.cause.message }
    case 'failed':
      return { tone: 'failed', word: 'Failed', detail: state.error.message }
  }
}

/** A terminal's state in words. */
export function terminalWords(state: TerminalView['state']): StateWords {
  switch (state.kind) {
    case 'connecting':
      return { tone: 'working', word: 'Connecting…' }
    case 'open':
      return { tone: 'up', word: 'Connected' }
    case 'reconnecting':
      return { tone: 'working', word: 'Reconnecting…' }
    case 'ended':
      return {
        tone: state.error === undefined ? 'idle' : 'failed',
        word: 'Ended',
        ...(state.text === '' ? {} : { detail: state.text }),
      }
  }
}

/** What to call an instance: its name, with the end of its id where several bear that name; without a name its id. */
export function instanceLabel(instances: readonly Instance[], instanceId: string): string {
  const name = instances.find((instance) => instance.id === instanceId)?.name ?? ''
  if (name === '') return instanceId
  const isShared = instances.some((instance) => instance.name === name && instance.id !== instanceId)
  return isShared ? `${name} …${instanceId.slice(-4)}` : name
}

/** Where a forward listens. */
export function addressOf(forward: ForwardView): string {
  return `127.0.0.1:${forward.localPort}`
}

/** What a forward reaches, seen from its instance. */
export function reachWords(forward: ForwardView, instances: readonly Instance[]): string {
  const instance = instanceLabel(instances, forward.instanceId)
  return forward.remoteHost === undefined
    ? `${instance}:${forward.remotePort}`
    : `${forward.remoteHost}:${forward.remotePort} via ${instance}`
}
