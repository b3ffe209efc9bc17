// Where the output of a session goes beside the screen: recordings (recordings/) and drains (drains/). Types only.
//
// A capture gets exactly what the person is shown, in order. It never slows a session, except where a required drain has no room: the
// reader of the session then waits for `room`.

import type { CaptureKind } from '../../../shared/model/recording'
import type { EnvironmentRef } from '../../../shared/model/environment'
import type { TerminalSize } from '../../../shared/model/terminal'

/** The session whose output is taken, and who uses it. */
export interface CaptureSubject {
  readonly kind: CaptureKind
  readonly ref: EnvironmentRef
  readonly environment: string
  readonly region: string
  /** "" where it is not known. */
  readonly account: string
  readonly target: string
  readonly targetName: string
  /** The operation of an ephemeral session's task; otherwise an id made for this session. */
  readonly operationId: string
  readonly operationUserName: string
  readonly operationUserEmail: string
  readonly size: TerminalSize
  /** The id at Systems Manager. Asked at each record: it changes where a terminal gets a new session. */
  readonly sessionId: () => string
}

/** Takes the output of one session. No method throws. Disposing writes what is left, within a bound. */
export interface Capture extends AsyncDisposable {
  /** The bytes are not changed afterwards. */
  output(bytes: Uint8Array): void
  resize(size: TerminalSize): void
  /** The connection was renewed after a loss. */
  resumed(pausedMs: number): void
  /** Resolves when more output may be read; undefined: at once. */
  room(): Promise<void> | undefined
}

/** Begins captures. */
export interface Capturing {
  /**
   * Begins to take the output of a session, before it is opened. Undefined: nothing takes it. Rejects with `drain-unreachable` where a
   * required drain cannot be reached, and with `recording-failed` where an environment that is always recorded cannot be.
   */
  begin(subject: CaptureSubject, signal: AbortSignal): Promise<Capture | undefined>
}
