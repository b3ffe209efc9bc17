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

/** What a run of the doctor is about. */
export interface DoctorSubject {
  /** The environment's name, as windows show it. */
  readonly environment: string
  /** The instance, as it was asked for: an id or a Name. Absent: no session is opened. */
  readonly target?: string
  /** The port of the instance, or of `host`, that is tried through the session. */
  readonly port?: number
  readonly host?: string
}

/** The newest run of the doctor, as windows show it. */
export interface DoctorView {
  readonly subject: DoctorSubject
  readonly state:
    /** `step`: the title of the check under way. */
    | { readonly kind: 'working'; readonly step: string }
    | { readonly kind: 'done'; readonly endedAt: number }
    /** A person has stopped it; the remaining checks have no line. */
    | { readonly kind: 'stopped'; readonly endedAt: number }
  readonly lines: readonly DoctorLine[]
  /** The same as a text to paste into an issue, with names and ids masked. Absent while it works. */
  readonly report?: string
}
