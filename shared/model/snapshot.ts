// The whole state that a window receives. Types only.

import type { ContainerList } from './container'
import type { DoctorView } from './doctor'
import type { DrainView } from './drain'
import type { EnvironmentView, ProfileChoice } from './environment'
import type { ForwardView } from './forward'
import type { InstanceList } from './instance'
import type { SavedTarget } from './savedtarget'
import type { TerminalView } from './terminal'
import type { Settings } from '../settings'

/** The running version, and where it keeps its files. */
export interface About {
  readonly version: string
  /** The path of the data directory on the computer where Culvert runs. */
  readonly dataDirectory: string
}

/** A message that belongs to no row; shown until it is dismissed. */
export interface Notice {
  readonly id: string
  readonly tone: 'idle' | 'waiting' | 'failed'
  /** The cause in a few words. */
  readonly title: string
  /** What Culvert did, and what a person can do. */
  readonly text: string
}

/** The question for the code that the device `serial` shows for `profile`. */
export interface CodeAsked {
  readonly kind: 'mfa'
  readonly profile: string
  /** An ARN, or a device's serial number. */
  readonly serial: string
  /** Whether AWS has refused the previously entered code. */
  readonly isRepeated: boolean
}

/** The question for the reason of the sessions in an environment. */
export interface ReasonAsked {
  readonly kind: 'reason'
  /** The environment's name. */
  readonly environment: string
  readonly region: string
}

/** The question to log in on a page of AWS. It closes by itself once that is done. */
export interface LoginAsked {
  readonly kind: 'login'
  /** The profile that logs in. */
  readonly profile: string
  /** The account that the profile wants, where it names one. */
  readonly account?: string
  readonly startUrl: string
  /** The page to open: https on a host of AWS, checked by the core. */
  readonly url: string
  /** What the page shows, to be compared. Absent: the browser must be on the computer where Culvert runs. */
  readonly userCode?: string
  /** Epoch ms. */
  readonly endsAt: number
}

/** A question that only a person can answer. Never contains the answer. */
export type Question = (CodeAsked | ReasonAsked | LoginAsked) & { readonly id: string }

/** The whole state that a window receives. The journal is requested separately. */
export interface Snapshot {
  readonly about: About
  readonly environment: EnvironmentView
  readonly profiles: readonly ProfileChoice[]
  readonly instances: InstanceList
  readonly containers: ContainerList
  readonly forwards: readonly ForwardView[]
  /** The saved targets of all environments, in the order in which they were made. */
  readonly targets: readonly SavedTarget[]
  /** The drains of all environments, in the order in which they were made. */
  readonly drains: readonly DrainView[]
  readonly terminals: readonly TerminalView[]
  readonly settings: Settings
  readonly notices: readonly Notice[]
  readonly questions: readonly Question[]
  /** Absent before the first run of the doctor. */
  readonly doctor?: DoctorView
}

/** The whole state as sent first to one window. */
export interface WindowSnapshot extends Snapshot {
  /** This window's name in `heldBy`. New for each connection to the core. */
  readonly windowId: string
}
