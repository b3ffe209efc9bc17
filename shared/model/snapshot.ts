// The whole state that a window mirrors. Types only.

import type { EnvironmentView, ProfileChoice } from './environment'
import type { ForwardView } from './forward'
import type { InstanceList } from './instance'
import type { TerminalView } from './terminal'
import type { Settings } from '../settings'

/** What runs, and where it keeps its files. */
export interface About {
  readonly version: string
  /** The path of the data directory on the computer where Culvert runs. */
  readonly dataDirectory: string
}

/** Something to know that belongs to no row: shown until it is dismissed. */
export interface Notice {
  readonly id: string
  readonly tone: 'idle' | 'waiting' | 'failed'
  /** The cause in a few words. */
  readonly title: string
  /** What Culvert did and what a person can do. */
  readonly text: string
}

/** Something that only a person can answer: the code that the device `serial` shows for `profile`. Never holds the answer. */
export interface Question {
  readonly id: string
  readonly kind: 'mfa'
  readonly profile: string
  /** An ARN, or a device's serial number. */
  readonly serial: string
  /** AWS has refused the code that was entered before. */
  readonly isRepeated: boolean
}

/** The whole state that a window mirrors. The journal is asked for on its own. */
export interface Snapshot {
  readonly about: About
  readonly environment: EnvironmentView
  readonly profiles: readonly ProfileChoice[]
  readonly instances: InstanceList
  readonly forwards: readonly ForwardView[]
  readonly terminals: readonly TerminalView[]
  readonly settings: Settings
  readonly notices: readonly Notice[]
  readonly questions: readonly Question[]
}

/** The whole state, as one window is told it first. */
export interface WindowSnapshot extends Snapshot {
  /** What `heldBy` calls this window. New with each connection to the core. */
  readonly windowId: string
}
