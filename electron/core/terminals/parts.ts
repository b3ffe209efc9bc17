// What a terminal is made from: its place, the window that opens it, and its callbacks. Types only.

import type { ExecRequest } from '../../../shared/ecscalls'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { DocumentChoice } from '../../../shared/model/document'
import type { EphemeralView } from '../../../shared/model/ephemeral'
import type { ForwardTarget } from '../../../shared/model/forward'
import type { Instance } from '../../../shared/model/instance'
import type { CaptureKind } from '../../../shared/model/recording'
import type { TerminalSize, TerminalView } from '../../../shared/model/terminal'
import type { Ends } from '../async/closing'
import type { Captures } from '../capture/captures'
import type { Environment } from '../environments/environment'
import type { Shell, ShellOptions } from '../sessions/shell'
import type { Journal } from '../store/journal'
import type { Allowed } from './allowance'

/** Where a terminal is opened. */
export interface TerminalPlace {
  readonly ref: EnvironmentRef
  readonly environmentName: string
  /** Opens the environment if needed. */
  readonly environment: () => Promise<Environment>
  readonly instance: TerminalView['instance']
  /** Asked when a session is opened: the list of instances may come later than the terminal. Absent: not known. */
  readonly platform?: () => Instance['platform'] | undefined
  /** The set that the host of each new session is chosen from. `instance` is then the host of the session before, or the set's label. */
  readonly set?: TerminalSet
  /** How the output is captured. Absent: as that of a shell, with an operation id of its own. */
  readonly captured?: {
    readonly kind: CaptureKind
    /** What records name as the target, in the place of the instance. */
    readonly target: string
    /** Asked when a session is opened: the id of the task that it is for. */
    readonly operationId: () => string
  }
  /** Present where every session is a task of its own; see core/ephemeral/. */
  readonly ephemeral?: EphemeralTerminal
}

/** The ephemeral sessions of a terminal. */
export interface EphemeralTerminal {
  readonly view: EphemeralView
  /** A person has agreed to a task definition of Culvert's own. */
  derive(): void
  open(environment: Environment, options: ShellOpening): Promise<Shell>
}

/** How a session of a terminal is opened. */
export interface ShellOpening extends Required<Pick<ShellOptions, 'size' | 'signal' | 'onResuming' | 'onForecast'>> {
  /** Called after each change of the view of an ephemeral session. */
  readonly changed: () => void
}

/** The host of one session of a terminal. */
export interface ChosenHost extends Pick<Instance, 'id' | 'name' | 'platform'> {
  /** That of a saved target; absent: the environment's. */
  readonly document?: DocumentChoice
  /** Present for a container: the command that is executed in it. */
  readonly exec?: ExecRequest
  /** How long a saved target allows the session. Absent: without limit. */
  readonly allowed?: Allowed
}

/** A set of hosts, and the choice of one of them. */
interface TerminalSet {
  readonly target: ForwardTarget
  readonly choose: (environment: Environment, signal: AbortSignal) => Promise<ChosenHost>
}

/** The window of a request, and the size of its screen. */
export interface TerminalScreen {
  readonly windowId: string
  readonly size: TerminalSize
}

/** What a terminal needs, and its callbacks. */
export interface RunningTerminalOptions {
  readonly place: TerminalPlace
  readonly journal: Journal
  readonly now: () => number
  /** Absent: no output is captured. */
  readonly captures?: Captures | undefined
  /** Gets the ends of openings and sessions. */
  readonly ends: Ends
  /** Called after each change of its view. */
  readonly changed: () => void
  /** `offset` counts the bytes before these since the terminal began. */
  readonly output: (offset: number, bytes: Buffer) => void
}
