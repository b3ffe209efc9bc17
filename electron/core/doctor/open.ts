// Where the doctor meets aws: the look at AWS's files, which needs no environment. Beside core.ts and environments/open.ts the only
// file of core that imports aws.

import type { DoctorRequest, Exam } from './parts'
import { examineFiles } from '../../aws/checkup/files'
import { Printed } from './printed'
import { homeOf } from '../../aws/profiles/profiles'
import type { Environment } from '../environments/environment'

/** Long enough for a rate over an agent's pace of 1 MB/s. */
const MEASURE_MS = 8_000

/** What a run is made of. */
export interface ExamOptions {
  readonly request: DoctorRequest
  readonly env: NodeJS.ProcessEnv
  /** The profile that was asked for. */
  readonly profile?: string | undefined
  /** Without the look at AWS's files: the Demo reads none. */
  readonly isDemo: boolean
  readonly openEnvironment: () => Promise<Environment>
  /** Absent: 8 s. */
  readonly measureMs?: number
}

/** Prepares one run. Nothing is read or called yet. */
export function prepareExam({ request, env, profile, isDemo, openEnvironment, measureMs }: ExamOptions): Exam {
  return {
    request,
    home: homeOf(env),
    now: Date.now,
    examineFiles: () => (isDemo ? Promise.resolve([]) : examineFiles(env)),
    openEnvironment,
    fileNames: [profile, env['AWS_PROFILE'], env['AWS_DEFAULT_PROFILE']].map((name) => name ?? ''),
    places: new Map(),
    reachings: new Map(),
    printed: new Printed(),
    measureMs: measureMs ?? MEASURE_MS,
  }
}
