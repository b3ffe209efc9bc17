// The doctor: what it has looked at, line by line, and how far it is. Types only; times are epoch ms.

/** What a check has found. `unknown`: it could not be looked at, or nothing can tell. */
export type DoctorOutcome = 'passed' | 'failed' | 'unknown'

/** The parts of the doctor's list, in their order. */
export type DoctorGroup =
  | 'configuration'
  | 'network'
  | 'credentials'
  | 'permissions'
  | 'instance'
  | 'session'
  | 'measurements'

/** One line of the doctor. Never holds a secret. */
export interface DoctorLine {
  /** Stable: "network.ssm", "permissions.ssm:StartSession". Programs read it. */
  readonly id: string
  readonly group: DoctorGroup
  readonly title: string
  readonly outcome: DoctorOutcome
  /** What was seen, as one or more sentences. */
  readonly evidence: string
  /** The IAM action or the setting that is missing. */
  readonly missing?: string
  /** What a person can do. */
  readonly next?: string
  /** The command of AWS's tool that mends it or shows more. */
  readonly command?: string
}

/** The newest run of the doctor, as windows show it. */
export interface DoctorView {
  readonly runId: string
  readonly state:
    /** `step`: the title of the check under way. */
    | { readonly kind: 'working'; readonly step: string }
    | { readonly kind: 'done' }
    /** A person has stopped it: the checks that remain have no line. */
    | { readonly kind: 'stopped' }
  readonly lines: readonly DoctorLine[]
  /** The same as a text to paste into an issue, with names and ids masked; once it is done. */
  readonly report?: string
}
