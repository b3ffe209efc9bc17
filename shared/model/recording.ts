// Recordings of terminals. Types only; times are epoch ms.

/** Whether sessions of an environment are recorded. `ask`: a person is asked for each terminal. */
export type RecordingRule = 'off' | 'ask' | 'always'

/** The recording of a terminal under way. */
export interface RecordingView {
  readonly recordingId: string
  readonly sinceAt: number
  /** The folder with its file. */
  readonly folder: string
  /** Present once something could not be written: output is missing from then on, or was missing for a while. */
  readonly problem?: string
}

/** A file of a recording. */
export interface Recording {
  /** The name of its file in the folder of recordings. */
  readonly id: string
  readonly startedAt: number
  /** Absent while it is being written. */
  readonly endedAt?: number
  readonly bytes: number
  readonly durationMs: number
  readonly environment: string
  readonly region: string
  /** As Systems Manager knows it. */
  readonly target: string
  readonly targetName: string
  /** What was recorded: "shell", "exec", "container", "ephemeral". */
  readonly kind: CaptureKind
  readonly cols: number
  readonly rows: number
  readonly gaps: number
}

/** The kinds of sessions whose output is recorded and drained. */
export type CaptureKind = 'shell' | 'exec' | 'container' | 'ephemeral'

/** A place in a recording where a text was found. */
export interface RecordingMatch {
  readonly recordingId: string
  /** From its start, ms. */
  readonly at: number
  /** The line with the text, without escape sequences. */
  readonly line: string
}
