// The words, shapes and colours of states in one place, so that window, tray and command line say the same.

import type { ErrorCode } from './errors'
import type { LoginEnd } from './model/environment'
import type { ForwardView, HostName, TunnelState } from './model/forward'
import type { Instance } from './model/instance'
import type { TerminalView } from './model/terminal'

/** The shape and the colour role of a state. Each has its own outline, so that colour is never the only difference. */
export type Tone = 'idle' | 'working' | 'up' | 'waiting' | 'failed'

/** A state in words. */
export interface StateWords {
  readonly tone: Tone
  readonly word: string
  /** The cause or the start time, in a few words. */
  readonly detail?: string
}

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A duration in words: `34 min`, `2 h 14 min`, `3 days`. */
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

/** A time of day as `11:42`, in this computer's zone. */
export function clockWords(at: number): string {
  const date = new Date(at)
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`
}

/** The state of an instance's agent, in words. Pure: `nowAt` is epoch ms. */
export function agentWords(instance: Instance, nowAt: number): StateWords {
  if (instance.state === 'pending') return { tone: 'waiting', word: 'Starting' }
  if (instance.state !== 'running') {
    const { state } = instance
    return { tone: 'idle', word: `${state.charAt(0).toUpperCase()}${state.slice(1).replaceAll('-', ' ')}` }
  }
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

/** Why no session can be opened, as a sentence; undefined if one can. */
export function connectBlock(instance: Instance, nowAt: number): string | undefined {
  const { tone, word, detail } = agentWords(instance, nowAt)
  if (tone === 'up') return undefined
  if (instance.state === 'pending') return 'The instance is starting. Try again in a moment.'
  if (instance.state === 'stopped') return 'The instance is stopped. Start it first.'
  if (instance.state !== 'running') return `The instance is ${instance.state.replaceAll('-', ' ')}.`
  if (instance.agent.kind === 'unmanaged') {
    return 'This instance is not registered with Session Manager: it has no agent, no role, or no route to the service.'
  }
  return detail === undefined ? `${word}: it does not answer.` : `${word}: it has not answered for ${detail}.`
}

/** The awaited conditions, in words. */
const waitingWords = { login: 'login', network: 'network', instance: 'instance', port: 'its port' } as const

/** What a forward waits for, in words. A set waits for any of its hosts. */
export function awaitedWords({ for: awaited, cause }: Extract<TunnelState, { kind: 'waiting' }>): string {
  return cause.code === 'no-good-host' ? 'a host' : waitingWords[awaited]
}

/** The short cause of a failure, by its code; the error itself has the full sentence. */
const failureWords: Partial<Record<ErrorCode, string>> = {
  'port-in-use': 'Port in use',
  'port-not-allowed': 'Port not allowed',
  'unknown-instance': 'Unknown instance',
  'wrong-region': 'Unknown instance',
  'ambiguous-name': 'Ambiguous name',
  'no-good-host': 'No good host',
  'unknown-target': 'Target deleted',
  'agent-offline': 'Agent offline',
  'access-denied': 'Not allowed',
  'key-denied': 'Key not usable',
  'document-missing': 'Document missing',
  'credentials-missing': 'No credentials',
  'credentials-expired': 'No credentials',
  'profile-unknown': 'Unknown profile',
  'destination-refused': 'Destination refused',
  'destination-forbidden': 'Destination forbidden',
  network: 'No network',
  timeout: 'No answer',
  'session-ended': 'Session ended',
  'session-gone': 'Session ended',
  'session-terminated': 'Session ended',
  'idle-timeout': 'Idle limit',
  'max-duration': 'Time limit',
  'agent-too-old': 'Agent too old',
  'not-supported': 'Not supported',
  'connection-limit': 'Connection limit',
  'forward-expired': 'Expired',
}

/** A forward's state in words. Pure: `nowAt` is epoch ms. */
export function tunnelWords(state: TunnelState, nowAt: number): StateWords {
  switch (state.kind) {
    case 'off':
      return { tone: 'idle', word: 'Off' }
    case 'connecting':
      return { tone: 'working', word: 'Connecting', detail: 'opening the session' }
    case 'up':
      return { tone: 'up', word: 'Up', detail: spanWords(nowAt - state.sinceAt) }
    case 'reconnecting': {
      const seconds = state.retryAt === undefined ? 0 : Math.ceil((state.retryAt - nowAt) / SECOND_MS)
      return {
        tone: 'working',
        word: seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting',
        detail: `attempt ${state.attempt}`,
      }
    }
    case 'waiting':
      return {
        tone: 'waiting',
        word: `Waiting for ${awaitedWords(state)}`,
        detail: `since ${clockWords(state.sinceAt)}`,
      }
    case 'failed':
      return {
        tone: 'failed',
        word: failureWords[state.error.code] ?? 'Failed',
        detail: `since ${clockWords(state.sinceAt)}`,
      }
  }
}

/** Why a destination is not reached, worded to follow "Up, ". */
function faultWords(code: ErrorCode): string {
  if (code === 'destination-refused') return 'destination refuses'
  if (code === 'destination-forbidden') return 'destination is forbidden'
  return code === 'timeout' ? 'agent is silent' : 'destination is not reached'
}

/** Whether a forward's session is up but its destination is not reached. */
export function isUnreached({ state, destination }: Pick<ForwardView, 'state' | 'destination'>): boolean {
  return state.kind === 'up' && destination !== undefined
}

/** The problem of a forward that is up: "destination refuses since 14:02". Undefined: no problem, or it is not up. */
export function troubleWords(view: Pick<ForwardView, 'state' | 'destination'>): string | undefined {
  const { state, destination } = view
  if (state.kind !== 'up' || destination === undefined) return undefined
  return `${faultWords(destination.error.code)} since ${clockWords(destination.sinceAt)}`
}

/** The state of a forward in words: its tunnel's, and its destination's if that is not reached. `nowAt` is epoch ms. */
export function forwardWords(view: Pick<ForwardView, 'state' | 'destination'>, nowAt: number): StateWords {
  const { state, destination } = view
  if (state.kind !== 'up' || destination === undefined) return tunnelWords(state, nowAt)
  const { error, sinceAt } = destination
  return { tone: 'failed', word: `Up, ${faultWords(error.code)}`, detail: `since ${clockWords(sinceAt)}` }
}

/** A terminal's state in words. */
export function terminalWords(state: TerminalView['state']): StateWords {
  switch (state.kind) {
    case 'connecting':
      return { tone: 'working', word: 'Connecting' }
    case 'open':
      return { tone: 'up', word: 'Connected' }
    case 'reconnecting':
      return state.waitsFor === undefined
        ? { tone: 'working', word: 'Reconnecting' }
        : { tone: 'waiting', word: `Waiting for ${waitingWords[state.waitsFor]}` }
    case 'ended':
      return {
        tone: state.error === undefined ? 'idle' : 'failed',
        word: `Ended ${clockWords(state.at)}`,
        ...(state.text === '' ? {} : { detail: state.text }),
      }
  }
}

/** The label of an instance: its name, with the end of its id if several share the name; without a name its id. */
export function instanceLabel(instances: readonly Instance[], instance: Pick<Instance, 'id' | 'name'>): string {
  const { id, name } = instance
  if (name === '') return id
  const isShared = instances.some((other) => other.name === name && other.id !== id)
  return isShared ? `${name} …${id.slice(-4)}` : name
}

/** A host by its Name and its id, as it is told when a forward moves. */
export function hostWords({ id, name }: HostName): string {
  // The id of a container has a hundred characters, and its name has the digits of its task.
  return name === '' ? id : id.startsWith('ecs:') ? name : `${name} (${id})`
}

/** The address that a forward listens on, as a person types it; "" while no port is known. */
export function addressWords(view: ForwardView): string {
  return view.localPort === 0 ? '' : `localhost:${view.localPort}`
}

/** The destination of a forward, as seen from its instance. */
export function destinationWords({ forward }: ForwardView): string {
  return `${forward.remoteHost ?? 'localhost'}:${forward.remotePort}`
}

/** The instance of a forward, as far as it is known; of a set the chosen host. */
export function viaWords({ forward, instance }: ForwardView, instances: readonly Instance[]): string {
  const { target } = forward
  if (target.kind === 'name') return target.name
  if (target.kind !== 'id') {
    if (instance !== undefined) return instanceLabel(instances, instance)
    return target.kind === 'set' ? target.set.hosts : 'a saved target'
  }
  const { instanceId } = target
  const listed = instances.find((candidate) => candidate.id === instanceId) ?? instance
  return listed === undefined ? instanceId : instanceLabel(instances, listed)
}

/** The name of the end of a sign-in. */
export function loginWords({ error }: Pick<LoginEnd, 'error'>): string {
  return error.code === 'credentials-missing' ? 'No credentials' : 'Sign-in ended'
}
