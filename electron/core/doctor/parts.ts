// What a check of the doctor is, what it finds, and what the checks of one run know of each other.

import { AppError, toWireError } from '../../../shared/errors'
import type { FileFinding, Reaching, ServiceName, ServicePlace } from '../../../shared/examination'
import type { DoctorGroup, DoctorLine } from '../../../shared/model/doctor'
import type { Identity } from '../../../shared/model/environment'
import type { Instance } from '../../../shared/model/instance'
import type { HostWish } from '../environments/finding'
import type { Environment } from '../environments/environment'
import type { Printed } from './printed'
import type { Trial } from '../sessions/trial'

/** What a person asked the doctor. */
export interface DoctorRequest {
  /** An id, a Name, a set or a saved target. Absent: no session is opened. */
  readonly target?: string
  /** How the host is chosen, where the target is a set. */
  readonly wish?: HostWish
  /** A port of the instance, or of `host`. Absent: the session is a shell. */
  readonly port?: number
  readonly host?: string
  /** Also measure what only a session can tell. */
  readonly isProbing: boolean
  /** Kept in the history of the session. */
  readonly reason?: string
}

/** The result of one check. */
export type Finding = Pick<DoctorLine, 'outcome' | 'evidence' | 'missing' | 'next' | 'command'>

/** What the checks of one run share. Each check adds what it has found; `run.ts` owns it. */
export interface Exam {
  readonly request: DoctorRequest
  /** The home directory of the user whose files are read. */
  readonly home: string
  /** Epoch ms. */
  readonly now: () => number
  readonly examineFiles: () => Promise<readonly FileFinding[]>
  /** Opens the environment; called once. */
  readonly openEnvironment: () => Promise<Environment>
  /** The profile that was asked for, and the names in AWS's files. */
  fileNames: readonly string[]
  environment?: Environment
  places: ReadonlyMap<ServiceName, ServicePlace>
  readonly reachings: Map<ServiceName, Reaching>
  identity?: Identity
  instance?: Instance
  /** The key of the account's preferences; "" without one. */
  kmsKeyId?: string
  /** The document of the session that is asked for; "" without one. */
  document?: string
  trial?: Trial
  /** The session of the measurements. */
  probe?: Trial
  /** What its shell has printed. */
  readonly printed: Printed
  /** When the time for measurements is over, on the monotonic clock. */
  measuredUntil?: number
  /** How long a rate is measured, ms. */
  readonly measureMs: number
}

/** One check: one line. */
export interface Check {
  /** See `DoctorLine`. */
  readonly id: string
  readonly group: DoctorGroup
  readonly title: string
  /** Ids of earlier checks. If one of them has failed, this one says so instead of running. */
  readonly needs: readonly string[]
  /** Also a result that is not known stops the checks that need this one. */
  readonly isGate?: true
  readonly limitMs: number
  /** May throw an `AppError`, which becomes the finding. */
  run(exam: Exam, signal: AbortSignal): Promise<Finding>
}

/** A finding that passed. */
export function passed(evidence: string): Finding {
  return { outcome: 'passed', evidence }
}

/** A finding that failed. */
export function failed(evidence: string, more: Pick<Finding, 'missing' | 'next' | 'command'> = {}): Finding {
  return { outcome: 'failed', evidence, ...more }
}

/** A finding that tells nothing. */
export function unknown(evidence: string, more: Pick<Finding, 'missing' | 'next' | 'command'> = {}): Finding {
  return { outcome: 'unknown', evidence, ...more }
}

/** The environment, which an earlier check has opened. */
export function environmentOf({ environment }: Exam): Environment {
  if (environment === undefined) throw new AppError('internal', 'The doctor has no environment. Report this.')
  return environment
}

/** The calls of the environment for the doctor. */
export function examinationOf(exam: Exam): NonNullable<Environment['examination']> {
  const { examination } = environmentOf(exam)
  if (examination === undefined) throw new AppError('internal', 'This environment cannot be examined. Report this.')
  return examination
}

/** Errors of the moment: they say nothing of the account. */
const PASSING = ['throttled', 'service']

/** What an error means as a finding; `missing` names the IAM action of a call that was denied. */
export function findingOf(error: unknown, missing?: string): Finding {
  const { code, message, command, loginProfile } = toWireError(error)
  const isDenied = code === 'access-denied' || code === 'upgrade-refused' || code === 'key-denied'
  // Culvert's own command takes the profile as AWS's does, quoted for a shell.
  const login = loginProfile === undefined ? undefined : command?.replace(/^aws sso login/, 'culvert login')
  return {
    outcome: PASSING.includes(code) ? 'unknown' : 'failed',
    evidence: message,
    ...(login === undefined ? {} : { next: `Log in with Culvert: ${login}` }),
    ...(isDenied && missing !== undefined ? { missing } : {}),
    ...(command === undefined ? {} : { command }),
  }
}
